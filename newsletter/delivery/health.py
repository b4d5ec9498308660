"""Watch what the provider's events tell of a send, and pause it when a limit is crossed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date

from newsletter.core.clock import Clock
from newsletter.core.errors import Held
from newsletter.core.model.records import Health
from newsletter.delivery.alerts import Alerts
from newsletter.storage.sends.ledger import Ledger

_FEWEST = 2  # one alone is no rate
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Shares of the recipients whose mail went out; more than that pauses the send."""

    bounced: float
    complained: float
    blocked: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """A limit that is crossed."""

    kind: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Watch:
    """The limits of a publication, and who is told when one is crossed."""

    ledger: Ledger
    clock: Clock
    limits: Limits
    alerts: Alerts

    def look(self, send_id: int, *, edition: date) -> Held | None:
        """Pause the send when a limit is crossed, and say so; each limit pauses a send once.

        So an operator who lets it go on is not overruled by the same limit.
        """
        health = self.ledger.health(send_id, now=self.clock.now())
        found = crossing(health, self.limits)
        if found is None or not self.ledger.alarm(send_id, found.kind):
            return None
        held = Held(
            f"The send of the edition of {edition} is paused: {found.sentence}",
            hint=f"newsletter audit --date {edition} shows what was reported; newsletter send "
            f"resume --date {edition} goes on all the same, newsletter send cancel ends it.",
        )
        log.error(held.what, extra={"event": "delivery.limit_crossed"})
        self.alerts.tell(f"{held.what} {held.hint}")
        return held


def crossing(health: Health, limits: Limits) -> Crossing | None:
    """Find the gravest limit that is crossed and was not told of this send before."""
    found = (
        ("complained", health.complained, limits.complained),
        ("bounced", health.bounced, limits.bounced),
        ("blocked", health.blocked, limits.blocked),
    )
    for kind, count, limit in found:
        if kind not in health.told and count >= _FEWEST and count > limit * health.went:
            return Crossing(kind, _sentence(kind, count, health.went, limit))
    return None


def _sentence(kind: str, count: int, went: int, limit: float) -> str:
    share = f"{count / went:.2%}" if went else "all"
    return (
        f"{count} of {went} recipients {'were ' if kind == 'blocked' else ''}{kind} ({share}); "
        f"[delivery.canary] most_{kind} is {limit:.2%}."
    )
