"""Simulated days: faults of all around the newsletter, and a process that is killed."""

from __future__ import annotations

import random
from datetime import date, time, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter.core import calendar
from newsletter.core.calendar import WEEKDAYS, Timetable
from newsletter.core.config.settings import Settings
from newsletter.operations.simulation.mortal import Life
from newsletter.operations.simulation.running import dates_from
from newsletter.sandbox.faults import Rule
from tests.support.publication import make_publication
from tests.support.simulation import live_through, make_simulated

FIRST = date(2027, 3, 1)
ZONES = ("America/New_York", "Europe/Helsinki", "Africa/Cairo", "Australia/Lord_Howe")
TIMES = ("00:00", "01:30", "02:30", "07:00")
TWO_YEARS = dates_from(date(2026, 1, 1), 730)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of a publication whose editions are due at seven."""
    return make_simulated(tmp_path_factory.mktemp("simulated") / "brief")


def test_each_kind_of_trouble_has_its_day(told: Settings) -> None:
    rules = [
        Rule(fault="close", path="/sources/story", requests=(2,)),
        Rule(fault="slow", seconds=3600.0, path="/sources", requests=(3,)),
        Rule(fault="reset-before-body", path="/process", requests=(4,)),
        Rule(fault="reset-after-body", path="/process", requests=(5,)),
        Rule(fault="slow", seconds=7200.0, path="/process", requests=(6,)),
        Rule(fault="throttle", reset=90.0, requests=(5,)),
        Rule(fault="lost", requests=(7,)),
    ]
    days = live_through(told, dates_from(FIRST, 9), *rules)
    verdicts = [str(day.verdict) for day in days.values()]
    assert verdicts == ["once", "held", "late", "late", "once", "late", *["once"] * 3]
    assert [day.kills for day in days.values()] == [0, 0, 0, 1, 1, 0, 0, 0, 0]
    held = days[FIRST + timedelta(days=1)]
    assert "no lead story" in held.told[0]
    slept = days[FIRST + timedelta(days=5)]
    assert slept.due is not None
    assert slept.arrived is not None
    assert slept.arrived >= slept.due + timedelta(hours=2)


def test_operator_who_forgets_holds_the_edition(tmp_path: Path) -> None:
    told = make_simulated(tmp_path / "brief", NEWSLETTER_SCHEDULE__APPROVAL="true")
    forgets = Rule(fault="lost", path="/operator", requests=(2,))
    late = Rule(fault="slow", seconds=7200.0, path="/operator", requests=(3,))
    days = live_through(told, dates_from(FIRST, 3), forgets, late)
    assert [str(day.verdict) for day in days.values()] == ["once", "held", "late"]
    assert "Nobody has approved" in days[FIRST + timedelta(days=1)].told[0]


def test_daemon_killed_at_random_through_a_month_sends_every_day_once(tmp_path: Path) -> None:
    chance = random.Random(20270301)
    told = make_simulated(
        tmp_path / "brief",
        NEWSLETTER_DELIVERY__MODE="scheduled",
        NEWSLETTER_DELIVERY__BATCH_SIZE="2",
    )

    def threat(life: Life) -> None:
        if chance.random() < 0.4:
            life.end_after(chance.randrange(100))

    days = live_through(told, dates_from(FIRST, 31), threat=threat)
    assert {day.date: str(day.verdict) for day in days.values() if day.verdict != "once"} == {}
    assert sum(day.kills for day in days.values()) > 31


def test_command_judges_each_day_and_touches_nothing_of_the_publication(tmp_path: Path) -> None:
    publication = make_publication(tmp_path / "brief")
    before = {file: file.stat().st_mtime_ns for file in publication.root.rglob("*")}
    faults = tmp_path / "faults.toml"
    faults.write_text('[[rule]]\nfault = "close"\npath = "/sources"\nrequests = [2]\n')
    told = publication.json(
        *("simulate", "--from", "2027-03-01", "--days", "2", "--readers", "2"),
        *("--faults", str(faults)),
        check=4,
    )
    assert [(day["date"], day["verdict"]) for day in told["days"]] == [
        ("2027-03-01", "once"),
        ("2027-03-02", "held"),
    ]
    assert told["ok"] is True
    assert {file: file.stat().st_mtime_ns for file in publication.root.rglob("*")} == before


def changes_of_clocks(zone: str) -> list[date]:
    """List the dates on which a zone's clocks change in two years."""
    found = []
    for day in TWO_YEARS:
        noon = [calendar.due(timetable(zone, "12:00"), day + timedelta(days=n)).at for n in (0, -1)]
        now, before = (moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in noon)
        if now != before:
            found.append(day)
    return found


def timetable(zone: str, at: str) -> Timetable:
    """Return a timetable of every day."""
    return Timetable(zone=zone, at=time.fromisoformat(at), days=frozenset(WEEKDAYS))


@pytest.mark.parametrize(("zone", "at"), [*product(ZONES, TIMES)])
def test_around_every_change_of_clocks_each_date_is_sent_once(
    zone: str, at: str, tmp_path: Path
) -> None:
    changes = changes_of_clocks(zone)
    assert len(changes) == 4
    # A gap at midnight concerns the end of the date before, too.
    around = [*changes, *(day - timedelta(days=1) for day in changes if at == "00:00")]
    told = make_simulated(
        tmp_path / "brief", NEWSLETTER_PUBLICATION__ZONE=zone, NEWSLETTER_SCHEDULE__AT=at
    )
    days = live_through(told, sorted(around), readers=2)
    for day in days.values():
        assert (day.date, str(day.verdict)) == (day.date, "once")
        assert day.arrived == day.due == calendar.due(timetable(zone, at), day.date).at
