"""Which dates are open at a moment, with mail handed over ahead and readers of other zones."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import calendar
from newsletter.core.calendar import Timetable
from tests.unit.core.test_calendar_moments import make_timetable, utc

DAY = date(2026, 6, 3)
ONE = timedelta(days=1)
QUARTER_TO = timedelta(minutes=45)
FAR_EAST, FAR_WEST = "Pacific/Kiritimati", "Pacific/Niue"  # 14 hours before UTC, 11 behind it
# At 7 in UTC; the first reader has it on the day before at 17, the last on the day at 18.
EVERYWHERE = make_timetable(
    catch_up=time(11), prepare_at=time(5), readers=frozenset({FAR_EAST, FAR_WEST})
)
AFTER_MIDNIGHT = make_timetable(at=time(0, 30), lead=QUARTER_TO)


def open_days(timetable: Timetable, now: str) -> list[int]:
    """List the days of June that are open."""
    days = calendar.open_days(timetable, utc(now))
    assert {(day.year, day.month) for day in days} == {(2026, 6)}
    return [day.day for day in days]


@pytest.mark.parametrize("now", ["2026-06-03 00:00", "2026-06-03 12:00", "2026-06-03 23:59:59"])
def test_without_lead_and_readers_only_today_is_open(now: str) -> None:
    assert open_days(make_timetable(prepare_at=time(0)), now) == [3]
    assert open_days(make_timetable(at=time(0), catch_up=time(23, 59, 59)), now) == [3]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-02 23:44:59", [2]),
        ("2026-06-02 23:45", [2, 3]),
        ("2026-06-02 23:59:59", [2, 3]),
        ("2026-06-03 00:00", [2, 3]),  # the window of yesterday closes with its last moment
        ("2026-06-03 00:00:01", [3]),
        ("2026-06-03 12:00", [3]),
    ],
)
def test_with_a_lead_alone_tomorrow_opens_before_midnight(now: str, expected: list[int]) -> None:
    assert open_days(AFTER_MIDNIGHT, now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-02 16:59:59", [2]),
        ("2026-06-02 17:00", [2, 3]),
        ("2026-06-02 22:00", [2, 3]),
        ("2026-06-03 07:00", [3]),
        ("2026-06-03 17:00", [3, 4]),
        ("2026-06-03 22:00", [3, 4]),
    ],
)
def test_with_readers_alone_tomorrow_opens_before_the_first_morning(
    now: str, expected: list[int]
) -> None:
    assert open_days(EVERYWHERE, now) == expected


def test_yesterday_stays_open_as_long_as_its_window_behind_the_last_morning() -> None:
    timetable = make_timetable("Europe/Berlin", catch_up=time(16), readers=frozenset({FAR_WEST}))
    end = utc("2026-06-03 18:00") + timedelta(hours=9)
    assert calendar.open_days(timetable, end) == (DAY, DAY + ONE)
    assert calendar.open_days(timetable, end + timedelta(seconds=1)) == (DAY + ONE,)


@pytest.mark.parametrize("timetable", [EVERYWHERE, AFTER_MIDNIGHT])
@pytest.mark.parametrize("now", ["2026-06-02 17:00", "2026-06-02 23:45", "2026-06-03 00:00"])
def test_a_day_without_an_edition_is_open_as_today_only(timetable: Timetable, now: str) -> None:
    never = make_timetable(at=timetable.at, lead=timetable.lead, readers=timetable.readers, days=())
    assert open_days(never, now) == [utc(now).day]


def test_a_skipped_yesterday_is_not_opened_by_a_gap() -> None:
    timetable = make_timetable("America/Nuuk", time(23, 15))
    skipping = make_timetable("America/Nuuk", time(23, 15), skip=frozenset({date(2025, 3, 29)}))
    now = utc("2025-03-30 01:00")
    assert calendar.open_day(timetable, now) == date(2025, 3, 29)
    assert calendar.open_day(skipping, now) == date(2025, 3, 30)


def test_readers_begin_with_their_first_morning_and_end_with_their_last() -> None:
    timetable = make_timetable(
        catch_up=time(11), lead=QUARTER_TO, readers=frozenset({FAR_EAST, FAR_WEST, "no zone"})
    )
    assert calendar.due(timetable, DAY) == calendar.Due(
        date=DAY,
        prepare_at=utc("2026-06-02 16:15"),
        begin=utc("2026-06-02 16:15"),
        at=utc("2026-06-03 07:00"),
        until=utc("2026-06-03 11:00"),
        last=utc("2026-06-03 18:00"),
    )
    one_zone = calendar.due(make_timetable(), DAY)
    assert one_zone.begin == one_zone.at == one_zone.last


def test_each_zone_has_its_own_morning_and_what_is_none_has_ours() -> None:
    zones = [FAR_EAST, FAR_WEST, "no zone", "", "../etc/passwd"]
    ours = utc("2026-06-03 05:00")
    assert calendar.mornings(make_timetable("Europe/Berlin"), DAY, zones) == {
        FAR_EAST: utc("2026-06-02 17:00"),
        FAR_WEST: utc("2026-06-03 18:00"),
        "no zone": ours,
        "": ours,
        "../etc/passwd": ours,
    }


def test_waking_comes_for_the_lead_of_tomorrow() -> None:
    timetable = make_timetable(at=time(0, 30), prepare_at=time(0, 10), lead=QUARTER_TO)
    first = calendar.next_wake(timetable, utc("2026-06-02 12:00"))
    assert first == utc("2026-06-02 23:45")
    assert calendar.next_wake(timetable, first) == utc("2026-06-03 00:30")


MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("2026-03-20"), max_value=datetime.fromisoformat("2026-11-10")
)


@given(
    now=MOMENTS,
    at=st.times(),
    lead=st.sampled_from([timedelta(), timedelta(minutes=20), QUARTER_TO]),
    readers=st.sets(st.sampled_from([FAR_EAST, FAR_WEST, "Europe/Berlin", "no zone"])),
    prepare_at=st.none() | st.times(),
)
def test_from_its_begin_to_the_end_of_its_window_every_edition_is_open(
    now: datetime, at: time, lead: timedelta, readers: set[str], prepare_at: time | None
) -> None:
    timetable = make_timetable(
        "Europe/Berlin", at, lead=lead, readers=frozenset(readers), prepare_at=prepare_at
    )
    moment = utc(now.isoformat())
    found = calendar.open_days(timetable, moment)
    assert list(found) == sorted(set(found))
    assert calendar.today("Europe/Berlin", moment) in found
    for day in (moment.date() + ONE * offset for offset in (-1, 0, 1)):
        due = calendar.due(timetable, day)
        if due.begin <= moment < due.until:
            assert day in found
