"""Publication dates and their due moments. Pure: the present moment is an argument.

Due means due: the moments are computed here, not by a cron trigger, because triggers skip days
around a change of the clock. A local time that does not exist moves to the first moment after the
gap; one that occurs twice is the first. So moments never go back from one date to the next.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When editions are prepared and due, in the publication's own local time."""

    zone: str  # IANA name
    at: time
    days: frozenset[Weekday]
    skip: frozenset[date] = field(default_factory=frozenset)
    also: frozenset[date] = field(default_factory=frozenset)  # editions whatever the other rules
    starts: date | None = None  # no edition before
    holiday: Callable[[date], str | None] | None = None  # the name of a day without an edition
    prepare_at: time | None = None  # None: prepared when due
    evening_before: bool = False  # `prepare_at` is a time of the day before
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


WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = timedelta(days=1)
_HOLIDAYS_IN_A_ROW = 30  # weeks in which a publication's own weekday may be one each time
# Where UTC moments of every zone are certain to exist in Python's calendar.
_FIRST, _LAST = date(1900, 1, 1), date(9998, 12, 31)


def today(zone: str, now: datetime) -> date:
    """Return the date that clocks in an IANA zone show at `now`."""
    return now.astimezone(ZoneInfo(zone)).date()


def is_publication_day(timetable: Timetable, day: date) -> bool:
    """Say whether a date has an edition; `why_none` says why it has none."""
    return why_none(timetable, day) is None


def why_none(timetable: Timetable, day: date) -> str | None:
    """Say why a date has no edition; None: it has one.

    A zone that crosses the date line leaves out a whole date (Pacific/Apia: 30 December 2011).
    Else a date of `also` has one, whatever weekday or holiday it is.
    """
    zone = ZoneInfo(timetable.zone)
    if _moment(zone, day, time.min).astimezone(zone).date() != day:
        return f"{timetable.zone} left out this date"
    if timetable.starts is not None and day < timetable.starts:
        return f"the publication starts on {timetable.starts}"
    if day in timetable.skip:
        return "it is one of [schedule] skip"
    if day in timetable.also:
        return None
    if WEEKDAYS[day.weekday()] not in timetable.days:
        return f"{day:%A} is not one of [schedule] days"
    name = timetable.holiday(day) if timetable.holiday else None
    return f"holiday: {name}" if name else None


def due(timetable: Timetable, day: date) -> Due:
    """Return the moments of a date in UTC, whether or not it is a publication day.

    `prepare_at` <= `begin` <= `at` < `until`, `at` <= `last`. `until` is the catch-up time, else
    the end of the local day. With readers in other zones it begins before the first of their
    mornings, and the last of them is `last`.
    """
    zone = ZoneInfo(timetable.zone)
    at = _moment(zone, day, timetable.at)
    moments = (at, *mornings(timetable, day, timetable.readers).values())
    begin = min(moments) - timetable.lead
    return Due(
        date=day,
        prepare_at=min(_prepare_at(timetable, day, at), begin),
        begin=begin,
        at=at,
        until=_until(timetable, day, at),
        last=max(moments),
    )


def _prepare_at(timetable: Timetable, day: date, at: datetime) -> datetime:
    if timetable.prepare_at is None:
        return at
    before = day - _DAY if timetable.evening_before else day
    return _moment(ZoneInfo(timetable.zone), before, timetable.prepare_at)


def mornings(timetable: Timetable, day: date, zones: Iterable[str]) -> dict[str, datetime]:
    """Return for each zone the moment its clocks show `at` on a date.

    What is no zone has the publication's morning.
    """
    own = _moment(ZoneInfo(timetable.zone), day, timetable.at)
    return {name: _morning(name, day, timetable.at, own=own) for name in zones}


def _morning(name: str, day: date, at: time, *, own: datetime) -> datetime:
    zone = _zone(name)
    return _moment(zone, day, at) if zone else own


@lru_cache(maxsize=1024)  # what is no zone is looked for in the whole file system each time
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def edition_due(timetable: Timetable, day: date) -> Due | None:
    """Return the moments of a publication date; None when there is no edition that day."""
    return due(timetable, day) if is_publication_day(timetable, day) else None


def upcoming(timetable: Timetable, *, start: date) -> Iterator[Due]:
    """Yield the publication days from `start` on, in order, without end.

    It ends when weekdays and skip dates leave no day at all, or with the calendar in 9998.
    """
    for day in _publication_days(timetable, start):
        yield due(timetable, day)


def next_due(timetable: Timetable, now: datetime) -> Due | None:
    """Return the first edition that is due after `now`; None when there is none to come."""
    coming = upcoming(timetable, start=today(timetable.zone, now) - _DAY)
    return next((one for one in coming if one.at > now), None)


def next_wake(timetable: Timetable, now: datetime) -> datetime | None:
    """Return the first moment after `now` at which something is to be prepared or is due."""
    coming = upcoming(timetable, start=today(timetable.zone, now) - _DAY)
    moments = (moment for one in coming for moment in (one.prepare_at, one.begin, one.at))
    return next((moment for moment in moments if moment > now), None)


def open_day(timetable: Timetable, now: datetime) -> date:
    """Return the date an edition may go out for at `now`: today, or rarely yesterday.

    Yesterday when a gap at midnight moved its due moment into today and its window is still open
    (America/Nuuk at 23:15 on the last Saturday of March).
    """
    day = today(timetable.zone, now)
    yesterday = day - _DAY
    if is_publication_day(timetable, yesterday) and due(timetable, yesterday).until > now:
        return yesterday
    return day


def open_days(timetable: Timetable, now: datetime) -> tuple[date, ...]:
    """Return the dates an edition may be prepared, begun or finished for at `now`, in order.

    That of `open_day`; also tomorrow, when it is prepared the evening before, handed over before
    midnight, or readers in other zones have their morning before; and yesterday, as long as the
    catch-up window behind the last of its mornings is open.
    """
    day = open_day(timetable, now)
    if not timetable.readers and not timetable.lead and not timetable.evening_before:
        return (day,)
    return tuple(
        one
        for one in (day - _DAY, day, day + _DAY)
        if one == day or (is_publication_day(timetable, one) and _is_open(timetable, one, now))
    )


def _is_open(timetable: Timetable, day: date, now: datetime) -> bool:
    moments = due(timetable, day)
    return moments.prepare_at <= now <= moments.last + (moments.until - moments.at)


def _publication_days(timetable: Timetable, start: date) -> Iterator[date]:
    day = max(start, timetable.starts or _FIRST, _FIRST)
    # Among so many days there is one, or there never is: each skip date costs a week at most,
    # and so does a holiday, or a date that does not exist.
    holidays = _HOLIDAYS_IN_A_ROW if timetable.holiday else 0
    patience = 7 * (len(timetable.skip) + holidays + 2)
    last = max(timetable.also, default=_FIRST)
    idle = 0
    while day <= _LAST and (idle < patience or day <= last):
        if is_publication_day(timetable, day):
            yield day
            idle = 0
        else:
            idle += 1
        day += _DAY


def _until(timetable: Timetable, day: date, at: datetime) -> datetime:
    zone = ZoneInfo(timetable.zone)
    if timetable.catch_up is None:
        until = _moment(zone, day + _DAY, time.min)
        length = datetime.combine(day + _DAY, time.min) - datetime.combine(day, timetable.at)
    else:
        until = _moment(zone, day, timetable.catch_up)
        length = datetime.combine(day, timetable.catch_up) - datetime.combine(day, timetable.at)
    # A gap can swallow the whole window; it keeps its length then.
    return until if until > at else at + length


@lru_cache(maxsize=1024)
def _moment(zone: ZoneInfo, day: date, at: time) -> datetime:
    """Return the UTC moment at which a zone's clocks first show a local time, or have passed it."""
    wall = datetime.combine(day, at)
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    return _end_of_gap(zone, wall)


def _end_of_gap(zone: ZoneInfo, wall: datetime) -> datetime:
    """Find the moment of the change that left out a local time.

    By the offset after the change the time lies before it, by the offset before it lies after
    (PEP 495); between the two the change is looked for by halves, to the second.
    """
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(microsecond=0)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC).replace(microsecond=0)
    old = before.astimezone(zone).utcoffset()

    def is_after(second: int) -> bool:
        moment = before + timedelta(seconds=second)
        return moment.astimezone(zone).utcoffset() != old

    seconds = range(int((after - before).total_seconds()))
    return before + timedelta(seconds=bisect.bisect_left(seconds, x=True, key=is_after))
