"""Two years of decisions in four zones at four times: every date is sent exactly once."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import product

import pytest

from newsletter.core import calendar
from newsletter.core.calendar import WEEKDAYS, Timetable
from newsletter.operations.decision import Action, Today, decide

ZONES = ("America/New_York", "Europe/Helsinki", "Africa/Cairo", "Australia/Lord_Howe")
TIMES = (time(0), time(1, 30), time(2, 30), time(7))
FIRST, DAYS = date(2026, 1, 1), 730


@pytest.mark.parametrize(("zone", "at"), [*product(ZONES, TIMES)])
def test_every_date_of_two_years_is_begun_once_and_on_time(zone: str, at: time) -> None:
    timetable = Timetable(zone=zone, at=at, days=frozenset(WEEKDAYS))
    prepared, begun = set[date](), dict[date, list[datetime]]()
    now = calendar.due(timetable, FIRST).at
    end = calendar.due(timetable, FIRST + timedelta(days=DAYS)).at
    while now < end:
        days = {
            day: Today(assembled=day in prepared, send="complete" if day in begun else "none")
            for day in calendar.open_days(timetable, now)
        }
        decision = decide(timetable, now=now, days=days)
        assert decision.held is None
        for step in decision.steps:
            if step.action is Action.SEND:
                begun.setdefault(step.day, []).append(now)
            prepared.add(step.day)
        coming = calendar.next_wake(timetable, now)
        assert coming is not None
        now = coming
    expected = {FIRST + timedelta(days=number) for number in range(DAYS)}
    assert begun.keys() == expected
    assert Counter(len(moments) for moments in begun.values()) == {1: DAYS}
    assert all(moments == [calendar.due(timetable, day).at] for day, moments in begun.items())
