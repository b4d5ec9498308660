"""The most recipients of an edition: a daily cap, and a ramp by day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.warmup import RAMP, cap

START = date(2027, 3, 1)


def test_without_anything_set_there_is_no_cap():
    assert cap(START, daily=None, warm_up_from=None) is None


def test_the_ramp_holds_from_its_first_day_to_its_last():
    def on(days: int) -> int | None:
        return cap(START + timedelta(days=days), daily=None, warm_up_from=START)

    assert [on(days) for days in (-1, 0, 1, 9, 12, 15, 19, 23, 26, 27)] == [
        None,
        20,
        28,
        413,
        1000,
        3111,
        11_953,
        45_917,
        125_997,
        None,
    ]


def test_the_ramp_grows_by_day_and_never_more_than_by_six_tenths():
    assert all(one < following <= 1.6 * one for one, following in pairwise(RAMP))


def test_the_ramp_grows_by_two_fifths_a_day_but_around_its_thousand():
    grown = [(one, following) for one, following in pairwise(RAMP) if 1000 not in {one, following}]
    assert len(grown) == len(RAMP) - 3
    assert [pair for pair in grown if abs(pair[1] - 1.4 * pair[0]) > 0.9] == []


@given(days=st.integers(-5, 40), daily=st.none() | st.integers(1, 10**6))
def test_the_smaller_of_both_holds(days, daily):
    day = START + timedelta(days=days)
    ramp = cap(day, daily=None, warm_up_from=START)
    found = cap(day, daily=daily, warm_up_from=START)
    assert found == min((one for one in (ramp, daily) if one is not None), default=None)


def test_a_table_of_ones_own_replaces_the_ramp():
    assert cap(START + timedelta(days=1), daily=None, warm_up_from=START, ramp=(5, 7)) == 7
    assert cap(START + timedelta(days=2), daily=9, warm_up_from=START, ramp=(5, 7)) == 9
    assert cap(START, daily=None, warm_up_from=START, ramp=()) == RAMP[0]
