"""What one tick does, at which moment and in which state of things."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.core import calendar
from newsletter.core.calendar import Timetable
from newsletter.core.errors import Held
from newsletter.core.model import BatchState, Send, SendKind, SendStatus
from newsletter.core.model.records import SendView, Tally
from newsletter.operations import decision as tick
from newsletter.operations.decision import Action, Step, Today
from tests.support.examples import examples
from tests.unit.core.test_calendar_moments import make_timetable, utc

DAY = date(2026, 6, 3)
NOTHING_YET = Today(assembled=False, send="none")
MORNING = make_timetable(prepare_at=time(5), catch_up=time(11))


def actions(now: str, today: Today, timetable: Timetable = MORNING) -> list[Action]:
    """List what is done at a moment, all of it for the one day."""
    steps = tick.decide(timetable, now=utc(now), days={DAY: today}).steps
    assert {step.day for step in steps} <= {DAY}
    return [step.action for step in steps]


@pytest.mark.parametrize(
    ("now", "assembled", "expected"),
    [
        ("2026-06-03 04:59", False, []),
        ("2026-06-03 05:00", False, [Action.PREPARE]),
        ("2026-06-03 05:01", True, []),
        ("2026-06-03 06:59:59", True, []),
        ("2026-06-03 07:00", True, [Action.SEND]),
        ("2026-06-03 07:00", False, [Action.PREPARE, Action.SEND]),
        ("2026-06-03 11:00", True, [Action.SEND]),
        ("2026-06-03 11:00:01", True, []),
    ],
)
def test_edition_is_prepared_then_sent_inside_its_window(
    now: str, assembled: bool, expected: list[Action]
) -> None:
    assert actions(now, Today(assembled=assembled, send="none")) == expected


def test_edition_without_a_time_to_prepare_is_prepared_when_due() -> None:
    timetable = make_timetable()
    assert actions("2026-06-03 06:59", NOTHING_YET, timetable) == []
    assert actions("2026-06-03 07:00", NOTHING_YET, timetable) == [Action.PREPARE, Action.SEND]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-03 05:09", []),
        ("2026-06-03 05:10", [Action.LOOK]),
        ("2026-06-03 06:59", [Action.LOOK]),
        ("2026-06-03 07:00", [Action.SEND]),
    ],
)
def test_edition_that_can_be_bettered_is_looked_at_again_until_it_is_due(
    now: str, expected: list[Action]
) -> None:
    today = Today(assembled=True, send="none", look_after=utc("2026-06-03 05:10"))
    assert actions(now, today) == expected


def test_complete_edition_is_left_alone() -> None:
    decision = tick.decide(
        MORNING, now=utc("2026-06-03 07:05"), days={DAY: Today(assembled=True, send="complete")}
    )
    assert (decision.steps, decision.held) == ((), None)
    assert decision.next_due == utc("2026-06-04 07:00")


@pytest.mark.parametrize(
    ("now", "today", "until"),
    [
        ("2026-06-03 09:00", Today(assembled=True, send="complete"), "2026-06-03 09:10"),
        ("2026-06-03 04:55", Today(assembled=False, send="none"), "2026-06-03 05:00"),
        ("2026-06-03 06:55", Today(assembled=True, send="none"), "2026-06-03 07:00"),
        ("2026-06-03 05:30", Today(assembled=True, send="open"), None),
        ("2026-06-03 05:30", Today(assembled=True, send="paused"), None),
        ("2026-06-03 07:05", Today(assembled=True, send="none"), None),
    ],
)
def test_a_rest_ends_when_time_gives_something_to_do(
    now: str, today: Today, until: str | None
) -> None:
    decision = tick.decide(MORNING, now=utc(now), days={DAY: today})
    assert decision.rest_until == (utc(until) if until else None)


def test_a_rest_ends_when_another_look_is_worth_it() -> None:
    today = Today(assembled=True, send="none", look_after=utc("2026-06-03 05:34"))
    decision = tick.decide(MORNING, now=utc("2026-06-03 05:30"), days={DAY: today})
    assert decision.rest_until == utc("2026-06-03 05:34")


@pytest.mark.parametrize("now", ["2026-06-03 03:00", "2026-06-03 07:01", "2026-06-03 23:00"])
def test_open_send_of_today_is_finished_at_any_hour(now: str) -> None:
    decision = tick.decide(MORNING, now=utc(now), days={DAY: Today(assembled=True, send="open")})
    assert decision.steps == (Step(Action.RESUME, DAY),)
    assert decision.held is None


def test_open_send_is_finished_on_a_day_without_an_edition() -> None:
    timetable = replace(MORNING, skip=frozenset({DAY}))
    assert actions("2026-06-03 08:00", Today(assembled=True, send="open"), timetable) == [
        Action.RESUME
    ]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-03 11:59:59", []),
        ("2026-06-03 12:00", [Action.RESUME]),
        ("2026-06-03 12:00:01", [Action.RESUME]),
    ],
)
def test_open_send_rests_until_its_next_wave(now: str, expected: list[Action]) -> None:
    today = Today(assembled=True, send="open", rests_until=utc("2026-06-03 12:00"))
    assert actions(now, today) == expected


@pytest.mark.parametrize("send", ["paused", "cancelled", "complete"])
def test_send_that_a_person_stopped_is_left_alone_and_not_called_late(send: Any) -> None:
    for now in ("2026-06-03 07:00", "2026-06-03 11:01"):
        today = Today(assembled=True, send=send, look_after=utc("2026-06-03 05:10"))
        decision = tick.decide(MORNING, now=utc(now), days={DAY: today})
        assert (decision.steps, decision.held) == ((), None)


def test_send_that_rests_does_not_hold_up_the_edition_of_the_next_day() -> None:
    """Readers in the far west still wait for yesterday's; those in the far east are next."""
    timetable = replace(MORNING, readers=frozenset({"Pacific/Kiritimati", "Pacific/Niue"}))
    now, tomorrow = utc("2026-06-03 17:00"), DAY + timedelta(days=1)
    resting = Today(assembled=True, send="open", rests_until=utc("2026-06-03 18:00"))
    days = {DAY: resting, tomorrow: NOTHING_YET}
    assert tuple(days) == calendar.open_days(timetable, now)
    assert tick.decide(timetable, now=now, days=days).steps == (
        Step(Action.PREPARE, tomorrow),
        Step(Action.SEND, tomorrow),
    )


def test_only_the_edition_of_today_is_called_late() -> None:
    timetable = replace(MORNING, readers=frozenset({"Pacific/Niue"}))
    yesterday = DAY - timedelta(days=1)
    days = {yesterday: NOTHING_YET, DAY: NOTHING_YET}
    assert tick.decide(timetable, now=utc("2026-06-03 11:00"), days=days).held is None
    held = tick.decide(timetable, now=utc("2026-06-03 11:00:01"), days=days).held
    assert held is not None
    assert held.count("--late") == 1
    assert f"--date {DAY}" in held


def test_late_edition_is_held() -> None:
    decision = tick.decide(MORNING, now=utc("2026-06-03 11:01"), days={DAY: NOTHING_YET})
    assert decision.steps == ()
    assert decision.held is not None
    assert "closed at 2026-06-03 11:00 UTC" in decision.held
    assert "newsletter send --date 2026-06-03 --late" in decision.held


def test_day_without_an_edition_is_quiet() -> None:
    timetable = replace(MORNING, skip=frozenset({DAY}))
    decision = tick.decide(timetable, now=utc("2026-06-03 23:00"), days={DAY: NOTHING_YET})
    assert (decision.steps, decision.held) == ((), None)


def test_earlier_send_is_reported_and_not_continued() -> None:
    earlier = (date(2026, 6, 1), date(2026, 6, 2))
    decision = tick.decide(
        MORNING, now=utc("2026-06-03 07:00"), days={DAY: NOTHING_YET}, unfinished=earlier
    )
    assert [step.day for step in decision.steps] == [DAY, DAY]
    assert decision.held is not None
    assert "2026-06-01" in decision.held
    assert "2026-06-02" in decision.held


def test_tick_works_on_yesterday_while_a_gap_keeps_it_open() -> None:
    timetable = make_timetable("America/Nuuk", time(23, 15))
    now, yesterday = utc("2025-03-30 01:00"), date(2025, 3, 29)
    assert calendar.open_days(timetable, now) == (yesterday,)
    decision = tick.decide(timetable, now=now, days={yesterday: NOTHING_YET})
    assert decision.steps == (Step(Action.PREPARE, yesterday), Step(Action.SEND, yesterday))


def view(next_due: datetime | None = None, **people: int) -> SendView:
    """Build the sums of a send: people by their batches' state, one batch a state."""
    send = Send(
        id=1,
        publication="main",
        edition=DAY,
        kind=SendKind.EDITION,
        status=SendStatus.OPEN,
        digest="d",
        provider="outbox",
        recipients=sum(people.values()),
        created_at=utc("2026-06-03 07:00"),
        led_until=None,
        paused_until=None,
    )
    batches = {BatchState(state): Tally(1, count) for state, count in people.items()}
    return SendView(send=send, batches=batches, skipped=0, refused=0, next_due=next_due)


def test_handed_over_tells_how_many_have_it_and_how_many_come_later() -> None:
    assert tick.handed_over(view(submitted=12)) == (
        "Handed over the edition of 2026-06-03 to 12 recipients."
    )
    assert tick.handed_over(view(utc("2026-06-03 18:00"), submitted=12, planned=1)) == (
        "Handed over the edition of 2026-06-03 to 12 recipients; "
        "1 more are due from 2026-06-03 18:00 UTC on."
    )
    assert tick.handed_over(view(utc("2026-06-03 18:00"), submitted=12)).endswith("recipients.")
    assert tick.handed_over(view(None, submitted=12, planned=1)).endswith("to 12 recipients.")


def test_handed_over_with_one_recipient_in_doubt_needs_a_person() -> None:
    with pytest.raises(Held, match="11 recipients submitted, 1 uncertain") as caught:
        tick.handed_over(view(utc("2026-06-03 18:00"), submitted=11, uncertain=1, planned=5))
    assert "newsletter audit --date 2026-06-03" in caught.value.hint


class Publication:
    """A publication that does what it is told, and remembers."""

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self.prepared: set[date] = set()
        self.sends: list[date] = []

    def tick(self, now: datetime) -> None:
        """Do what a tick at `now` decides."""
        days = {
            day: Today(
                assembled=day in self.prepared, send="complete" if day in self.sends else "none"
            )
            for day in calendar.open_days(self.timetable, now)
        }
        for step in tick.decide(self.timetable, now=now, days=days).steps:
            if step.action is Action.PREPARE:
                self.prepared.add(step.day)
            else:
                self.sends.append(step.day)


GAPS = st.lists(st.integers(min_value=0, max_value=20), min_size=1, max_size=5).filter(
    lambda gaps: sum(gaps) >= 4 * len(gaps)  # a minute each takes longest, and is an example
)


@settings(max_examples=examples(30))
@example(  # as the daemon does
    at=time(2, 30),
    zone="Europe/Berlin",
    start=date(2025, 3, 28),
    gaps=[1],
    lead=timedelta(minutes=45),
    readers={"Pacific/Niue"},
)
@given(
    at=st.times(max_value=time(23, 30)),
    zone=st.sampled_from(["Europe/Berlin", "America/Nuuk", "Africa/Cairo", "Australia/Lord_Howe"]),
    start=st.sampled_from([date(2025, 3, 28), date(2025, 4, 4), date(2025, 10, 3)]),
    gaps=GAPS,
    lead=st.sampled_from([timedelta(), timedelta(minutes=45)]),
    readers=st.sets(st.sampled_from(["Pacific/Kiritimati", "Pacific/Niue", "", "no zone"])),
)
def test_ticks_of_any_rhythm_send_every_edition_once(
    at: time, zone: str, start: date, gaps: list[int], lead: timedelta, readers: set[str]
) -> None:
    publication = Publication(make_timetable(zone, at, lead=lead, readers=frozenset(readers)))
    now = utc(start.isoformat())
    for minutes in cycle(gaps):
        publication.tick(now)
        now += timedelta(minutes=minutes)
        if now.date() > start + timedelta(days=3):
            break
    assert len(publication.sends) == len(set(publication.sends))
    assert {start + timedelta(days=1), start + timedelta(days=2)} <= set(publication.sends)
    assert publication.prepared == set(publication.sends)
