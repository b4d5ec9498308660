"""Two lists and whatever can happen to the people on them, beside a model of who may be mailed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsletter.core.errors import Held, NothingToDo, UsageError
from newsletter.core.model import SubscriberState as State
from newsletter.core.model.events import Leaving
from newsletter.storage.database import Database
from newsletter.storage.sends.audiences import mailable
from newsletter.storage.subscribers import new_address
from newsletter.storage.subscribers.leaving import leave_all
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import (
    consent,
    import_change,
    import_run,
    state_change,
    subscriber,
    suppression,
)
from newsletter.subscribers import lifecycle, register
from newsletter.subscribers.erasure import Marks
from tests.support.examples import examples
from tests.support.subscribers import NOON, counted, import_text

MARKS = Marks("k" * 40)
LISTS = ("morning", "evening")
PEOPLE = ("ann@one.example", "ben@one.example", "cleo@two.example")
FORMS = (*PEOPLE, "@one.example", "@two.example")
WORDS = {
    "active": State.ACTIVE,
    "unsubscribed": State.UNSUBSCRIBED,
    "bounced": State.BOUNCED,
    "complained": State.COMPLAINED,
}
EVERYWHERE = ""
_list, _person = st.sampled_from(LISTS), st.sampled_from(PEOPLE)
STEPS = st.lists(
    st.tuples(
        st.just("bring"), _list, st.dictionaries(_person, st.sampled_from([*WORDS]), min_size=1)
    )
    | st.tuples(st.just("add"), _list, _person, st.sampled_from(["", "she wrote to us"]))
    | st.tuples(st.just("remove"), _list, _person)
    | st.tuples(st.just("report"), _person, st.sampled_from([State.BOUNCED, State.COMPLAINED]))
    | st.tuples(st.sampled_from(["suppress", "lift"]), _list, st.sampled_from(FORMS), st.booleans())
    | st.tuples(st.just("move"), _list, _person, _person)
    | st.tuples(st.just("forget"), _person),
    min_size=1,
    max_size=12,
)
Step = tuple[Any, ...]


class Model:
    """Who is on which list in what state, and what is suppressed; told in a few lines."""

    def __init__(self) -> None:
        self.states: dict[tuple[str, str], State] = {}
        self.suppressed: set[tuple[str, str]] = set()
        self.erased: set[str] = set()
        self.moved: dict[tuple[str, str], str] = {}  # whose a former address was

    def is_suppressed(self, where: str, who: str) -> bool:
        forms = (who, who[who.index("@") :])
        held = {(form, of) for form in forms for of in (where, EVERYWHERE)}
        return who in self.erased or not held.isdisjoint(self.suppressed)

    def mailable(self, where: str) -> set[str]:
        return {
            who
            for (of, who), state in self.states.items()
            if of == where and state is State.ACTIVE and not self.is_suppressed(where, who)
        }

    def bring(self, where: str, rows: dict[str, str]) -> None:
        for who, word in rows.items():
            if self.is_suppressed(where, who):
                continue
            known = self.states.setdefault((where, who), WORDS[word])
            if known is State.ACTIVE:
                self.states[where, who] = WORDS[word]

    def add(self, where: str, who: str, words: str) -> type[Exception] | None:
        known = self.states.get((where, who))
        if self.is_suppressed(where, who) or known is State.COMPLAINED:
            return Held
        if known is State.ACTIVE:
            return NothingToDo
        if known is not None and not words:
            return Held
        self.states[where, who] = State.ACTIVE
        return None

    def remove(self, where: str, who: str) -> type[Exception] | None:
        known = self.states.get((where, who))
        if known is None:
            return UsageError
        if known in {State.UNSUBSCRIBED, State.COMPLAINED}:
            return NothingToDo
        self.states[where, who] = State.UNSUBSCRIBED
        return None

    def report(self, who: str, state: State) -> None:
        """Take what a provider reports: it is of the address, on every list."""
        if not self.is_listed(who, EVERYWHERE):
            self.suppressed.add((who, EVERYWHERE))
        leads = {State.BOUNCED: {State.ACTIVE}, State.COMPLAINED: set(State) - {State.COMPLAINED}}
        for where in LISTS:
            if self.states.get((where, who)) in leads[state]:
                self.states[where, who] = state

    def suppress(self, where: str, form: str, *, everywhere: bool) -> bool:
        of = EVERYWHERE if everywhere else where
        if self.is_listed(form, of):
            return False
        self.suppressed.add((form, of))
        return True

    def lift(self, where: str, form: str, *, everywhere: bool) -> bool:
        held = (form, EVERYWHERE if everywhere else where)
        found = held in self.suppressed
        self.suppressed.discard(held)
        return found

    def is_listed(self, form: str, of: str) -> bool:
        return not self.suppressed.isdisjoint({(form, of), (form, EVERYWHERE)})

    def move(self, where: str, who: str, new: str) -> bool:
        known = self.states.get((where, new), State.UNSUBSCRIBED)
        if new != who and (known is not State.UNSUBSCRIBED or self.is_suppressed(where, new)):
            return False
        if new != who:
            self.states[where, new] = self.states[where, who]
            self.states[where, who] = State.UNSUBSCRIBED
            self.moved.pop((where, new), None)
            self.moved = {
                key: new if (key[0], of) == (where, who) else of for key, of in self.moved.items()
            }
            self.moved[where, who] = new
        return True

    def forget(self, who: str) -> None:
        mailed = {one for (_, one), state in self.states.items() if state is State.ACTIVE}
        former = {one for (_, one), of in self.moved.items() if of == who} - mailed
        self.moved = {key: of for key, of in self.moved.items() if who not in (key[1], of)}
        for one in former:
            self.forget(one)
        self.erased.add(who)
        self.states = {key: state for key, state in self.states.items() if key[1] != who}
        self.suppressed = {held for held in self.suppressed if held[0] != who}


class Publications:
    """Two publications of one database; each step is a minute later."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self._now = database, folder, NOON
        self.stores = {of: Subscribers(database, of, marker=MARKS) for of in LISTS}

    @property
    def now(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now

    def do(self, model: Model, step: Step) -> None:
        getattr(self, step[0])(model, *step[1:])

    def bring(self, model: Model, where: str, rows: dict[str, str]) -> None:
        lines = [f"{who},{word}" for who, word in rows.items()]
        text = "\n".join(("email,subscription", *lines, ""))
        report = import_text(self.stores[where], self.folder, text, now=self.now)
        held = sum(model.is_suppressed(where, who) for who in rows)
        assert counted(report).get("suppressed", 0) == held
        assert sum(counted(report).values()) == len(rows)
        model.bring(where, rows)

    def add(self, model: Model, where: str, who: str, words: str) -> None:
        person = register.person_of(who)
        told = _refused(
            lambda: register.add(self.stores[where], person, consent=words, now=self.now)
        )
        assert told is model.add(where, who, words)

    def remove(self, model: Model, where: str, who: str) -> None:
        address = register.address_of(who)
        told = _refused(
            lambda: register.remove(self.stores[where], address, reason="asked", now=self.now)
        )
        assert told is model.remove(where, who)

    def report(self, model: Model, who: str, state: State) -> None:
        one = Leaving(canonical=who, state=state, at=self.now, reason="reported")
        with self.database.write() as connection:
            leave_all(connection, [one], allows=lifecycle.allows, by="event", now=self.now)
        model.report(who, state)

    def suppress(self, model: Model, where: str, form: str, everywhere: bool) -> None:
        done = self.stores[where].suppress(form, reason="no", now=self.now, everywhere=everywhere)
        assert done == model.suppress(where, form, everywhere=everywhere)

    def lift(self, model: Model, where: str, form: str, everywhere: bool) -> None:
        done = self.stores[where].lift(form, everywhere=everywhere)
        assert done == model.lift(where, form, everywhere=everywhere)

    def move(self, model: Model, where: str, who: str, new: str) -> None:
        reader = self.stores[where].find(who)
        if reader is not None:
            with self.database.write() as connection:
                done = new_address.give(
                    connection,
                    reader,
                    publication=where,
                    address=new,
                    canonical=new,
                    marker=MARKS,
                    now=self.now,
                )
            assert done == model.move(where, who, new)

    def forget(self, model: Model, who: str) -> None:
        self.stores["morning"].forget(who, reason="erased", now=self.now)
        model.forget(who)

    def compare(self, model: Model) -> None:
        for where, store in self.stores.items():
            everyone = list(store.everyone())
            expected = {who: state for (of, who), state in model.states.items() if of == where}
            assert {one.canonical: one.state for one in everyone} == expected
            assert sum(store.counts().values()) == len(everyone) == store.count()
            with self.database.read() as connection:
                query = sa.select(subscriber.c.canonical).where(mailable(connection, where))
                assert set(connection.scalars(query)) == model.mailable(where)
            for who in PEOPLE:
                held = model.is_suppressed(where, who)
                assert store.status_of(who).suppressed == held
            for one in everyone:
                _judge(store, one.id, one.state)


def _refused(act: Callable[[], object]) -> type[Exception] | None:
    try:
        act()
    except (Held, NothingToDo, UsageError) as error:
        return type(error)
    return None


def _judge(store: Subscribers, person: int, state: State) -> None:
    """Expect a history without a gap, and a consent of whoever was ever to be mailed."""
    told = store.history(person)
    assert told.changes[0].from_state is None
    assert told.changes[-1].to_state is state
    assert all(one.to_state is after.from_state for one, after in pairwise(told.changes))
    agreed = sum(one.to_state is State.ACTIVE for one in told.changes)
    assert len(told.consents) >= agreed  # with one for each new address


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(
    steps=[
        ("bring", "morning", {PEOPLE[0]: "active"}),
        ("suppress", "morning", "@one.example", False),
        ("forget", PEOPLE[0]),
        ("lift", "morning", "@one.example", False),
        ("bring", "evening", {PEOPLE[0]: "active", PEOPLE[1]: "active"}),
        ("add", "evening", PEOPLE[0], "she wrote to us"),
    ]
)
@example(
    steps=[
        ("report", PEOPLE[0], State.BOUNCED),
        ("bring", "morning", {PEOPLE[0]: "active"}),
        ("lift", "morning", PEOPLE[0], True),
        ("bring", "morning", {PEOPLE[0]: "active"}),
        ("remove", "morning", PEOPLE[0]),
        ("add", "morning", PEOPLE[0], ""),
        ("add", "morning", PEOPLE[0], "she wrote to us"),
    ]
)
@example(
    steps=[
        ("bring", "morning", {PEOPLE[0]: "active"}),
        ("move", "morning", PEOPLE[0], PEOPLE[2]),
        ("bring", "morning", {PEOPLE[0]: "active"}),  # by a file that knows nothing of it
        ("move", "morning", PEOPLE[2], PEOPLE[0]),
        ("move", "morning", PEOPLE[0], PEOPLE[1]),
        ("forget", PEOPLE[1]),
        ("bring", "morning", dict.fromkeys(PEOPLE, "active")),
    ]
)
@example(
    steps=[
        ("bring", "morning", {PEOPLE[0]: "active"}),
        ("move", "morning", PEOPLE[0], PEOPLE[1]),
        ("add", "morning", PEOPLE[0], "she wrote to us"),
        ("remove", "morning", PEOPLE[1]),
        ("move", "morning", PEOPLE[0], PEOPLE[1]),  # each has had the other's address
        ("remove", "morning", PEOPLE[1]),
        ("forget", PEOPLE[1]),
    ]
)
def test_only_who_may_be_mailed_is(database: Database, tmp_path: Path, steps: list[Step]) -> None:
    empty(database)
    publications, model = Publications(database, tmp_path), Model()
    for step in steps:
        publications.do(model, step)
        publications.compare(model)


def empty(database: Database) -> None:
    tables = (import_change, import_run, consent, state_change, suppression, subscriber)
    with database.write() as connection:
        for table in tables:
            connection.execute(sa.delete(table))
