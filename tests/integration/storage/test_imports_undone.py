"""An import can be shown and taken back; nobody who changed since is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.core.errors import NothingToDo, UsageError
from newsletter.core.model import Subscriber
from newsletter.core.model import SubscriberState as State
from newsletter.storage.database import Database
from newsletter.storage.imports.undo import Imports, Undone
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import consent, import_change, recipient, state_change, subscriber
from newsletter.subscribers import register
from newsletter.subscribers.profile import profile_of
from tests.support.subscribers import LATER, NOON, add, counted, import_text

LIST = "email,name,city\nann@example.org,Anna,Riga\nben@example.org,Ben,\ncleo@example.org,Cleo,\n"


@pytest.fixture
def store(database: Database) -> Subscribers:
    return Subscribers(database, "main")


def everybody(database: Database) -> list[list[tuple]]:
    with database.read() as connection:
        return [
            [tuple(row) for row in connection.execute(sa.select(table))]
            for table in (subscriber, state_change, consent)
        ]


def test_an_import_taken_back_leaves_the_list_as_it_was(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    add(store, "ann@example.org", name="Ann", zone="Europe/Riga")
    before = everybody(database)
    report = import_text(store, tmp_path, LIST, now=LATER)
    assert counted(report) == {"new": 2, "updated": 1}
    imports = Imports(database, "main")
    undone = imports.undo(report.import_id, now=LATER)
    assert undone == Undone(removed=2, unsubscribed=0, restored=1, kept=0)
    ann = store.find("ann@example.org")
    assert (ann.name, ann.zone, ann.attributes) == ("Ann", "Europe/Riga", {})
    assert [len(rows) for rows in everybody(database)] == [len(rows) for rows in before]
    assert imports.find(report.import_id).state == "undone"
    with pytest.raises(NothingToDo):
        imports.undo(report.import_id, now=LATER)


def test_a_file_that_was_taken_back_can_be_imported_again(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    first = import_text(store, tmp_path, LIST)
    Imports(database, "main").undo(first.import_id, now=LATER)
    again = import_text(store, tmp_path, LIST, now=LATER)
    assert counted(again) == {"new": 3}
    assert [run.state for run in Imports(database, "main").all()] == ["done", "undone"]


def test_who_left_since_stays_on_record_as_having_left(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    report = import_text(store, tmp_path, LIST)
    register.remove(store, register.address_of("ben@example.org"), reason="asked", now=LATER)
    undone = Imports(database, "main").undo(report.import_id, now=LATER)
    assert undone == Undone(removed=2, unsubscribed=0, restored=0, kept=1)
    assert store.find("ben@example.org").state is State.UNSUBSCRIBED


def test_who_has_got_an_edition_is_unsubscribed_and_keeps_the_link(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    report = import_text(store, tmp_path, LIST)
    ben = store.find("ben@example.org")
    _hand_over(database, ben.id)
    undone = Imports(database, "main").undo(report.import_id, now=LATER)
    assert undone == Undone(removed=2, unsubscribed=1, restored=0, kept=0)
    kept = store.find("ben@example.org")
    assert (kept.state, kept.token) == (State.UNSUBSCRIBED, ben.token)
    assert "taken back" in store.history(ben.id).changes[-1].reason


def test_values_that_changed_again_since_are_left_alone(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    add(store, "ann@example.org", name="Ann")
    first = import_text(store, tmp_path, LIST)
    second = import_text(store, tmp_path, LIST.replace("Anna", "Annabel"), now=LATER)
    undone = Imports(database, "main").undo(first.import_id, now=LATER)
    assert (undone.restored, undone.kept) == (0, 1)
    assert store.find("ann@example.org").name == "Annabel"
    assert Imports(database, "main").undo(second.import_id, now=LATER).restored == 1


def test_a_column_that_is_younger_than_the_import_does_not_keep_it_from_being_taken_back(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    for name in ("ann", "ben"):
        add(store, f"{name}@example.org", name=name)
    first = import_text(store, tmp_path, LIST)
    with database.write() as connection:
        for row in connection.execute(sa.select(import_change)).all():
            kept = {when: {**getattr(row, when)} for when in ("before", "after")}
            for values in kept.values():
                del values["locale"]
                values.pop("changed_at", None)
            which = import_change.c.subscriber_id == row.subscriber_id
            connection.execute(sa.update(import_change).where(which).values(**kept))
    import_text(store, tmp_path, "email,locale\nben@example.org,lv\n", now=LATER)
    undone = Imports(database, "main").undo(first.import_id, now=LATER)
    assert (undone.restored, undone.kept) == (1, 1)
    ann, ben = store.find("ann@example.org"), store.find("ben@example.org")
    assert (ann.name, ann.locale) == ("ann", None)
    assert (ben.name, ben.locale) == ("Ben", "lv")


def test_every_value_of_a_profile_is_changed_by_an_import_and_given_back(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    before = add(store, "ann@example.org", zone="Asia/Tokyo", locale="ja")
    text = (
        "email,name,time zone,frequency,paused until,locale,city\n"
        "ann@example.org,Anna,Europe/Riga,weekly,2026-05-01,lv,Riga\n"
    )
    report = import_text(store, tmp_path, text, now=LATER)
    ann = store.find("ann@example.org")
    assert all(ann_s != was for ann_s, was in zip(_profile(ann), _profile(before), strict=True))
    Imports(database, "main").undo(report.import_id, now=LATER)
    assert _profile(store.find("ann@example.org")) == _profile(before)


def _profile(one: Subscriber) -> list[object]:
    return list(profile_of(one).values())


def test_an_opt_out_by_a_wrong_file_is_taken_back_on_the_record(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    ann = add(store, "ann@example.org")
    text = "email,subscription\nann@example.org,unsubscribed\n"
    report = import_text(store, tmp_path, text)
    Imports(database, "main").undo(report.import_id, now=LATER)
    assert store.find("ann@example.org").state is State.ACTIVE
    last = store.history(ann.id).changes[-1]
    assert (last.from_state, last.to_state, last.by) == (
        State.UNSUBSCRIBED,
        State.ACTIVE,
        "operator",
    )


def test_what_was_before_is_kept_with_its_line(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    add(store, "ben@example.org", name="Benjamin")
    import_text(store, tmp_path, LIST)
    with database.read() as connection:
        (row,) = connection.execute(sa.select(import_change))
    assert (row.line, row.before["name"], row.after["name"]) == (3, "Benjamin", "Ben")


def test_there_is_no_undoing_an_import_that_is_not_there(database: Database) -> None:
    with pytest.raises(UsageError, match="no import 7"):
        Imports(database, "main").undo(7, now=NOON)


def _hand_over(database: Database, subscriber_id: int) -> None:
    """Write a recipient as a send would; the send itself does not matter here."""
    with database.write() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql(
            "INSERT INTO message (digest, subject, preheader, html, text, fields, created_at) "
            "VALUES ('d', '', '', '', '', '[]', '2026-03-01 07:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO send (id, publication, edition, kind, status, digest, provider, "
            "recipients, created_at) VALUES (1, 'main', '2026-03-01', 'edition', 'complete', "
            "'d', 'outbox', 1, '2026-03-01 07:00:00')"
        )
        connection.execute(
            recipient.insert().values(
                send_id=1, position=1, subscriber_id=subscriber_id, address="ben@example.org"
            )
        )
