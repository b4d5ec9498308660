"""The one list of the release before becomes a list of each publication that used it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import alembic.command
import pytest
import sqlalchemy as sa

from newsletter.storage.database import Database
from newsletter.storage.imports.undo import Imports
from newsletter.storage.migrate import _config, upgrade
from newsletter.storage.subscribers import moved
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import recipient
from tests.integration.storage.test_release_before import RECORDED
from tests.support.publication import Publication

NOW = datetime(2026, 3, 1, 7, tzinfo=UTC)
AT = "2026-03-01 07:00:00"
PEOPLE = {  # state, and the sends they were in
    "both": ("active", (2, 1)),
    "first": ("active", (1,)),
    "second": ("active", (2,)),
    "left": ("unsubscribed", (1,)),
    "bounced": ("bounced", (2,)),
    "nobodys": ("active", ()),
}
IDS = {name: number for number, name in enumerate(PEOPLE, start=1)}
MORNING, EVENING = 1, 2  # sends


def write(database: Database, table: str, **row: Any) -> None:
    marks = ", ".join(f":{name}" for name in row)
    with database.write() as connection:
        connection.execute(
            sa.text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"),
            row,
        )


@pytest.fixture
def before(empty_database: Database) -> Database:
    """Return a database of the release before, with everybody of `PEOPLE` from one import."""
    with empty_database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0024")
    run = {"file": "all.csv", "sha256": "f", "at": AT, "counts": '{"new": 6}', "consent": "fair"}
    write(empty_database, "import_run", id=7, **run)
    for name, number in IDS.items():
        _write_person(empty_database, name, number)
    of_left = {"subscriber_id": IDS["left"], "at": AT, "from_state": "active"}
    told = {"to_state": "unsubscribed", "reason": "asked", "changed_by": "operator"}
    write(empty_database, "state_change", **of_left, **told)
    words = {"at": AT, "how": "operator", "text": "by telephone"}
    write(empty_database, "consent", subscriber_id=IDS["both"], **words)
    for name, reason in (("left", "asked"), ("bounced", "no such user"), ("stranger", "a trap")):
        write(empty_database, "suppression", canonical=f"{name}@b.example", reason=reason, at=AT)
    _count_on(empty_database)
    return empty_database


def _count_on(database: Database) -> None:
    """Let PostgreSQL count on from the ids that were given."""
    if database.engine.dialect.name != "postgresql":
        return
    with database.write() as connection:
        for table in ("subscriber", "import_run"):
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)"
            )


def _write_person(database: Database, name: str, number: int) -> None:
    address = f"{name}@b.example"
    write(
        database,
        "subscriber",
        id=number,
        address=address,
        canonical=address,
        state=PEOPLE[name][0],
        token=f"token-{name}",
        name=name,
        import_id=7,
        import_line=number,
        created_at=AT,
        changed_at=AT,
    )


def mail(database: Database, publications: Mapping[int, str]) -> None:
    """Write a send of each of these, as `PEOPLE` has them."""
    nothing = {"subject": "", "preheader": "", "html": "", "text": "", "fields": "[]"}
    write(database, "message", digest="d", created_at=AT, **nothing)
    for send_id, publication in publications.items():
        kind = {"edition": "2026-03-01", "kind": "edition", "status": "open", "digest": "d"}
        send = kind | {"provider": "outbox", "recipients": 3, "created_at": AT}
        write(database, "send", id=send_id, publication=publication, **send)
        told = [name for name, (_, sends) in PEOPLE.items() if send_id in sends]
        for position, name in enumerate(told, start=1):
            of = {"subscriber_id": IDS[name], "address": f"{name}@b.example"}
            write(database, "recipient", send_id=send_id, position=position, **of)


def names(database: Database, publication: str) -> list[str]:
    return sorted(one.name for one in Subscribers(database, publication).everyone())


def person(database: Database, publication: str, name: str) -> Any:
    return Subscribers(database, publication).find(f"{name}@b.example")


def test_with_one_publication_it_has_everybody_and_is_told_once(before: Database) -> None:
    mail(before, {MORNING: "morning"})
    upgrade(before)
    assert names(before, "morning") == sorted(PEOPLE)
    told = moved.take(before, "morning", now=NOW)
    assert told is not None
    assert (told.subscribers, told.adopted, told.others) == (6, 0, ())
    assert moved.take(before, "morning", now=NOW) is None
    assert moved.take(before, "another", now=NOW) is None
    assert [run.id for run in Imports(before, "morning").all()] == [7]
    assert person(before, "morning", "both").token == "token-both"


def test_where_nobody_was_mailed_the_first_to_open_it_has_everybody(before: Database) -> None:
    upgrade(before)
    assert names(before, "evening") == []
    told = moved.take(before, "evening", now=NOW)
    assert told is not None
    assert (told.subscribers, told.adopted) == (6, 6)
    assert names(before, "evening") == sorted(PEOPLE)
    assert moved.take(before, "morning", now=NOW) is None
    assert names(before, "morning") == []


def test_each_publication_has_whom_it_mailed_and_both_whoever_had_left(before: Database) -> None:
    mail(before, {MORNING: "morning", EVENING: "evening"})
    upgrade(before)
    gone = ["bounced", "left"]
    assert names(before, "morning") == sorted(["both", "first", *gone])
    assert names(before, "evening") == sorted(["both", "second", *gone])
    told = moved.take(before, "evening", now=NOW)
    assert told is not None
    assert (told.subscribers, told.adopted, told.others) == (5, 1, ("morning",))
    assert "1 of them nobody had mailed" in told.sentence
    assert names(before, "evening") == sorted(["both", "nobodys", "second", *gone])
    states = {one.name: one.state for one in Subscribers(before, "evening").everyone()}
    assert (states["left"], states["bounced"]) == ("unsubscribed", "bounced")


def test_a_copied_person_keeps_history_and_each_old_link_its_list(before: Database) -> None:
    mail(before, {MORNING: "morning", EVENING: "evening"})
    upgrade(before)
    first, copy = (person(before, of, "both") for of in ("morning", "evening"))
    assert (first.id, first.token) == (IDS["both"], "token-both")
    assert copy.token != first.token
    for of, one in (("morning", first), ("evening", copy)):
        store = Subscribers(before, of)
        assert store.holder("token-both") == one
        assert store.holder(one.token) == one
        history = store.history(one.id)
        assert [given.text for given in history.consents] == [
            "all.csv, line 1: fair",
            "by telephone",
        ]
    assert Subscribers(before, "morning").holder(copy.token) is None
    for of in ("morning", "evening"):
        left = Subscribers(before, of).history(person(before, of, "left").id)
        assert [change.to_state for change in left.changes] == ["active", "unsubscribed"]


def test_a_send_under_way_reads_the_state_on_its_own_list(before: Database) -> None:
    mail(before, {MORNING: "morning", EVENING: "evening"})
    upgrade(before)
    query = sa.select(recipient.c.subscriber_id).where(
        recipient.c.send_id == EVENING, recipient.c.address == "both@b.example"
    )
    with before.read() as connection:
        assert connection.scalar(query) == person(before, "evening", "both").id


def test_an_import_of_the_shared_list_is_taken_back_on_each_list_alone(before: Database) -> None:
    mail(before, {MORNING: "morning", EVENING: "evening"})
    upgrade(before)
    (run,) = Imports(before, "evening").all()
    (other,) = Imports(before, "morning").all()
    assert run.id != other.id
    assert (run.file, run.counts) == (other.file, other.counts) == ("all.csv", {"new": 6})
    done = Imports(before, "evening").undo(run.id, now=NOW)
    assert (done.unsubscribed, done.removed) == (2, 0)
    assert person(before, "evening", "both").state == "unsubscribed"
    assert person(before, "morning", "both").state == "active"


def test_a_choice_goes_with_the_lists_and_a_bounce_stays_for_all(before: Database) -> None:
    mail(before, {MORNING: "morning", EVENING: "evening"})
    upgrade(before)
    suppressed = {
        of: [Subscribers(before, of).status_of(f"{name}@b.example").suppressed for name in PEOPLE]
        for of in ("morning", "evening", "third")
    }
    kept = [name in {"left", "bounced"} for name in PEOPLE]
    assert suppressed["morning"] == suppressed["evening"] == kept
    assert suppressed["third"] == [name == "bounced" for name in PEOPLE]
    assert Subscribers(before, "third").status_of("stranger@b.example").suppressed


def test_a_recorded_publication_tells_once_what_became_of_its_list(tmp_path: Path) -> None:
    root = tmp_path / "brief"
    shutil.copytree(RECORDED, root)
    with sqlite3.connect(root / "newsletter.db") as connection:
        connection.executescript((root / "database.sql").read_text(encoding="utf-8"))
    connection.close()
    publication = Publication(root=root, environment={"NEWSLETTER_SECRET_KEY": "k" * 40})
    said = publication.run("subscribers", "list", "--search", "reader12", check=0)
    assert "main has 23 subscribers of the list there was." in said.stderr
    assert "reader12@example.org" in said.stdout
    again = publication.run("subscribers", "stats", check=0)
    assert "its own list" not in again.stderr
