"""May this edition go now?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from newsletter.core.calendar import Due
from newsletter.core.errors import Held, NothingToDo, TryLater, UsageError
from newsletter.delivery.preconditions import SendRequest, refuse_if_not_yet
from tests.support.ledger import DAY, MORNING

DUE = Due(
    date=DAY,
    prepare_at=MORNING,
    begin=MORNING,
    at=MORNING,
    until=MORNING + timedelta(hours=4),
    last=MORNING,
)
YESTERDAY = DAY - timedelta(days=1)


def ask(*, day: date = DAY, due: Due | None = DUE, hours: float = 0, **request: bool) -> None:
    now = MORNING + timedelta(hours=hours)
    refuse_if_not_yet(SendRequest(day=day, **request), due=due, today=DAY, now=now)


def test_from_its_due_moment_to_the_end_of_the_window_it_goes():
    ask()
    ask(hours=4)


def test_what_was_begun_goes_on_at_any_time():
    ask(day=YESTERDAY, hours=30, goes_on=True)
    ask(hours=-1, goes_on=True)
    ask(due=None, goes_on=True)


def test_before_the_due_moment_it_waits_unless_told_otherwise():
    with pytest.raises(TryLater, match="07:00"):
        ask(hours=-0.1)
    ask(hours=-0.1, at_once=True)


def test_after_the_window_a_person_is_asked():
    with pytest.raises(Held, match="catch-up window"):
        ask(hours=4.1)
    ask(hours=4.1, at_once=True)
    ask(hours=4.1, late=True)


def test_a_past_date_needs_late():
    for request in ({}, {"at_once": True}):
        with pytest.raises(UsageError, match="in the past"):
            ask(day=YESTERDAY, **request)
    ask(day=YESTERDAY, late=True)


def test_a_day_without_an_edition_has_nothing_to_do_unless_told_otherwise():
    with pytest.raises(NothingToDo):
        ask(due=None)
    ask(due=None, at_once=True)


def test_ahead_of_time_it_goes_from_the_moment_it_may_be_handed_over():
    ahead = replace(DUE, begin=MORNING - timedelta(minutes=30))
    ask(due=ahead, hours=-0.5)
    with pytest.raises(TryLater, match="handed over from"):
        ask(due=ahead, hours=-0.6)
