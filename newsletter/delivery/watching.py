"""Watch what the provider's events tell of a send, and pause it when a limit is crossed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from newsletter.core.clock import Clock
from newsletter.core.errors import Held
from newsletter.delivery import canary
from newsletter.storage.sends.ledger import Ledger

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """The limits of a publication, and who is told when one is crossed."""

    ledger: Ledger
    clock: Clock
    limits: canary.Limits
    alert: Callable[[str], None]

    def look(self, send_id: int, *, edition: date) -> Held | None:
        """Pause the send when a limit is crossed, and say so; each limit pauses a send once.

        So an operator who lets it go on is not overruled by the same limit.
        """
        health = self.ledger.health(send_id, now=self.clock.now())
        found = canary.crossing(health, self.limits)
        if found is None or not self.ledger.alarm(send_id, found.kind):
            return None
        held = Held(
            f"The send of the edition of {edition} is paused: {found.sentence}",
            hint=f"newsletter audit --date {edition} shows what was reported; newsletter send "
            f"resume --date {edition} goes on all the same, newsletter send cancel ends it.",
        )
        log.error(held.what, extra={"event": "delivery.limit_crossed"})
        self.alert(f"{held.what} {held.hint}")
        return held
