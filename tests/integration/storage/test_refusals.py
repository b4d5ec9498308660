"""What a database refuses is one sentence: no statement, no value, nobody's address or token."""

from __future__ import annotations

import re
import signal
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.core.config.database import Database as Options
from newsletter.core.errors import StorageAway, StorageBusy, StorageCollision, StorageError
from newsletter.storage.database import connect
from newsletter.storage.opening import open_current, when_it_answers
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import event, subscriber
from newsletter.subscribers import register
from tests.support.database import bring_up, execute, postgresql_database, with_database
from tests.support.events import PUBLIC_KEY
from tests.support.ledger import MORNING, MovingClock
from tests.support.publication import make_publication
from tests.support.time import wait_until

ANN = ("Ann.Private@example.org", "Ann Private")
STATEMENT = re.compile(r"INSERT INTO|SELECT [a-z*]|UPDATE [a-z]+ SET|VALUES|CREATE TABLE|%\(")


def told_without_anybody(said: str) -> str:
    assert "private" not in said.lower()
    assert not STATEMENT.search(said), said
    assert "Traceback" not in said
    assert "fault of the program" not in said
    return said


@pytest.fixture
def own(postgresql):
    """Return the address of a database of the test's own, and a role that may only connect."""
    execute(postgresql, "DROP ROLE IF EXISTS reader")
    execute(postgresql, "CREATE ROLE reader LOGIN")
    with postgresql_database(postgresql) as url:
        yield url
        execute(url, "DROP OWNED BY reader")
    execute(postgresql, "DROP ROLE reader")


def as_reader(url: str) -> str:
    return sa.make_url(url).set(username="reader").render_as_string(hide_password=False)


def add(tmp_path, url: str):
    brief = make_publication(tmp_path / "brief", NEWSLETTER_DATABASE__URL=url)
    done = brief.run("subscribers", "add", ANN[0], "--name", ANN[1], check=1)
    return told_without_anybody(done.stdout + done.stderr)


def test_a_role_that_may_only_read_is_told_and_nobody_is_named(tmp_path, own):
    bring_up(own)
    execute(own, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    said = add(tmp_path, as_reader(own))
    assert "may not do this with the table subscriber" in said
    assert "grant it SELECT, INSERT" in said


def test_a_role_that_may_not_create_is_told(tmp_path, own):
    assert "may not make or change tables" in add(tmp_path, as_reader(own))


def test_a_role_that_may_not_change_tables_is_told_at_an_upgrade(tmp_path, own):
    bring_up(own)
    execute(own, "GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO reader")
    execute(own, "UPDATE alembic_version SET version_num = '0021'")
    assert "may not make or change tables" in add(tmp_path, as_reader(own))


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_is_not_utf8_is_refused(tmp_path, postgresql, encoding):
    name = f"other_{encoding.lower()}"
    locale = "LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    execute(postgresql, f"CREATE DATABASE \"{name}\" ENCODING '{encoding}' {locale}")
    try:
        said = add(tmp_path, with_database(postgresql, name))
    finally:
        execute(postgresql, f'DROP DATABASE "{name}" WITH (FORCE)')
    assert f"keeps its text as {encoding}" in said
    assert "ENCODING 'UTF8'" in said


@pytest.mark.parametrize("style", ["German", "SQL, DMY", "Postgres, MDY"])
def test_another_style_of_dates_makes_no_difference(postgresql, style):
    with postgresql_database(postgresql) as url:
        name = sa.make_url(url).database
        execute(url, f'ALTER DATABASE "{name}" SET datestyle TO {style}')
        execute(url, f"ALTER DATABASE \"{name}\" SET timezone TO 'Asia/Kathmandu'")
        database = open_current(url)
        person = register.person_of(ANN[0], name=ANN[1])
        store = Subscribers(database, "main", marker=None)
        register.add(store, person, consent="asked", now=MORNING)
        with database.read() as connection:
            assert connection.scalar(sa.select(subscriber.c.created_at)) == MORNING
        database.close()


def test_a_database_that_only_reads_by_default_is_told(tmp_path, postgresql):
    with postgresql_database(postgresql) as url:
        bring_up(url)
        name = sa.make_url(url).database
        execute(url, f'ALTER DATABASE "{name}" SET default_transaction_read_only TO on')
        assert "takes no changes" in add(tmp_path, url)


def test_a_foreign_lock_ends_in_a_sentence(postgresql_url):
    ours = connect(postgresql_url, Options(lock_timeout=0.2))
    other = connect(postgresql_url)
    with other.write() as connection:
        connection.exec_driver_sql("LOCK TABLE subscriber IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StorageBusy, match="lock_timeout") as caught, ours.read() as reader:
            reader.execute(sa.select(subscriber))
    assert int(caught.value.exit_code) == 75
    ours.close()
    other.close()


def test_a_foreign_lock_on_a_file_ends_in_a_sentence(current_sqlite, tmp_path):
    url = f"sqlite:///{tmp_path / 'own.db'}"
    (tmp_path / "own.db").write_bytes(current_sqlite.read_bytes())
    ours, other = connect(url, Options(lock_timeout=0.2)), connect(url)
    with (
        other.write(),
        pytest.raises(StorageBusy, match="lock_timeout"),
        ours.write(),
    ):
        pass
    ours.close()
    other.close()


def test_what_is_there_already_collides_in_our_words(database):
    row = {"key": "k", "event_id": "e", "kind": "delivered", "name": "delivered", "at": MORNING}
    row |= {"canonical": "ann.private@example.org", "reason": "", "received_at": MORNING}
    with database.write() as connection:
        connection.execute(sa.insert(event).values(row))
    with pytest.raises(StorageCollision) as caught, database.write() as connection:
        connection.execute(sa.insert(event).values(row))
    told_without_anybody(f"{caught.value.what} {caught.value.hint}")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM nowhere WHERE a = 'ann.private@example.org'",
        "SELECT nothing_private FROM subscriber",
        "SELEC 'ann.private@example.org'",
        "SELECT CAST('ann.private@example.org' AS BIGINT) / 0",
    ],
)
def test_no_refused_statement_is_repeated(database, statement):
    try:
        with database.read() as connection:
            connection.exec_driver_sql(statement).all()
    except StorageError as error:
        told_without_anybody(f"{error.what} {error.hint}")
    else:
        assert "CAST" in statement  # SQLite takes it for 0
        assert database.engine.dialect.name == "sqlite"


def test_a_value_that_no_database_keeps_is_told(postgresql_url):
    database = connect(postgresql_url)
    with pytest.raises(StorageError) as caught, database.write() as connection:
        connection.execute(sa.select(sa.literal("ann.private\0@example.org")))
    told_without_anybody(f"{caught.value.what} {caught.value.hint}")
    database.close()


def _end_its_process(server: str, connection) -> None:
    process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    execute(server, f"SELECT pg_terminate_backend({process})")
    connection.execute(sa.select(subscriber)).all()


def test_a_server_that_goes_away_is_told_without_a_traceback(postgresql_url, postgresql, caplog):
    database = connect(postgresql_url)
    with pytest.raises(StorageError) as caught, database.write() as connection:
        _end_its_process(postgresql, connection)
    assert "database" in caught.value.what
    assert caplog.records == []
    database.close()


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path):
    url = "postgresql+psycopg://ann:hidden-word@127.0.0.1:9/brief"
    brief = make_publication(tmp_path / "brief", NEWSLETTER_DATABASE__URL=url)
    done = brief.run("subscribers", "stats", check=1)
    assert "does not answer" in done.stderr
    assert "hidden-word" not in done.stdout + done.stderr


ELSEWHERE = "postgresql+psycopg://ann:hidden-word@127.0.0.1:9/brief"  # nobody listens there


def test_what_stays_running_waits_for_a_database_that_is_away(postgresql_url, caplog):
    clock = MovingClock()

    def ask() -> str:
        is_there = clock.now() >= MORNING + timedelta(seconds=3)
        database = connect(postgresql_url if is_there else ELSEWHERE)
        try:
            return "current" if database.is_current() else "older"
        finally:
            database.close()

    assert when_it_answers(ask, clock=clock) == "current"
    assert clock.now() == MORNING + timedelta(seconds=3)
    (said,) = (record.getMessage() for record in caplog.records)
    assert said.startswith("database.away The database does not answer")


def test_who_is_not_let_in_does_not_wait(postgresql):
    database = connect(with_database(postgresql, "nowhere"))
    with pytest.raises(StorageError, match="does not let this role in") as caught:
        when_it_answers(database.is_current, clock=MovingClock())
    assert not isinstance(caught.value, StorageAway)
    assert "name of the database" in caught.value.hint
    database.close()


@pytest.mark.parametrize("command", [("worker",), ("web", "--port=0"), ("events", "listen")])
def test_a_server_that_waits_for_its_database_ends_when_asked(tmp_path, command):
    brief = make_publication(
        tmp_path / "brief",
        NEWSLETTER_DATABASE__URL=ELSEWHERE,
        NEWSLETTER_DELIVERY__PROVIDER="sendgrid",
        SENDGRID_WEBHOOK_PUBLIC_KEY=PUBLIC_KEY,
    )
    waiting = brief.start(*command)
    wait_until(lambda: waiting.err.exists() and "database.away" in waiting.err.read_text())
    waiting.send_signal(signal.SIGTERM)
    out, err = waiting.communicate()
    assert (waiting.returncode, "hidden-word" in out + err) == (0, False), err
