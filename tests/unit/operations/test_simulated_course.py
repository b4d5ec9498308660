"""The fault file as a simulation reads it, and the verdicts on its days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.core.errors import ConfigError
from newsletter.core.model import Part
from newsletter.operations.simulation.course import course
from newsletter.operations.simulation.verdicts import DayRecord, Verdict, is_in_order
from newsletter.sandbox.faults import Rule

DAY = date(2027, 3, 1)
DAYS = tuple(DAY + timedelta(days=number) for number in range(5))
DUE = datetime(2027, 3, 1, 7, tzinfo=UTC)


def test_rules_of_the_world_count_days_and_those_of_the_provider_stay_its_own() -> None:
    throttle = Rule(fault="throttle", every=3)
    found = course(
        [
            throttle,
            Rule(fault="close", path="/sources/word", requests=(2, 4)),
            Rule(fault="slow", path="/operator", start=4, seconds=60.0),
        ],
        DAYS,
    )
    assert found.provider == (throttle,)
    assert list(found.sources(Part.WORD)) == [DAYS[1], DAYS[3]]
    assert found.sources(Part.STORY) == {}
    late = found.at("/operator", DAYS[4])
    assert late is not None
    assert late.delay == timedelta(minutes=1)
    assert found.at("/operator", DAYS[2]) is None


def test_path_of_nothing_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="/source”") as error:
        course([Rule(fault="close", path="/source")], DAYS)
    assert "/sources/story" in error.value.hint


def copies(*people: str, after: float = 0) -> tuple[tuple[str, datetime], ...]:
    return tuple((person, DUE + timedelta(minutes=after)) for person in people)


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (DayRecord(date=DAY, due=None), Verdict.NONE),
        (DayRecord(date=DAY, due=DUE, recipients=2, copies=copies("a", "b")), Verdict.ONCE),
        (
            DayRecord(date=DAY, due=DUE, recipients=2, copies=copies("a", "b", after=6)),
            Verdict.LATE,
        ),
        (
            DayRecord(date=DAY, due=DUE, recipients=2, copies=copies("a", "a", "b")),
            Verdict.TWICE,
        ),
        (DayRecord(date=DAY, due=DUE, recipients=2, copies=copies("a")), Verdict.MISSED),
        (
            DayRecord(date=DAY, due=DUE, recipients=2, copies=copies("a"), told=("1 in doubt.",)),
            Verdict.HELD,
        ),
        (DayRecord(date=DAY, due=DUE), Verdict.MISSED),
        (DayRecord(date=DAY, due=DUE, skipped="There is no lead story."), Verdict.NONE),
    ],
)
def test_verdict(record: DayRecord, verdict: Verdict) -> None:
    assert record.verdict is verdict
    assert is_in_order([record]) is (verdict not in {Verdict.TWICE, Verdict.MISSED})
