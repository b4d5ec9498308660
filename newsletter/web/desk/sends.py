"""What the page of sends shows: how far one is, who has it, what is not certain. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from newsletter.core.model import BatchState, SendStatus
from newsletter.core.model.content import Approval
from newsletter.core.model.records import SendView
from newsletter.delivery.audit.rules import Audit
from newsletter.storage.sends.recent import RecentSend
from newsletter.web.desk.error_words import spoken
from newsletter.web.desk.header import short_date
from newsletter.web.desk.words import _, counted

_ARRIVED = ("delivered", "opened", "clicked", "unsubscribed", "complained")
_CAME_BACK = ("bounced", "dropped", "blocked")
_TOLD = frozenset({*_ARRIVED, *_CAME_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A send in the list at the side."""

    day: date
    date: str
    subject: str
    status: SendStatus
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How many of a send stand where; each recipient counts once."""

    all: int
    have_it: int
    not_sent: int
    uncertain: int
    left_out: int

    @property
    def settled(self) -> int:
        """Count whoever nothing more becomes of."""
        return self.have_it + self.left_out


def sums(view: SendView) -> Sums:
    """Keep sent, not sent and not certain apart."""
    waiting = (BatchState.PLANNED, BatchState.CLAIMED, BatchState.DEFERRED, BatchState.CANCELLED)
    refused = view.tally(BatchState.REFUSED).recipients
    return Sums(
        all=view.send.recipients,
        have_it=view.tally(BatchState.SUBMITTED).recipients,
        not_sent=sum(view.tally(state).recipients for state in waiting),
        uncertain=view.tally(BatchState.UNCERTAIN).recipients,
        left_out=view.skipped + view.refused + view.given_up + refused,
    )


def entry(one: RecentSend, view: SendView | None) -> Entry:
    """Show a send in the list; `view` where it is not finished."""
    done = sums(view).have_it if view else one.send.recipients
    status = one.send.status
    words = {
        SendStatus.OPEN: _("Going out, %(done)s of %(all)s"),
        SendStatus.PAUSED: _("Stopped after %(done)s"),
        SendStatus.CANCELLED: _("Ended after %(done)s"),
        SendStatus.COMPLETE: _("Sent to %(all)s"),
    }
    return Entry(
        day=one.send.edition,
        date=short_date(one.send.edition),
        subject=one.subject,
        status=status,
        told=words[status] % {"done": f"{done:,}", "all": f"{one.send.recipients:,}"},
    )


def sentence(one: RecentSend, approval: Approval | None, *, zone: str) -> str:
    """Say when it went out, and who approved it."""
    begun, ended = clock(one.send.created_at, zone), one.completed_at
    if one.send.status is SendStatus.COMPLETE and ended is not None:
        last = clock(ended, zone)
        said = _("Sent between %(begun)s and %(ended)s.", begun=begun, ended=last)
        if last == begun:
            said = _("Sent at %(begun)s.", begun=begun)
    else:
        said = _("Begun at %(begun)s.", begun=begun)
    if approval is None:
        return said
    approved = _("Approved by %(by)s at %(at)s.", by=approval.by, at=clock(approval.at, zone))
    return f"{said} {approved}"


def proof(audit: Audit, *, at: str) -> str:
    """Say that everybody has it once, with the numbers."""
    here = audit.record.send.recipients
    sent = audit.states.get(BatchState.SUBMITTED, 0)
    others = here - sent
    said = _("%(here)s were on the list at %(at)s, %(sent)s were sent to.", here=f"{here:,}",
             at=at, sent=f"{sent:,}")  # fmt: skip
    if others:
        said += " " + counted(
            "%(count)s had left by then or cannot be written to.",
            "%(count)s had left by then or cannot be written to.",
            others,
        )
    nobody = _("Nobody twice, nobody left out.")
    return f"{said} {nobody}"


def figures(audit: Audit) -> list[tuple[str, str, str]]:
    """Return what the mail service told of it; nothing where it told nothing."""
    told = audit.record.reported
    if not _TOLD & told.keys():
        return []
    return [
        (f"{_count(told, _ARRIVED):,}", _("arrived"), ""),
        (f"{_count(told, _CAME_BACK):,}", _("came back"), ""),
        (f"{told.get('complained', 0):,}", _("called it spam"), ""),
        (f"{told.get('unsubscribed', 0):,}", _("left"), ""),
    ]


def _count(told: Mapping[str, int], kinds: Sequence[str]) -> int:
    return sum(told.get(kind, 0) for kind in kinds)


def left_out(audit: Audit) -> Iterator[tuple[str, str]]:
    """Yield why somebody was left out, and how many."""
    for _outcome, reason, people in audit.record.left_out:
        yield spoken(reason), f"{people:,}"


def clock(at: datetime, zone: str) -> str:
    """Write a moment as the publication's clocks show it."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
