"""What the ledger asks of SQLite: durable commits, one writer at a time, readers never held up."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from newsletter.core.clock import SystemClock
from newsletter.storage.database import connect
from newsletter.storage.sends.ledger import Ledger
from tests.support.database import sqlite_copy
from tests.support.haste import made_as_ever
from tests.support.ledger import add_people, make_freeze
from tests.support.time import PATIENCE


@pytest.fixture
def url(current_sqlite, tmp_path):
    return sqlite_copy(current_sqlite, tmp_path / "copy")


@pytest.fixture
def database(url):
    opened = connect(url)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_every_connection_is_set_up_to_keep_what_it_commits(url, monkeypatch, pragma, value):
    monkeypatch.setattr("newsletter.storage.engines.make", made_as_ever)
    with closing(connect(url)) as database:
        for transaction in (database.read, database.write, database.read):
            with transaction() as connection:
                assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_second_writer_waits_and_a_reader_does_not(database, url):
    """Another process, as far as SQLite is concerned: a connection of its own."""
    other = connect(url)
    add_people(other, 3)
    clock, waiting, frozen = SystemClock(), threading.Event(), []

    def freeze() -> None:
        waiting.set()
        frozen.append(Ledger(database).freeze(make_freeze(), now=clock.now()))

    second = threading.Thread(target=freeze)
    with other.write() as connection:
        connection.exec_driver_sql("DELETE FROM subscriber WHERE address LIKE 'reader0003%'")
        second.start()
        assert waiting.wait(PATIENCE)
        second.join(0.3)
        assert not frozen  # it waits for the writer
        with database.read() as reader:
            assert reader.exec_driver_sql("SELECT count(*) FROM subscriber").scalar() == 3
    second.join(PATIENCE)
    other.close()
    assert frozen[0].recipients == 2  # and sees what the writer wrote
