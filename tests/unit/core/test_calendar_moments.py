"""What a publication date's moments are, above all where clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import calendar
from newsletter.core.calendar import Timetable

ZONES = sorted(available_timezones())
EVERY_DAY = frozenset(calendar.WEEKDAYS)


def make_timetable(zone: str = "UTC", at: time = time(7), **overrides: Any) -> Timetable:
    """Build a timetable of every day."""
    return Timetable(**({"zone": zone, "at": at, "days": EVERY_DAY} | overrides))


def utc(text: str) -> datetime:
    """Read a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Europe/Berlin", "2026-01-15", "07:00", "2026-01-15 06:00"),
        ("Europe/Berlin", "2026-07-15", "07:00", "2026-07-15 05:00"),
        ("Asia/Kathmandu", "2026-07-15", "07:00", "2026-07-15 01:15"),
        ("America/New_York", "2028-02-29", "07:00", "2028-02-29 12:00"),
        # In a gap: the first moment after it.
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:00"),
        ("America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04 03:00"),
        ("Africa/Cairo", "2024-04-26", "00:15", "2024-04-25 22:00"),
        ("Asia/Beirut", "2022-03-27", "00:00", "2022-03-26 22:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:30"),
        ("Pacific/Apia", "2011-12-30", "07:00", "2011-12-30 10:00"),
        # Twice: the first.
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45"),
        ("Asia/Beirut", "2022-10-29", "23:30", "2022-10-29 20:30"),
    ],
)
def test_due_moment_is_the_local_time(zone: str, day: str, at: str, expected: str) -> None:
    timetable = make_timetable(zone, time.fromisoformat(at))
    assert calendar.due(timetable, date.fromisoformat(day)).at == utc(expected)


def test_edition_is_prepared_when_due_unless_told_otherwise() -> None:
    moments = calendar.due(make_timetable(), date(2026, 3, 1))
    assert moments.prepare_at == moments.at
    earlier = calendar.due(make_timetable(prepare_at=time(5, 30)), date(2026, 3, 1))
    assert earlier.prepare_at == utc("2026-03-01 05:30")


def test_window_ends_with_the_local_day() -> None:
    berlin = make_timetable("Europe/Berlin")
    assert calendar.due(berlin, date(2026, 3, 28)).until == utc("2026-03-28 23:00")
    assert calendar.due(berlin, date(2026, 3, 29)).until == utc("2026-03-29 22:00")
    before_the_change = make_timetable("Europe/Berlin", time(1))
    assert calendar.due(before_the_change, date(2026, 3, 29)).until == utc("2026-03-29 22:00")


def test_window_ends_with_the_catch_up_time() -> None:
    timetable = make_timetable("Europe/Berlin", catch_up=time(11))
    assert calendar.due(timetable, date(2026, 3, 29)).until == utc("2026-03-29 09:00")


def test_window_that_a_gap_swallows_keeps_its_length() -> None:
    timetable = make_timetable("Europe/Berlin", time(2, 10), catch_up=time(2, 40))
    moments = calendar.due(timetable, date(2026, 3, 29))
    assert (moments.at, moments.until) == (utc("2026-03-29 01:00"), utc("2026-03-29 01:30"))


def test_gap_that_ends_at_midnight_leaves_yesterday_open() -> None:
    timetable = make_timetable("America/Nuuk", time(23, 15))
    moments = calendar.due(timetable, date(2025, 3, 29))
    assert moments.at == utc("2025-03-30 01:00")
    assert calendar.today("America/Nuuk", moments.at) == date(2025, 3, 30)
    assert calendar.open_day(timetable, moments.at) == date(2025, 3, 29)
    assert calendar.open_day(timetable, moments.until) == date(2025, 3, 30)


def test_open_day_is_today_on_all_other_days() -> None:
    timetable = make_timetable("Europe/Berlin", days=frozenset({"mon"}))
    midnight = utc("2026-06-01 22:00")
    assert calendar.open_day(timetable, midnight - timedelta(seconds=1)) == date(2026, 6, 1)
    assert calendar.open_day(timetable, midnight) == date(2026, 6, 2)


@pytest.mark.parametrize(
    ("zone", "expected"), [("Pacific/Kiritimati", date(2026, 3, 2)), ("UTC", date(2026, 3, 1))]
)
def test_today_is_the_date_clocks_show_there(zone: str, expected: date) -> None:
    assert calendar.today(zone, utc("2026-03-01 12:00")) == expected


days = st.dates(min_value=date(1975, 1, 1), max_value=date(2060, 12, 31))
times = st.times().map(lambda at: at.replace(fold=0))


@given(zone=st.sampled_from(ZONES), day=days, at=times)
def test_local_clock_shows_the_time_or_it_is_the_end_of_a_gap(
    zone: str, day: date, at: time
) -> None:
    moment = calendar.due(make_timetable(zone, at), day).at
    wall = datetime.combine(day, at)
    local = moment.astimezone(ZoneInfo(zone))
    if local.replace(tzinfo=None) == wall:
        assert local.fold == 0
        return
    just_before = (moment - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    assert just_before.replace(tzinfo=None) < wall < local.replace(tzinfo=None)


@given(zone=st.sampled_from(ZONES), start=days, at=times)
def test_due_moments_increase_with_the_date(zone: str, start: date, at: time) -> None:
    coming = calendar.upcoming(make_timetable(zone, at), start=start)
    month = [next(coming) for _ in range(31)]
    for one, following in pairwise(month):
        assert one.date < following.date
        assert one.at < following.at


@given(
    zone=st.sampled_from(ZONES),
    day=days,
    three=st.lists(times, min_size=3, max_size=3, unique=True).map(sorted),
)
def test_moments_of_a_day_are_in_order(zone: str, day: date, three: list[time]) -> None:
    prepare_at, at, catch_up = three
    lead = timedelta(minutes=45)
    timetable = make_timetable(zone, at, prepare_at=prepare_at, catch_up=catch_up, lead=lead)
    moments = calendar.due(timetable, day)
    assert moments.prepare_at <= moments.begin < moments.at < moments.until
    assert moments.at - moments.begin == lead


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut"])
def test_no_midnight_of_a_decade_is_left_out(zone: str) -> None:
    timetable = make_timetable(zone, time(0))
    coming = calendar.upcoming(timetable, start=date(2010, 1, 1))
    decade = [next(coming) for _ in range(3652)]
    assert [calendar.today(zone, one.at) for one in decade] == [one.date for one in decade]
    assert decade[-1].date == date(2019, 12, 31)
