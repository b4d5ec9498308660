"""A subscriber's history: what an import said of everybody, and what happened to one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.core.model import SubscriberState as State
from newsletter.storage.database import Database
from newsletter.storage.subscribers.history import History, consented_at
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import consent, import_run, state_change, subscriber
from newsletter.subscribers import register
from newsletter.subscribers.model import StateChange
from tests.support.subscribers import LATER, NOON, import_text, make_person

FILE = """\
email,subscription,signup date,evidence
ann@example.org,,2026-01-02T03:04:05Z,form 17
ben@example.org,unsubscribed,,
cleo@example.org,,,
"""


@pytest.fixture
def store(database: Database) -> Subscribers:
    return Subscribers(database, "main")


def history_of(store: Subscribers, canonical: str) -> History:
    found = store.find(canonical)
    assert found is not None
    return store.history(found.id)


def states(history: History) -> list[tuple[State | None, State, str]]:
    return [(one.from_state, one.to_state, one.reason) for one in history.changes]


def leave(store: Subscribers, canonical: str) -> None:
    store.change(
        canonical,
        lambda found: StateChange(
            from_state=found.state, to_state=State.UNSUBSCRIBED, at=LATER, reason="asked", by="them"
        ),
    )


def test_an_import_says_with_each_person_what_its_file_said(
    store: Subscribers, tmp_path: Path
) -> None:
    import_text(store, tmp_path, FILE, consent="the fair")
    (given,) = history_of(store, "ann@example.org").consents
    assert f"{given.at:%Y-%m-%d %H:%M:%S}" == "2026-01-02 03:04:05"
    assert given.text == "list.csv, line 2: the fair; form 17"
    (given,) = history_of(store, "cleo@example.org").consents
    assert (given.at, given.text) == (NOON, "list.csv, line 4: the fair")


def test_who_came_opted_out_gave_no_consent(store: Subscribers, tmp_path: Path) -> None:
    import_text(store, tmp_path, FILE, consent="the fair")
    told = history_of(store, "ben@example.org")
    assert states(told) == [(None, State.UNSUBSCRIBED, "import of list.csv")]
    assert told.consents == ()


def test_the_first_state_is_that_before_the_first_change(
    store: Subscribers, tmp_path: Path
) -> None:
    import_text(store, tmp_path, FILE, consent="the fair")
    leave(store, "cleo@example.org")
    told = history_of(store, "cleo@example.org")
    assert states(told) == [
        (None, State.ACTIVE, "import of list.csv"),
        (State.ACTIVE, State.UNSUBSCRIBED, "asked"),
    ]
    assert [given.text for given in told.consents] == ["list.csv, line 4: the fair"]


def test_a_consent_of_their_own_comes_after_that_of_the_import(
    store: Subscribers, tmp_path: Path
) -> None:
    import_text(store, tmp_path, FILE)
    person = make_person("ben@example.org")
    register.add(store, person, consent="wrote to us", now=LATER)
    told = history_of(store, "ben@example.org")
    assert [(one.from_state, one.to_state) for one in told.changes] == [
        (None, State.UNSUBSCRIBED),
        (State.UNSUBSCRIBED, State.ACTIVE),
    ]
    assert [given.text for given in told.consents] == ["wrote to us"]


def test_the_latest_consent_is_that_of_the_file_until_there_is_another(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    import_text(store, tmp_path, FILE)
    register.add(store, make_person("ben@example.org"), consent="wrote to us", now=LATER)
    query = sa.select(subscriber.c.canonical, consented_at()).order_by(subscriber.c.id)
    with database.read() as connection:
        found = {name: f"{at:%m-%d}" for name, at in connection.execute(query)}
    assert found == {
        "ann@example.org": "01-02",  # as the file says
        "ben@example.org": f"{LATER:%m-%d}",  # in words of their own
        "cleo@example.org": f"{NOON:%m-%d}",  # when they were imported
    }


def test_the_import_of_another_file_does_not_change_where_somebody_comes_from(
    store: Subscribers, tmp_path: Path
) -> None:
    import_text(store, tmp_path, FILE, consent="the fair")
    before = history_of(store, "ann@example.org")
    (other := tmp_path / "other").mkdir()
    import_text(store, other, "email,name\nann@example.org,Ann\n", consent="shop", now=LATER)
    assert history_of(store, "ann@example.org") == before


def test_what_an_earlier_release_wrote_for_each_person_counts_as_it_is(
    store: Subscribers, database: Database
) -> None:
    by_import = {"import_id": 1, "import_line": 2, "created_at": NOON, "changed_at": NOON}
    with database.write() as connection:
        connection.execute(
            sa.insert(import_run).values(id=1, file="old.csv", sha256="", at=NOON, counts={})
        )
        connection.execute(
            sa.insert(subscriber).values(
                id=1,
                publication="main",
                address="a@b.example",
                canonical="a@b.example",
                state="active",
                token="t",
                **by_import,
            )
        )
        first = {"to_state": "active", "reason": "import of old.csv", "changed_by": "import"}
        connection.execute(sa.insert(state_change).values(subscriber_id=1, at=NOON, **first))
        words = {"how": "import", "text": "old.csv, line 2: the fair"}
        connection.execute(sa.insert(consent).values(subscriber_id=1, at=NOON, **words))
    told = store.history(1)
    assert states(told) == [(None, State.ACTIVE, "import of old.csv")]
    assert [given.text for given in told.consents] == ["old.csv, line 2: the fair"]


def test_nobody_has_an_empty_history(store: Subscribers) -> None:
    assert store.history(404) == History(changes=(), consents=())
