"""Watch what the provider's events tell of a send, and pause it when a limit is crossed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import date

from newsletter.core.clock import Clock
from newsletter.core.errors import Held
from newsletter.core.model.alarms import AlarmKind
from newsletter.core.model.records import Health
from newsletter.core.sentences import said
from newsletter.delivery.alerts import Alerts
from newsletter.storage.sends.ledger import Ledger

_FEWEST = 2  # one alone is no rate
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Shares of the recipients whose mail went out; more than that pauses the send.

    Of complaints: of those of them whose mailbox provider reports complaints.
    """

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
    # By send, as counted last: it reads a million recipients, and only grows.
    _reporting: dict[int, int] = field(default_factory=dict, init=False, repr=False)

    def look(self, send_id: int, *, edition: date) -> Held | None:
        """Pause the send when a limit is crossed, and say so; each limit pauses a send once.

        So an operator who lets it go on is not overruled by the same limit.
        """
        found = crossing(self._health(send_id), self.limits)
        if found is None or not self.ledger.alarm(send_id, found.kind):
            return None
        held = Held(
            said(
                "The send of the edition of %(edition)s is paused: %(sentence)s",
                edition=edition,
                sentence=found.sentence,
            ),
            hint=f"newsletter audit --date {edition} shows what was reported; newsletter send "
            f"resume --date {edition} goes on all the same, newsletter send cancel ends it.",
        )
        log.error(held.what, extra={"event": "delivery.limit_crossed"})
        self.alerts.tell(f"{held.what} {held.hint}", kind=AlarmKind.LIMIT, key=str(edition))
        return held

    def _health(self, send_id: int) -> Health:
        """Return what is reported; who would be heard is counted only where it may decide."""
        now = self.clock.now()
        health = replace(
            self.ledger.health(send_id, now=now), reporting=self._reporting.get(send_id, 0)
        )
        found = crossing(health, self.limits)
        if found is None or found.kind != "complained":
            return health
        counted = self.ledger.feedback(send_id, now=now).reporting
        self._reporting[send_id] = counted
        return replace(health, reporting=counted)


def crossing(health: Health, limits: Limits) -> Crossing | None:
    """Find the gravest limit that is crossed and was not told of this send before."""
    heard = health.went if health.reporting is None else health.reporting
    found = (
        ("complained", health.complained, heard, limits.complained),
        ("bounced", health.bounced, health.went, limits.bounced),
        ("blocked", health.blocked, health.went, limits.blocked),
    )
    for kind, count, of, limit in found:
        if kind not in health.told and count >= _FEWEST and count > limit * of:
            whose = kind == "complained" and health.reporting is not None
            return Crossing(kind, _sentence(kind, count, of, limit, only_heard=whose))
    return None


def _sentence(kind: str, count: int, of: int, limit: float, *, only_heard: bool) -> str:
    share = f"{count / of:.2%}" if of else "all"
    whose = " whose mailbox provider reports it" if only_heard else ""
    return (
        f"{count} of {of} recipients{whose} {'were ' if kind == 'blocked' else ''}{kind} "
        f"({share}); [delivery.canary] most_{kind} is {limit:.2%}."
    )
