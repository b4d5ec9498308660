"""Which dates have an edition, and which one comes next."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import calendar
from newsletter.core.calendar import Timetable
from tests.unit.core.test_calendar_moments import make_timetable, utc


def dates(timetable: Timetable, start: date, count: int) -> list[date]:
    """List the first publication days from `start` on."""
    return [one.date for one in islice(calendar.upcoming(timetable, start=start), count)]


def test_only_the_chosen_weekdays_have_an_edition() -> None:
    timetable = make_timetable(days=frozenset({"mon", "thu"}))
    assert dates(timetable, date(2026, 6, 2), 3) == [
        date(2026, 6, 4),
        date(2026, 6, 8),
        date(2026, 6, 11),
    ]


def test_skip_dates_have_no_edition() -> None:
    timetable = make_timetable(skip=frozenset({date(2026, 12, 25), date(2026, 12, 26)}))
    assert dates(timetable, date(2026, 12, 24), 2) == [date(2026, 12, 24), date(2026, 12, 27)]


def test_leap_day_has_an_edition() -> None:
    assert dates(make_timetable(), date(2028, 2, 28), 3)[1:] == [
        date(2028, 2, 29),
        date(2028, 3, 1),
    ]


def test_date_that_a_zone_left_out_has_no_edition() -> None:
    timetable = make_timetable("Pacific/Apia")
    assert not calendar.is_publication_day(timetable, date(2011, 12, 30))
    assert dates(timetable, date(2011, 12, 29), 2) == [date(2011, 12, 29), date(2011, 12, 31)]


def test_week_whose_only_day_a_zone_left_out_is_looked_beyond() -> None:
    timetable = make_timetable("Pacific/Apia", days=frozenset({"fri"}))
    assert dates(timetable, date(2011, 12, 24), 1) == [date(2012, 1, 6)]


def test_timetable_without_weekdays_ends() -> None:
    assert dates(make_timetable(days=frozenset()), date(2026, 1, 1), 1) == []


def test_long_holiday_is_looked_beyond() -> None:
    mondays = frozenset(date(2026, 1, 5) + timedelta(weeks=week) for week in range(200))
    timetable = make_timetable(days=frozenset({"mon"}), skip=mondays)
    assert dates(timetable, date(2026, 1, 1), 1) == [max(mondays) + timedelta(weeks=1)]


def test_calendar_has_two_ends() -> None:
    assert dates(make_timetable("Asia/Tokyo"), date.min, 1) == [date(1900, 1, 1)]
    assert dates(make_timetable("America/New_York"), date(9998, 12, 31), 2) == [date(9998, 12, 31)]
    assert dates(make_timetable(), date.max, 1) == []


def test_next_due_is_strictly_later() -> None:
    timetable = make_timetable("Europe/Berlin")
    seven = utc("2026-07-15 05:00")
    before = calendar.next_due(timetable, seven - timedelta(microseconds=1))
    after = calendar.next_due(timetable, seven)
    assert before is not None
    assert after is not None
    assert (before.date, after.date) == (date(2026, 7, 15), date(2026, 7, 16))


def test_next_due_is_yesterdays_while_its_moment_is_still_to_come() -> None:
    timetable = make_timetable("America/Nuuk", time(23, 15))
    found = calendar.next_due(timetable, utc("2025-03-30 00:59"))
    assert found is not None
    assert found.date == date(2025, 3, 29)


def test_nothing_is_next_when_nothing_is_left() -> None:
    assert calendar.next_due(make_timetable(days=frozenset()), utc("2026-01-01 00:00")) is None
    assert calendar.next_wake(make_timetable(days=frozenset()), utc("2026-01-01 00:00")) is None


def test_waking_comes_for_preparing_and_for_the_due_moment() -> None:
    timetable = make_timetable(prepare_at=time(5))
    midnight = utc("2026-03-01 00:00")
    first = calendar.next_wake(timetable, midnight)
    assert first == utc("2026-03-01 05:00")
    second = calendar.next_wake(timetable, first)
    assert second == utc("2026-03-01 07:00")
    assert calendar.next_wake(timetable, second) == utc("2026-03-02 05:00")


@given(
    start=st.datetimes(
        min_value=datetime.fromisoformat("1990-01-01"),
        max_value=datetime.fromisoformat("2050-01-01"),
    ),
    zone=st.sampled_from(["Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Beirut"]),
    wakings=st.integers(min_value=2, max_value=40),
)
def test_waking_again_and_again_meets_every_due_moment(
    start: datetime, zone: str, wakings: int
) -> None:
    timetable = make_timetable(zone, time(0, 30), prepare_at=time(0, 10))
    now = utc(start.isoformat())
    expected = calendar.next_due(timetable, now)
    seen = []
    for _ in range(wakings):
        woken = calendar.next_wake(timetable, now)
        assert woken is not None
        assert woken > now
        seen.append(woken)
        now = woken
    assert expected is not None
    assert expected.at in seen
