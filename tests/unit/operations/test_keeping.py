"""Months back, whatever their length, and no more steps than one tick may take."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.operations import keeping
from tests.support.edition import make_settings

MOMENTS = st.integers(946_684_800, 4_102_444_800).map(lambda s: datetime.fromtimestamp(s, UTC))


@pytest.mark.parametrize(
    ("moment", "months", "before"),
    [
        ("2027-03-31T07:00", 1, "2027-02-28T07:00"),
        ("2028-03-31T07:00", 1, "2028-02-29T07:00"),
        ("2027-12-31T07:00", 1, "2027-11-30T07:00"),
        ("2027-01-15T07:00", 13, "2025-12-15T07:00"),
        ("2027-01-15T07:00", 12, "2026-01-15T07:00"),
    ],
)
def test_months_are_those_of_the_calendar(moment: str, months: int, before: str) -> None:
    found = keeping.months_before(datetime.fromisoformat(moment).replace(tzinfo=UTC), months)
    assert found == datetime.fromisoformat(before).replace(tzinfo=UTC)


@given(MOMENTS, st.integers(1, 1200))
def test_a_month_is_28_to_31_days(moment: datetime, months: int) -> None:
    days = (moment - keeping.months_before(moment, months)).days
    assert 28 * months <= days <= 31 * months


class Endless:
    """Rows that never end."""

    def __init__(self) -> None:
        self.steps = 0

    def take_off_recipients(self, **_: Any) -> int:
        self.steps += 1
        return 5

    take_off_events = take_off_recipients

    def make_room(self, **_: Any) -> int:
        return 0


def tidied(tmp_path: Any, keep: dict[str, int], *, stop: bool = False) -> tuple[int, int]:
    rows = Endless()
    clock = SimpleNamespace(now=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    app: Any = SimpleNamespace(
        settings=make_settings(tmp_path, retention=keep), clock=clock, retention=rows
    )
    return rows.steps, keeping.tidy(app, wants_to_stop=lambda: stop) and rows.steps


def test_nothing_is_taken_off_unless_it_is_set(tmp_path: Any) -> None:
    assert tidied(tmp_path, {}) == (0, 0)


def test_a_tick_takes_so_many_steps_and_ends_at_once_when_asked(tmp_path: Any) -> None:
    assert tidied(tmp_path, {"recipients": 12, "events": 3})[1] == 80
    assert tidied(tmp_path, {"recipients": 12}, stop=True)[1] == 0
