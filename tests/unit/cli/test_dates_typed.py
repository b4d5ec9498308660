"""The dates people type after --date."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.cli import _dates
from newsletter.core.errors import UsageError

THURSDAY = date(2026, 10, 15)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-20", date(2026, 10, 20)),
        (" 2026-10-20 ", date(2026, 10, 20)),
        ("today", THURSDAY),
        ("Tomorrow", date(2026, 10, 16)),
        ("yesterday", date(2026, 10, 14)),
        ("friday", date(2026, 10, 16)),
        ("wednesday", date(2026, 10, 21)),
        ("thursday", date(2026, 10, 22)),
    ],
)
def test_a_date_is_read_as_people_write_it(text, expected):
    assert _dates.read(text, today=THURSDAY) == expected


@pytest.mark.parametrize(
    "text", ["", "0001-01-01", "9999-12-31", "20261020", "2026-W41-4", "2026-13-01", "2026-02-30"]
)
def test_what_is_no_date_of_an_edition_is_refused(text):
    with pytest.raises(UsageError):
        _dates.read(text, today=THURSDAY)


@given(st.dates(date(1900, 1, 8), date(9998, 12, 20)), st.sampled_from(DAYS))
def test_a_day_of_the_week_is_the_next_one(today, name):
    found = _dates.read(name, today=today)
    assert timedelta(days=1) <= found - today <= timedelta(days=7)
    assert DAYS[found.weekday()] == name


@given(st.text())
def test_any_text_is_a_date_or_a_sentence(text):
    with suppress(UsageError):
        assert _dates.read(text, today=THURSDAY)
