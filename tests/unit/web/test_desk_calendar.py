"""One month of editions."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.status import Day, EditionStatus
from newsletter.web.desk.calendar import rows, shown_days, sums

MARCH = date(2026, 3, 1)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_a_page_has_whole_weeks_and_every_day_of_its_month(day: date) -> None:
    first = day.replace(day=1)
    shown = shown_days(first)
    assert [one.isoweekday() for one in shown[:7]] == [1, 2, 3, 4, 5, 6, 7]
    assert len(shown) % 7 == 0
    assert all(b - a == timedelta(days=1) for a, b in pairwise(shown))
    assert next(one for one in shown if one.month == first.month) == first


@pytest.mark.parametrize(
    ("status", "headline", "day", "blank", "coming"),
    [
        (EditionStatus.NONE, "", 3, False, True),
        (EditionStatus.FREE, "", 3, False, True),
        (EditionStatus.FREE, "", 2, True, False),
        (EditionStatus.HELD, "", 3, False, False),
        (EditionStatus.COMPLETE, "Tides", 2, False, False),
    ],
)
def test_a_day_leads_to_its_edition_unless_it_is_over_and_had_none(
    status: EditionStatus, headline: str, day: int, blank: bool, coming: bool
) -> None:
    days = [Day(date=one, status=EditionStatus.FREE) for one in shown_days(MARCH)]
    at = next(at for at, one in enumerate(days) if one.date == date(2026, 3, day))
    days[at] = Day(date=date(2026, 3, day), status=status, headline=headline)
    cell = list(rows(days, month=MARCH, today=date(2026, 3, 3)))[at // 7][at % 7]
    assert cell.path == f"2026-03-0{day}/today"
    assert (cell.is_blank, cell.is_coming, cell.is_outside) == (blank, coming, False)


def test_only_the_months_own_editions_are_counted() -> None:
    days = [
        Day(date=date(2026, 2, 28), status=EditionStatus.COMPLETE),
        Day(date=date(2026, 3, 1), status=EditionStatus.COMPLETE),
        Day(date=date(2026, 3, 2), status=EditionStatus.NONE),
        Day(date=date(2026, 3, 3), status=EditionStatus.HELD),
    ]
    assert list(sums(days, month=MARCH)) == [
        (EditionStatus.HELD, "To correct", 1),
        (EditionStatus.COMPLETE, "Sent", 1),
    ]
