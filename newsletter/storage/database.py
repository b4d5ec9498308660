"""Open the database, bring it to this version, and hand out transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from newsletter.core.config.database import DEFAULTS
from newsletter.core.config.database import Database as Options
from newsletter.core.errors import StorageError
from newsletter.storage import engines, erased_file, refusals

# The newest migration. Kept here as well, so that a current database is recognised without
# loading the migration tool; a test holds the two together.
REVISION = "0041"


Transaction: TypeAlias = Connection  # what layers above hand on, without looking into it


class _Joint(threading.local):
    """The transaction a thread has open for several changes."""

    connection: Connection | None = None


class Database:
    """One engine, with the two kinds of transaction the house uses."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._joint = _Joint()

    @contextmanager
    def read(self, *, alone: bool = False) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and writes nothing.

        `alone`: one process of the server answers, see `engines`.
        """
        if self._joint.connection is not None:
            yield self._joint.connection
            return
        with self._told(), self.engine.connect() as connection:
            if alone:
                connection.execution_options(newsletter_alone=True)
            with connection.begin():
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
        with self._told(), self.engine.connect() as connection:
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
        with self._told(), self.engine.connect() as connection:
            connection.detach()
            session = Session(connection)
            try:
                yield session
            finally:
                with suppress(sa.exc.SQLAlchemyError):  # a connection that broke holds nothing
                    session.close()

    def is_current(self) -> bool:
        """Say whether the tables are those of this version."""
        with self.read() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return False
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
            return found.scalar() == REVISION

    def finish_erasing(self, *, patience: float = 5.0) -> bool:
        """Leave nothing of erased people in the file; False: another process holds it.

        What is left then is done when the database is opened next.
        """
        with self._told():
            return erased_file.finish(self.engine, patience=patience)

    def close(self) -> None:
        """Return all connections back."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what the database, its driver or its server refused, in our words."""
        driver: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        try:
            yield
        except (sa.exc.StatementError, driver) as error:
            raise refusals.told(error) from error


class Session:
    """One connection, and its transactions one after the other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._process: int | None = None  # of the server, where a pooler might change it
        with connection.begin():
            if engines.is_pooled(connection):
                self._process = engines.process_of(connection)

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Connection]:
        """Open a transaction as `Database.read` or `Database.write` do.

        Raises `StorageError` where a pooler gave the session's connection to somebody else.
        """
        self._connection.execution_options(newsletter_write=write)
        with self._connection.begin():
            if self._process and engines.process_of(self._connection) != self._process:
                raise StorageError(
                    "This needs one connection to the database for itself, and the pooler between "
                    "(PgBouncer in transaction mode) gave it another.",
                    hint="Run this command with an address that leads past the pooler: "
                    "NEWSLETTER_DATABASE__URL=postgresql+psycopg://…; what was done is kept, and "
                    "the same command goes on.",
                )
            yield self._connection

    def close(self) -> None:
        """Leave nothing temporary on a connection that a pooler lends to others."""
        if self._process is None:
            return
        with self._connection.begin():
            if engines.process_of(self._connection) == self._process:
                self._connection.exec_driver_sql("DISCARD TEMP")


def connect(url: str, options: Options = DEFAULTS) -> Database:
    """Open the database at an SQLAlchemy address, without touching its tables.

    Raises `ConfigError` when there is no such driver, and `StorageError` for a missing folder.
    """
    return Database(engines.make(url, options))


def insert_if_new(
    connection: Connection, table: sa.Table, *, unique: Sequence[sa.Column[Any]]
) -> sqlite.Insert | postgresql.Insert:
    """Begin an insert that leaves out rows whose `unique` values are there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=unique)
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=unique)
