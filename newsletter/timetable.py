"""When editions are prepared and due: the values of the calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When editions are prepared and due, in the publication's own local time."""

    zone: str  # IANA name
    at: time
    days: frozenset[Weekday]
    skip: frozenset[date] = field(default_factory=frozenset)
    prepare_at: time | None = None  # None: prepared when due
    catch_up: time | None = None  # a late edition still goes until then; None: until the day ends
    lead: timedelta = timedelta()  # so long before `at` the mail is handed over
    readers: frozenset[str] = frozenset()  # zones whose own `at` counts; none: all at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One publication date with its moments in UTC."""

    date: date
    prepare_at: datetime
    begin: datetime  # from then on it may be handed over
    at: datetime  # the moment readers are to have it
    until: datetime  # after this the edition is held
    last: datetime  # when the last readers are to have it; the first with `begin` and the lead
