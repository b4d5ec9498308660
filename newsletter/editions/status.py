"""The editions of a stretch of days, and where each of them stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from newsletter.content.edition import is_held
from newsletter.core import calendar, segments
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import UsageError
from newsletter.core.model import Send, SendStatus
from newsletter.core.model.content import Approval
from newsletter.editions import EditionFiles
from newsletter.storage.approvals import ApprovalRecords
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.ledger import Ledger

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One date of the calendar."""

    date: date
    status: EditionStatus
    headline: str = ""  # of the lead story
    send: Send | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What there is of an edition."""

    has_edition: bool
    is_faulty: bool  # it cannot go out as it is
    headline: str = ""  # of the lead story


@dataclass(frozen=True, kw_only=True)
class EditionCalendar:
    """What the files, the approvals and the ledger know of a publication's dates."""

    settings: Settings
    files: EditionFiles
    clock: Clock
    approvals: ApprovalRecords
    ledger: Ledger

    def days(self, first: date, last: date) -> Iterator[Day]:
        """Yield each date from the first to the last; nothing is assembled or rendered for it."""
        approvals = self.approvals.between(first, last)
        sends = self.ledger.between(self.settings.publication.id, first, last)
        day = first
        while day <= last:
            yield self._day(day, approvals.get(day), sends.get(day))
            day += _DAY

    def seen(self, day: date, *, digest: str, holds: bool) -> EditionFacts:
        """Return what is known of a date whose message somebody looks at.

        `digest` is that message's, empty where nothing can be rendered; `holds` says whether its
        findings hold it. Neither is read from the files, which may have changed meanwhile.
        """
        return self._facts(
            day,
            approval=self.approvals.find(day),
            send=self.ledger.find(self.settings.publication.id, day),
            content=_Content(has_edition=bool(digest), is_faulty=holds),
            has_changed=lambda approval: approval.digest != digest,
        )

    def readers(self, day: date) -> int:
        """Count whom the edition of a date would go to at this moment."""
        segment = segments.as_written(self.settings.delivery.segment)
        publication = self.settings.publication.id
        apart = self.settings.schedule.has_digest
        return self.ledger.audience(
            Audience(publication=publication, edition=day, segment=segment, weekly_apart=apart)
        )

    def _day(self, day: date, approval: Approval | None, send: Send | None) -> Day:
        content = self._content(day)
        known = self._facts(
            day,
            approval=approval,
            send=send,
            content=content,
            has_changed=lambda approval: self._has_changed(day, approval),
        )
        return Day(date=day, status=status_of(known), headline=content.headline, send=send)

    def _facts(
        self,
        day: date,
        *,
        approval: Approval | None,
        send: Send | None,
        content: _Content,
        has_changed: Callable[[Approval], bool],
    ) -> EditionFacts:
        due = calendar.edition_due(self.settings.timetable, day)
        return EditionFacts(
            is_due=due is not None,
            is_over=due.until < self.clock.now() if due else day < self._today(),
            has_edition=content.has_edition,
            is_faulty=content.is_faulty,
            approval=approval,
            has_changed=approval is not None and has_changed(approval),
            send=send,
        )

    def _content(self, day: date) -> _Content:
        """Return what the files hold; one that cannot be read is an edition at fault."""
        try:
            edition = self.files.load(day)
        except UsageError:
            return _Content(has_edition=True, is_faulty=True)
        if edition is None:
            return _Content(has_edition=False, is_faulty=False)
        report = self.files.report(day)
        is_faulty = is_held(edition, self.settings.edition.no_story) or bool(
            report and not report.ok
        )
        headline = edition.stories[0].headline if edition.stories else ""
        return _Content(has_edition=True, is_faulty=is_faulty, headline=headline)

    def _has_changed(self, day: date, approval: Approval) -> bool:
        report, changed_at = self.files.report(day), self.files.changed_at(day)
        is_another = report is not None and report.digest != approval.digest
        return is_another or (changed_at is not None and changed_at > approval.at)

    def _today(self) -> date:
        return calendar.today(self.settings.publication.zone, self.clock.now())


class EditionStatus(StrEnum):
    """Where an edition stands; the later ones win over the earlier ones."""

    FREE = "free"  # the calendar has no edition on this date, or its time has passed without one
    NONE = "none"  # there is to be one, and there is nothing yet
    ASSEMBLED = "assembled"
    HELD = "held"  # as it is it cannot go out: a person is needed
    MISSED = "missed"  # its time is over, and it did not go out
    APPROVED = "approved"
    CHANGED = "changed"  # since it was approved
    OPEN = "open"  # its send is under way
    PAUSED = "paused"
    CANCELLED = "cancelled"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFacts:
    """What is known of one date."""

    is_due: bool = True  # by the calendar
    is_over: bool = False  # its catch-up window has closed
    has_edition: bool = False
    is_faulty: bool = False  # no lead story, a finding that holds it, or an unreadable file
    approval: Approval | None = None
    has_changed: bool = False  # since it was approved
    send: Send | None = None


_OF_SENDS = {
    SendStatus.OPEN: EditionStatus.OPEN,
    SendStatus.PAUSED: EditionStatus.PAUSED,
    SendStatus.CANCELLED: EditionStatus.CANCELLED,
    SendStatus.COMPLETE: EditionStatus.COMPLETE,
}


def status_of(known: EditionFacts) -> EditionStatus:
    """Say where an edition stands."""
    if known.send is not None:
        return _OF_SENDS[known.send.status]
    if not known.has_edition:
        return EditionStatus.NONE if known.is_due and not known.is_over else EditionStatus.FREE
    if known.is_over:
        return EditionStatus.MISSED
    if known.is_faulty:
        return EditionStatus.HELD
    if known.approval is None:
        return EditionStatus.ASSEMBLED
    return EditionStatus.CHANGED if known.has_changed else EditionStatus.APPROVED
