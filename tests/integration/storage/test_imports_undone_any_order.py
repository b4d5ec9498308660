"""Imports taken back in any order leave the list as it was before them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsletter.core.model import SubscriberState as State
from newsletter.storage.database import Database
from newsletter.storage.imports.undo import Imports, Undone
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import consent, import_change, import_run, state_change, subscriber
from newsletter.subscribers import register
from newsletter.subscribers.profile import profile_of
from tests.support.examples import examples
from tests.support.subscribers import NOON, add, import_text

PEOPLE = ("ann", "ben", "cleo")
ROWS = st.dictionaries(
    st.sampled_from(PEOPLE),
    st.tuples(
        st.sampled_from(["", "One", "Two"]), st.sampled_from(["active", "active", "unsubscribed"])
    ),
    min_size=1,
)
STEPS = st.lists(ROWS | st.integers(0, 3), min_size=2, max_size=7)
Rows = dict[str, tuple[str, str]]


def row(name: str, subscription: str = "active") -> Rows:
    return {"ann": (name, subscription)}


class Desk:
    """Somebody who imports files and takes them back, a minute for each."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.store, self.imports = Subscribers(database, "main"), Imports(database, "main")
        self._folder, self._now, self.done = folder, NOON, list[int]()

    @property
    def now(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now

    def bring(self, rows: Rows) -> None:
        lines = [f"{who}@example.org,{name},{state}" for who, (name, state) in rows.items()]
        text = "\n".join(("email,name,subscription", *lines, ""))
        number = import_text(self.store, self._folder, text, now=self.now).import_id
        if number is not None:
            self.done.append(number)

    def take_back(self, place: int) -> Undone:
        return self.imports.undo(self.done.pop(place % len(self.done)), now=self.now)

    def everybody(self) -> list[tuple[Any, ...]]:
        return [(one.address, one.state, profile_of(one)) for one in self.store.everyone()]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    known=st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(list(State))),
    steps=STEPS,
    order=st.lists(st.integers(0, 6), min_size=7, max_size=7),
)
@example(known={}, steps=[row("One"), row("Two")], order=[1, 0, *[0] * 5])
@example(known={}, steps=[row("One"), row("Two")], order=[0] * 7)
@example(known={"ann": State.ACTIVE}, steps=[row("One"), row("Two")], order=[0] * 7)
@example(known={}, steps=[row("One"), row("One", "unsubscribed")], order=[0] * 7)
@example(known={}, steps=[row("One"), row("Two"), row("One")], order=[1, 0, *[0] * 5])
def test_the_list_is_as_it_was_when_all_are_taken_back(
    database: Database,
    tmp_path: Path,
    known: dict[str, State],
    steps: list[Rows | int],
    order: list[int],
) -> None:
    empty(database)
    desk = Desk(database, tmp_path)
    for who, state in known.items():
        add(desk.store, f"{who}@example.org", state=state, name="Before")
    before = desk.everybody()
    for step in steps:
        if isinstance(step, dict):
            desk.bring(step)
        elif desk.done:
            desk.take_back(step)
    for place in order:
        if desk.done:
            desk.take_back(place)
    assert desk.everybody() == before


def empty(database: Database) -> None:
    with database.write() as connection:
        for table in (import_change, import_run, consent, state_change, subscriber):
            connection.execute(sa.delete(table))


def test_who_an_import_added_goes_with_it_after_another_that_changed_them(desk: Desk) -> None:
    desk.bring(row("One"))
    desk.bring(row("Two"))
    assert desk.take_back(1) == Undone(removed=0, unsubscribed=0, restored=1, kept=0)
    assert desk.take_back(0) == Undone(removed=1, unsubscribed=0, restored=0, kept=0)


def test_who_was_kept_for_another_import_goes_with_that(desk: Desk, database: Database) -> None:
    desk.bring(row("One"))
    desk.bring(row("Two"))
    assert desk.take_back(0) == Undone(removed=0, unsubscribed=0, restored=0, kept=1)
    assert desk.take_back(0) == Undone(removed=1, unsubscribed=0, restored=0, kept=0)
    with database.read() as connection:  # nothing of them is left that no erasure would find
        assert connection.scalar(sa.select(sa.func.count()).select_from(import_change)) == 0


@pytest.mark.parametrize("place", [0, 1])
def test_who_changed_by_another_hand_is_left_as_they_are(desk: Desk, place: int) -> None:
    desk.bring(row("One"))
    ann = register.address_of("ann@example.org")
    register.change(desk.store, ann, told={"zone": "Europe/Riga"}, now=desk.now)
    desk.bring(row("Two"))
    undone = [desk.take_back(place), desk.take_back(0)]
    assert sum(one.removed for one in undone) == 0
    assert [(one.name, one.zone, one.state) for one in desk.store.everyone()] == [
        ("One", "Europe/Riga", State.ACTIVE)
    ]


@pytest.mark.parametrize("order", [(0, 0), (1, 0)])
def test_who_left_is_brought_back_by_no_taking_back(desk: Desk, order: tuple[int, int]) -> None:
    desk.bring(row("One"))
    desk.bring(row("Two"))
    ann = register.address_of("ann@example.org")
    register.remove(desk.store, ann, reason="asked", now=desk.now)
    for place in order:
        desk.take_back(place)
    assert [one.state for one in desk.store.everyone()] == [State.UNSUBSCRIBED]


@pytest.mark.parametrize("order", [(0, 0), (1, 0)])
@pytest.mark.parametrize("when", ["between", "after"])
def test_who_left_and_came_back_is_taken_off_by_nobody(
    desk: Desk, when: str, order: tuple[int, int]
) -> None:
    ann = register.address_of("ann@example.org")
    desk.bring(row("One"))
    if when == "after":
        desk.bring(row("Two"))
    register.remove(desk.store, ann, reason="asked", now=desk.now)
    back = register.person_of("ann@example.org")
    register.add(desk.store, back, consent="she wrote to us", now=desk.now)
    if when == "between":
        desk.bring(row("Two"))
    for place in order:
        desk.take_back(place)
    assert [one.state for one in desk.store.everyone()] == [State.ACTIVE]
