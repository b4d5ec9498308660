"""Open the database, bring it to this version, and hand out transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from newsletter.core.errors import StorageError

# The newest migration. Kept here as well, so that a current database is recognised without
# loading the migration tool; a test holds the two together.
REVISION = "0023"
_BUSY_SECONDS = 60


class _Joint(threading.local):
    """The transaction a thread has open for several changes."""

    connection: Connection | None = None


class Database:
    """One engine, with the two kinds of transaction the house uses."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._joint = _Joint()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and writes nothing."""
        if self._joint.connection is not None:
            yield self._joint.connection
            return
        with _told(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, *, snapshot: bool = False) -> Iterator[Connection]:
        """Open a transaction that is durable when the block ends without an exception.

        On SQLite it takes the write lock at once, so that what it reads is still true when it
        writes; others wait for it. On PostgreSQL each statement sees what others committed, or
        all of them one state, a `snapshot`.
        """
        if self._joint.connection is not None:
            yield self._joint.connection
            return
        with _told(), self.engine.connect() as connection:
            connection.execution_options(newsletter_write=True)
            if snapshot and connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that this thread reads and writes in a block.

        It is durable when the block ends without an exception; nothing of it is, before.
        """
        with self.write() as connection:
            self._joint.connection = connection
            try:
                yield
            finally:
                self._joint.connection = None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Keep one connection for several transactions; what is temporary in it dies with it."""
        with _told(), self.engine.connect() as connection:
            connection.detach()
            yield Session(connection)

    def is_current(self) -> bool:
        """Say whether the tables are those of this version."""
        with self.read() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return False
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
            return found.scalar() == REVISION

    def close(self) -> None:
        """Return all connections back."""
        self.engine.dispose()


class Session:
    """One connection, and its transactions one after the other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Connection]:
        """Open a transaction as `Database.read` or `Database.write` do."""
        self._connection.execution_options(newsletter_write=write)
        with self._connection.begin():
            yield self._connection


def connect(url: str) -> Database:
    """Open the database at an SQLAlchemy address, without touching its tables.

    Raises `StorageError` when there is no such driver, folder or server.
    """
    try:
        engine = sa.create_engine(url, **_arguments(url))
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
        raise StorageError(
            f"The database address cannot be used: {error}.",
            hint="Use sqlite:///newsletter.db or postgresql+psycopg://user@host/name.",
        ) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


@contextmanager
def _told() -> Iterator[None]:
    """Say what the database or its server refused, without statement and values."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except (sa.exc.OperationalError, sa.exc.InternalError) as error:
        raise StorageError(
            f"The database refused: {_first_line(error)}.",
            hint="Is it reachable, writable and not full? See [database] url in config.toml.",
        ) from error
    except sa.exc.DatabaseError as error:
        if type(error) is not sa.exc.DatabaseError:
            raise
        raise StorageError(
            f"The database cannot be read: {_first_line(error)}.",
            hint="Is [database] url the right file? Restore a backup if it is damaged.",
        ) from error


def _first_line(error: sa.exc.DBAPIError) -> str:
    return str(error.orig).partition("\n")[0].rstrip(".")


def _arguments(url: str) -> dict[str, Any]:
    if not url.startswith("sqlite"):
        return {"pool_pre_ping": True}
    name = url.removeprefix("sqlite:///")
    folder = Path(name).parent
    if name not in {"", ":memory:"} and not folder.is_dir():
        raise StorageError(
            f"The folder {folder} of the database does not exist.",
            hint="Create it, or correct [database] url in config.toml.",
        )
    return {"connect_args": {"timeout": _BUSY_SECONDS}}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions are switched off; `_begin_sqlite` opens ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a claim must survive a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("newsletter_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


def insert_if_new(
    connection: Connection, table: sa.Table, *, unique: sa.Column[Any]
) -> sqlite.Insert | postgresql.Insert:
    """Begin an insert that leaves out rows whose `unique` value is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=[unique])
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=[unique])
