"""Migrations give exactly the tables the program uses, on both databases."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import alembic.command
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from newsletter.core.errors import StorageError
from newsletter.delivery.providers.sendgrid.events import _Parser
from newsletter.storage.archiving import WORDS
from newsletter.storage.database import REVISION, Database, connect
from newsletter.storage.migrate import _config, newest, upgrade, version
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import (
    event,
    import_run,
    message,
    metadata,
    recipient,
    send,
    suppression,
)
from tests.support.events import make_entry

NOW = datetime(2026, 3, 1, 7, tzinfo=UTC)
MESSAGE = {"subject": "", "preheader": "", "html": "", "text": "", "fields": [], "created_at": NOW}
SEND = {"publication": "main", "edition": NOW.date(), "kind": "edition", "status": "open"}
SEND |= {"provider": "scripted", "recipients": 3, "created_at": NOW}


@pytest.fixture
def database(empty_database: Database) -> Database:
    """Return a database of the test's own: these tests change tables."""
    upgrade(empty_database)
    return empty_database


def _differences(database: Database) -> list[object]:
    with database.read() as connection:
        parts = _partitions(connection)

        def is_described(name: str | None, kind: str, parents: object) -> bool:
            return name not in parts and _is_described(name, kind, parents)

        opts = {"compare_type": True, "include_name": is_described}
        context = MigrationContext.configure(connection, opts=opts)
        return [one for one in compare_metadata(context, metadata) if not _is_apart(one, parts)]


def _partitions(connection: sa.Connection) -> set[str]:
    if connection.dialect.name != "postgresql":
        return set()
    query = "SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class ON oid = inhrelid"
    return set(connection.exec_driver_sql(f"{query} WHERE relkind = 'r'").scalars())


def _is_apart(difference: object, parts: set[str]) -> bool:
    """Leave out the ids of events in partitions: each partition has an index of its own."""
    match difference:
        case ("add_constraint", sa.UniqueConstraint(name="uq_event_event_id")):
            return bool(parts)
    return False


def _is_described(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the index of words: each database has its own, and SQLAlchemy none."""
    return kind != "table" or not (name or "").startswith(WORDS)


def _tables(database: Database) -> set[str]:
    with database.read() as connection:
        names = set(sa.inspect(connection).get_table_names()) - _partitions(connection)
    return {name for name in names if _is_described(name, "table", None)}


def test_migrated_database_equals_the_tables(database: Database) -> None:
    assert _differences(database) == []
    assert set(metadata.tables) | {"alembic_version"} == _tables(database)


def test_a_difference_would_be_seen(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE wave DROP COLUMN due_at")
    assert len(_differences(database)) == 1


def test_an_empty_database_has_no_version_and_is_brought_to_the_newest(
    empty_database: Database,
) -> None:
    assert version(empty_database) is None
    assert upgrade(empty_database) is True
    assert version(empty_database) == newest()


def test_upgrading_twice_changes_nothing_and_keeps_the_rows(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO suppression (canonical, reason, at) "
            "VALUES ('ann@example.org', 'asked', '2026-03-01 07:00:00')"
        )
    assert upgrade(database) is False
    with database.read() as connection:
        assert connection.scalar(sa.select(suppression.c.canonical)) == "ann@example.org"


def test_recipients_are_kept_when_their_table_is_written_anew(empty_database: Database) -> None:
    with empty_database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0019")
        connection.execute(sa.insert(message).values(digest="d", **MESSAGE))
        connection.execute(sa.insert(send).values(id=7, digest="d", **SEND))
        rows = [
            {"send_id": 7, "position": n, "subscriber_id": n, "address": f"a{n}@example.org"}
            for n in (1, 2, 3)
        ]
        connection.execute(sa.insert(recipient), rows)
        gone = sa.update(recipient).where(recipient.c.position == 2)
        connection.execute(gone.values(outcome="refused", reason="bad"))
    assert upgrade(empty_database) is True
    with empty_database.read() as connection:
        found = connection.execute(sa.select(recipient).order_by(recipient.c.position)).all()
    assert [(row.position, row.outcome) for row in found] == [(1, None), (2, "refused"), (3, None)]


def test_an_import_that_was_begun_goes_on_with_its_words(empty_database: Database) -> None:
    with empty_database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0020")
        for options in ('{"map": {}, "consent": "the fair", "revive": false}', "{}", ""):
            run = {"file": "a.csv", "sha256": "", "at": NOW, "counts": {}, "options": options}
            connection.execute(sa.insert(import_run).values(**run))
    upgrade(empty_database)
    with empty_database.read() as connection:
        words = connection.scalars(sa.select(import_run.c.consent).order_by(import_run.c.id))
        assert list(words) == ["the fair", "", ""]


def test_subscribers_of_the_previous_release_are_kept_and_have_no_locale(
    empty_database: Database,
) -> None:
    ann = {"address": "Ann@example.org", "canonical": "ann@example.org", "name": "Ann"}
    ann |= {"zone": "Europe/Riga", "frequency": "weekly", "attributes": '{"city": "Riga"}'}
    ann |= {"state": "active", "token": "t"}
    ann |= dict.fromkeys(("created_at", "changed_at"), "2026-03-01 07:00:00")
    with empty_database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0021")
        marks = ", ".join(f":{name}" for name in ann)
        connection.execute(
            sa.text(f"INSERT INTO subscriber ({', '.join(ann)}) VALUES ({marks})"), ann
        )
    upgrade(empty_database)
    (found,) = Subscribers(empty_database, "").everyone()
    assert (found.name, found.zone, found.frequency) == ("Ann", "Europe/Riga", "weekly")
    assert (found.attributes, found.locale) == ({"city": "Riga"}, None)


def test_an_event_of_the_previous_release_is_known_when_it_comes_again(
    empty_database: Database,
) -> None:
    entry = make_entry("delivered", 7)
    (new,) = _Parser(None).parse([entry], received_at=NOW)
    told = (entry["sg_message_id"], "delivered", entry["timestamp"], None, None)
    digest = hashlib.sha256("\0".join(map(str, told)).encode()).hexdigest()[:32]
    row = {"key": digest, "event_id": entry["sg_event_id"], "kind": "delivered", "reason": ""}
    row |= {"name": "delivered", "at": new.at, "received_at": NOW}
    with empty_database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0034")
        connection.execute(sa.insert(event).values(row))
    upgrade(empty_database)
    with empty_database.read() as connection:
        found = connection.execute(sa.select(event.c.key, event.c.event_id)).one()
    assert tuple(found) == (new.key, new.event_id)


def test_keys_are_compared_byte_by_byte(database: Database) -> None:
    with database.write() as connection:
        for canonical in ("b@example.org", "B@example.org", "a@example.org", "ä@example.org"):
            connection.execute(
                sa.insert(suppression).values(canonical=canonical, reason="", at=NOW)
            )
        found = connection.scalars(
            sa.select(suppression.c.canonical).order_by(suppression.c.canonical)
        )
        assert list(found) == ["B@example.org", "a@example.org", "b@example.org", "ä@example.org"]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = _tables(database)
    with pytest.raises(StorageError, match=r"newer version \(revision 9999\)"):
        upgrade(database)
    assert version(database) == "9999"
    assert _tables(database) == before


def test_an_upgrade_that_fails_leaves_nothing_behind(empty_database: Database) -> None:
    with empty_database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE send (foreign_column INTEGER)")
    with pytest.raises((sa.exc.DBAPIError, StorageError)):
        upgrade(empty_database)
    assert _tables(empty_database) == {"send"}


def test_a_current_database_is_recognised_without_the_migration_tool(
    empty_database: Database,
) -> None:
    assert newest() == REVISION
    assert not empty_database.is_current()
    upgrade(empty_database)
    assert empty_database.is_current()


def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.db"
    file.write_bytes(b"certainly not a database, only some text " * 200)
    database = connect(f"sqlite:///{file}")
    with pytest.raises(StorageError, match="cannot be read"):
        database.is_current()
    database.close()
    assert file.read_bytes().startswith(b"certainly")


def test_a_server_that_does_not_answer_is_told_in_a_sentence() -> None:
    database = connect("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    with pytest.raises(StorageError, match="refused"):
        database.is_current()
    database.close()
