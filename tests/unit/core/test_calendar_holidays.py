"""Days without an edition: holidays, a start, dates besides; and why each has none."""

from __future__ import annotations

from datetime import date, time
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from newsletter.core import calendar, holidays
from newsletter.core.calendar import WEEKDAYS, Timetable
from newsletter.core.config import settings
from newsletter.core.errors import ConfigError
from tests.support.publication import make_publication

WORKDAYS = frozenset(WEEKDAYS[:5])


def make(*codes: str, **rules: object) -> Timetable:
    holiday = partial(holidays.name, codes) if codes else None
    given: dict[str, object] = {"days": WORKDAYS, "holiday": holiday} | rules
    return Timetable(zone="Europe/Berlin", at=time(7), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("codes", "day", "why"),
    [
        (("DE",), date(2026, 4, 3), "holiday: Good Friday"),
        (("DE",), date(2026, 6, 4), None),  # Corpus Christi is one in parts of the country
        (("DE-BY",), date(2026, 6, 4), "holiday: Corpus Christi"),
        (("GB", "DE-BY"), date(2026, 12, 28), "holiday: "),
        ((), date(2026, 12, 25), None),
        ((), date(2026, 12, 26), "Saturday is not one of [schedule] days"),
    ],
)
def test_why_a_date_has_no_edition(codes: tuple[str, ...], day: date, why: str | None) -> None:
    told = calendar.why_none(make(*codes), day)
    assert told is None if why is None else (told or "").startswith(why)
    assert calendar.is_publication_day(make(*codes), day) is (why is None)


def test_rules_of_one_date_have_an_order() -> None:
    christmas, sunday = date(2026, 12, 25), date(2026, 12, 27)
    rules = make("DE", also=frozenset({christmas, sunday}), skip=frozenset({date(2026, 12, 28)}))
    days = [one.date.day for one in islice(calendar.upcoming(rules, start=date(2026, 12, 24)), 4)]
    assert days == [24, 25, 27, 29]


def test_nothing_comes_before_the_start() -> None:
    rules = make(starts=date(2027, 3, 3))
    assert next(calendar.upcoming(rules, start=date(2026, 1, 1))).date == date(2027, 3, 3)
    assert "starts on 2027-03-03" in (calendar.why_none(rules, date(2027, 3, 2)) or "")


def test_date_of_its_own_is_found_however_far_off() -> None:
    rules = make(days=frozenset(), also=frozenset({date(2029, 5, 1)}))
    assert [one.date for one in calendar.upcoming(rules, start=date(2026, 1, 1))] == [
        date(2029, 5, 1)
    ]


def test_weekday_that_is_a_holiday_for_weeks_comes_again() -> None:
    always = {date(2026, 1, day) for day in (5, 12, 19, 26)}
    rules = make(days=frozenset({"mon"}), holiday=lambda day: "rest" if day in always else None)
    assert next(calendar.upcoming(rules, start=date(2026, 1, 1))).date == date(2026, 2, 2)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('["germany"]', "is no code of a country"),
        ('["XX"]', "is not a country the library"),
        ('["DE-XX"]', "is not a country the library"),
    ],
)
def test_country_that_is_none_is_refused(tmp_path: Path, value: str, told: str) -> None:
    made = make_publication(tmp_path / "brief", NEWSLETTER_SCHEDULE__HOLIDAYS=value)
    with pytest.raises(ConfigError, match=told):
        settings.load(made.root, made.environment)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "holidays", None)
    holidays._days.cache_clear()
    with pytest.raises(ValueError, match=r"daily-news-brief\[holidays\]"):
        holidays.region("GB")


def test_date_cannot_be_both_skipped_and_added(tmp_path: Path) -> None:
    day = '["2026-12-24"]'
    made = make_publication(
        tmp_path / "brief", NEWSLETTER_SCHEDULE__ALSO=day, NEWSLETTER_SCHEDULE__SKIP=day
    )
    with pytest.raises(ConfigError, match="must not be in `also` and in `skip`"):
        settings.load(made.root, made.environment)


def test_plan_says_why_a_date_has_none(tmp_path: Path) -> None:
    made = make_publication(tmp_path / "brief", NEWSLETTER_SCHEDULE__HOLIDAYS='["FR"]')
    found = made.json("schedule", "plan", "--from", "2026-12-24", "--days", "3")
    assert [one["date"] for one in found["due"]] == ["2026-12-24", "2026-12-26"]
    assert found["without"] == [{"date": "2026-12-25", "why": "holiday: Christmas Day"}]
