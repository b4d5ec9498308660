"""May an edition go out from a database that is a copy of an earlier one? Decided from evidence.

What went out between the copy and its restoration is not in the ledger. So the first freeze of a
date is held until something says that it did not go out: the marks beside `editions/DATE/`, the
provider's own count, or the operator. A doubt never sends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from newsletter.core import calendar
from newsletter.core.calendar import Timetable
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import ConfigError, DeliveryError, Held, NothingToDo
from newsletter.core.sentences import said
from newsletter.delivery.opening import open_statistics
from newsletter.delivery.provider import Statistics
from newsletter.editions.marks import SendMarks
from newsletter.storage.database import Database
from newsletter.storage.restored import Restoration, Restorations
from newsletter.storage.sends.handed_over import HandedOver

log = logging.getLogger(__name__)

# No provider says how late its count may be; what it has not counted by then, nobody asked for.
COUNT_SETTLES = timedelta(hours=4)
# A provider's day may begin in any time zone of the world.
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of an edition that has no send in a restored database."""

    restoration: Restoration
    word: bool | None  # the operator's: it went out, it did not, or nothing was said
    begun: datetime | None  # when a mark beside the edition says its send was begun
    could_begin: datetime | None  # when it could go out first, as planned; None: no such date
    uncounted: bool | None  # whether the provider counted mail the ledger lacks; None: no telling


def doubt(evidence: Evidence, *, now: datetime) -> str | None:
    """Say why an edition may have gone out already; None: it certainly did not. Pure."""
    found = evidence.restoration
    if evidence.word is not None:
        return said("you said that it went out") if evidence.word else None
    begun = evidence.begun
    # What was begun since the restoration was begun with this database, which knows of it.
    if begun is not None and (found.restored_at is None or begun < found.restored_at):
        return said(
            "a mark beside it says that its send was begun at %(begun)s UTC",
            begun=f"{begun:%Y-%m-%d %H:%M}",
        )
    if found.restored_at is None:
        return said("nobody knows since when this copy of the database is in use")
    if evidence.could_begin is not None and evidence.could_begin > found.restored_at:
        return None
    if evidence.uncounted:
        return said("the provider counted mail that this database does not know of")
    if found.folder_kept:
        return None
    is_known = found.taken_at < found.restored_at  # else the count may be of other days
    is_settled = now - found.restored_at >= COUNT_SETTLES
    is_counted = evidence.uncounted is False and is_known and is_settled
    return None if is_counted else said("nothing says that it did not")


def uncounted(counted: int, *, surely: int, perhaps: int) -> bool | None:
    """Compare a provider's count of some days with the ledger's; None where they fit no answer.

    `surely` were handed over on those days wherever the provider's day begins, `perhaps` is the
    most that may have been.
    """
    if counted > perhaps:
        return True
    return False if counted <= surely else None


@dataclass(frozen=True, kw_only=True)
class RestoredGuard:
    """What stands before each freeze, and before a send that was under way is gone on with."""

    publication: str
    records: Restorations
    handed_over: HandedOver
    marks: SendMarks
    clock: Clock
    statistics: Callable[[], Statistics | None]  # opened when it is asked

    @classmethod
    def of(
        cls, settings: Settings, database: Database, folder: Path, *, clock: Clock
    ) -> RestoredGuard:
        """Make that of a publication, whose editions are in a folder."""
        name = settings.publication.id
        return cls(
            publication=name,
            records=Restorations(database, name),
            handed_over=HandedOver(database, name),
            marks=SendMarks(folder),
            clock=clock,
            statistics=lambda: open_statistics(settings, clock),
        )

    def refuse_doubtful(self, day: date, timetable: Timetable) -> None:
        """Refuse an edition that a restored database may send a second time.

        Raises `Held` with what would settle it, `NothingToDo` where the operator said it went out.
        """
        found = self.records.last()
        if found is None:
            return
        evidence = self._evidence(day, found, timetable)
        why = doubt(evidence, now=self.clock.now())
        if why is None:
            return
        if evidence.word:
            raise NothingToDo(
                said("The edition of %(day)s went out before the database was restored.", day=day)
            )
        log.warning("restored.held edition=%s", day)
        raise Held(
            said(
                "This database %(origin)s, and the edition of %(day)s may have gone out "
                "since: %(why)s.",
                origin=found.origin,
                day=day,
                why=why,
            ),
            hint=settling(day, found),
        )

    def refuse_resuming(self, day: date) -> None:
        """Refuse to go on with a send that was under way when the backup was taken.

        Raises `Held`. After the operator's word that nothing of it went out since, it is a paused
        send as any other.
        """
        found = self.records.last()
        if found is None or day not in self.records.paused():
            return
        said = self.records.word(day, since=found.restored_at or found.taken_at)
        if said is False:
            self.records.settle(day, went_out=False)
            return
        raise Held(under_way(day, found), hint=settling(day, found))

    def say(self, day: date, *, went_out: bool) -> bool:
        """Take the operator's word about an edition; say whether its send may be resumed now.

        Of one that was under way and went out, what is left here is cancelled.
        """
        self.records.say(day, went_out=went_out, now=self.clock.now())
        return self.records.settle(day, went_out=went_out) and not went_out

    def waiting(self) -> tuple[str, ...]:
        """Say which sends wait because of a restoration, in full sentences."""
        found = self.records.last()
        if found is None:
            return ()
        return tuple(
            f"{under_way(day, found)} {settling(day, found)}" for day in self.records.paused()
        )

    def _evidence(self, day: date, found: Restoration, timetable: Timetable) -> Evidence:
        due = calendar.edition_due(timetable, day)
        word = self.records.word(day, since=found.restored_at or found.taken_at)
        begun, could_begin = self.marks.begun(day), due.begin if due else None
        restored_at = found.restored_at
        is_later = bool(could_begin and restored_at and could_begin > restored_at)
        asks = word is None and begun is None and not is_later
        return Evidence(
            restoration=found,
            word=word,
            begun=begun,
            could_begin=could_begin,
            uncounted=self._uncounted(found) if asks else None,
        )

    def _uncounted(self, found: Restoration) -> bool | None:
        """Ask the provider how much it was handed around the time that is missing."""
        until = found.restored_at or self.clock.now()
        first = found.taken_at.date() - timedelta(days=1)
        last = until.date() + timedelta(days=1)
        try:
            counts = self.statistics()
            if counts is None:
                return None
            try:
                counted = counts.handed_over(first, last)
            finally:
                counts.close()
        except (DeliveryError, ConfigError) as error:
            log.warning("restored.not_counted %s", error.what)
            return None
        begin, end = _midnight(first, until), _midnight(last + timedelta(days=1), until)
        return uncounted(
            counted,
            surely=self.handed_over.surely(begin + _WEST, end - _EAST),
            perhaps=self.handed_over.perhaps(begin - _EAST, end + _WEST),
        )


def under_way(day: date, found: Restoration) -> str:
    """Say of a send that it was under way when the copy of the database was taken."""
    return said(
        "The send of the edition of %(day)s was under way in a database that "
        "%(origin)s: it does not know who got the edition since.",
        day=day,
        origin=found.origin,
    )


def settling(day: date, found: Restoration) -> str:
    """Say what settles whether an edition went out."""
    if found.restored_at is None:
        return said("Say that it is in use from now on: `newsletter db restored --mark`.")
    return said(
        "Look into a mailbox, or at the provider's statistics. It went out: "
        "`newsletter db restored --sent %(day)s`. It certainly did not: "
        "`newsletter db restored --not-sent %(day)s`.",
        day=day,
    )


def _midnight(day: date, like: datetime) -> datetime:
    return like.replace(
        year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0
    )
