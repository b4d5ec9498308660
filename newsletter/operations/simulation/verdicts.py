"""Judge what became of each date of a simulation. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

PUNCTUAL = timedelta(minutes=5)


class Verdict(StrEnum):
    """What became of the edition of a date."""

    ONCE = "once"
    LATE = "late"
    HELD = "held"
    TWICE = "twice"
    MISSED = "missed"
    NONE = "none"


_FAILURES = {Verdict.TWICE, Verdict.MISSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRecord:
    """What is known of a date when it is over."""

    date: date
    due: datetime | None  # when the last readers were to have it; None: no edition
    recipients: int = 0  # whom it was frozen for
    copies: tuple[tuple[str, datetime], ...] = ()  # address and arrival of each mail
    told: tuple[str, ...] = ()  # what waited for a person, in the words of the ticks
    skipped: str | None = None  # why it was left out, as configured
    troubles: tuple[str, ...] = ()  # what went wrong that day
    kills: int = 0

    @property
    def verdict(self) -> Verdict:
        """Sum the date up. Held is a hold somebody was told of; missed is one nobody was."""
        if self.most_copies > 1:
            return Verdict.TWICE
        if self.due is None:
            return Verdict.TWICE if self.copies else Verdict.NONE
        if self.recipients and len(self.copies) == self.recipients:
            last = max(at for _, at in self.copies)
            return Verdict.LATE if last - self.due > PUNCTUAL else Verdict.ONCE
        if self.skipped and not self.copies:
            return Verdict.NONE
        return Verdict.HELD if self.told else Verdict.MISSED

    @property
    def most_copies(self) -> int:
        """Return how many copies the person with the most has."""
        return max(Counter(address for address, _ in self.copies).values(), default=0)

    @property
    def arrived(self) -> datetime | None:
        """Return when the last copy came."""
        return max((at for _, at in self.copies), default=None)


def is_in_order(days: Sequence[DayRecord]) -> bool:
    """Say whether nobody got an edition twice, and none failed without a word."""
    return not any(day.verdict in _FAILURES for day in days)
