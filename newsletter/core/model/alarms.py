"""Alarms: what waits for a person, since when, and how often that was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class AlarmKind(StrEnum):
    """What an alarm is about."""

    NO_STORY = "no-story"  # an hour before the edition is due
    ERRORS = "errors"  # of the checks
    NO_APPROVAL = "no-approval"
    HELD = "held"
    DOUBTS = "doubts"
    DEFERRED = "deferred"
    LIMIT = "limit"  # of bounces, complaints or blocks
    SET_ASIDE = "set-aside"  # events that could not be taken
    RUNWAY = "runway"  # content that takes turns runs out
    SPACE = "space"  # on the disk
    LATE = "late"
    FAULT = "fault"
    CHANNEL = "channel"  # a way to tell of alarms does not work
    NOTICE = "notice"  # anything else


# How long after the first, second, … telling the next one comes; the last goes on for ever.
DISTANCES = (
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=24),
    timedelta(hours=72),
)
BEFORE = timedelta(hours=1)  # so long before it goes, an edition is looked at, and its lack told
SAME_EPISODE = timedelta(hours=6)  # what comes back so soon is not told anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that waits for a person now."""

    kind: AlarmKind
    key: str  # what it is about, such as a date; with the kind it names the alarm
    sentence: str  # without addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A condition as it is remembered."""

    kind: AlarmKind
    key: str
    sentence: str
    begun_at: datetime
    seen_at: datetime
    told_at: datetime | None = None
    tellings: int = 0
    solved_at: datetime | None = None
    told_solved: bool = False

    @property
    def name(self) -> str:
        """Name it among all alarms of a publication."""
        return f"{self.kind}:{self.key}"

    def is_due(self, now: datetime) -> bool:
        """Say whether it is to be told now: at once, then at growing distances, then as solved."""
        if self.solved_at is not None:
            return self.tellings > 0 and not self.told_solved
        if self.told_at is None:
            return True
        distance = DISTANCES[min(max(self.tellings, 1), len(DISTANCES)) - 1]
        return min(now, self.seen_at) >= self.told_at + distance

    def told_text(self) -> str:
        """Return it in words."""
        if self.solved_at is not None:
            return f"Solved: {self.sentence}"
        if self.tellings == 0:
            return self.sentence
        return f"Still so, since {self.begun_at:%Y-%m-%d %H:%M} UTC: {self.sentence}"
