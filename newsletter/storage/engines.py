"""Make the engine of each kind of database, set up as operators run them.

Statements' values are never part of an error. A PostgreSQL connection may lead through a pooler in
transaction mode (PgBouncer): nothing that outlives a transaction is asked of it, so prepared
statements are off unless the operator says otherwise, and limits are set in each transaction.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from newsletter.core import private
from newsletter.core.config.database import SQLITE, Database
from newsletter.core.errors import ConfigError, StorageError, Where

_CONNECT_SECONDS = 15
_PREPARE_AFTER = 5  # executions; psycopg's own default
# For a partition the planner takes a second process, however little of it is to be read: a batch's
# recipients took twice the processor so.
_ALONE = "SET LOCAL max_parallel_workers_per_gather = 0"
_HERE = Where(key="database.url", leads=False)
_EXAMPLES = "Use sqlite:///newsletter.db or postgresql+psycopg://user@host/name."


def make(url: str, options: Database) -> Engine:
    """Make an engine; nothing is opened yet.

    Raises `ConfigError` for an address that cannot be used, and `StorageError` for a folder that
    is not there.
    """
    is_sqlite = url.startswith(SQLITE)
    if is_sqlite:
        _refuse_folder(url)
    try:
        engine = sa.create_engine(
            url,
            hide_parameters=True,
            connect_args=_sqlite_words(options) if is_sqlite else _postgresql_words(url, options),
            **({} if is_sqlite else {"pool_pre_ping": True, "isolation_level": "READ COMMITTED"}),
        )
    except ImportError as error:
        raise ConfigError(
            f"The database address needs a driver that is not installed: {error.name}.",
            hint="Install it: pip install 'daily-news-brief[postgresql]'",
            where=_HERE,
        ) from error
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ValueError) as error:
        what = "The database address cannot be used."
        raise ConfigError(what, hint=_EXAMPLES, where=_HERE) from error
    # What becomes of a connection that breaks is told in our words, not with a traceback beside.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    prepare = _prepare_sqlite if is_sqlite else _prepare_postgresql
    sa.event.listen(engine, "connect", prepare, insert=True)
    if is_sqlite:
        sa.event.listen(engine, "do_connect", _make_private)
        sa.event.listen(engine, "begin", _begin_sqlite)
    else:
        milliseconds = round(options.lock_timeout * 1000)
        sa.event.listen(engine, "begin", _limit_waiting(f"SET LOCAL lock_timeout = {milliseconds}"))
    return engine


def is_pooled(connection: Connection) -> bool:
    """Say whether a pooler stands between: the process that answers is not the one it names."""
    driver = connection.connection.dbapi_connection
    if connection.dialect.name == SQLITE or driver is None:
        return False
    return bool(driver.info.backend_pid != process_of(connection))


def process_of(connection: Connection) -> int:
    """Return which process of the PostgreSQL server answers in this transaction."""
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def _refuse_folder(url: str) -> None:
    name = url.partition(":///")[2]
    folder = Path(name).parent
    if name not in {"", ":memory:"} and not folder.is_dir():
        raise StorageError(
            f"The folder {folder} of the database does not exist.",
            hint="Create it, or correct [database] url in config.toml.",
        )


def _sqlite_words(options: Database) -> dict[str, Any]:
    return {"timeout": options.lock_timeout}


def _postgresql_words(url: str, options: Database) -> dict[str, Any]:
    words: dict[str, Any] = {
        "client_encoding": "utf8",
        "prepare_threshold": _PREPARE_AFTER if options.prepared_statements else None,
    }
    named = sa.make_url(url).query
    if "connect_timeout" not in named:
        words["connect_timeout"] = _CONNECT_SECONDS
    if "application_name" not in named:
        words["application_name"] = "newsletter"
    return words


def _make_private(_dialect: object, _record: object, words: list[Any], _named: object) -> None:
    """Make the file before SQLite does: SQLite gives it, and those beside it, to the umask."""
    name = str(words[0]) if words else ""
    if name not in {"", ":memory:"}:
        with suppress(OSError):  # SQLite says what is wrong
            private.create(Path(name))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions are switched off; `_begin_sqlite` opens ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a claim must survive a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # who is erased is overwritten
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("newsletter_write", False)
    driver = connection.connection.dbapi_connection
    assert driver is not None
    # Past SQLAlchemy, whose way of running it takes longer than most statements after it.
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    told = connection.info.parameter_status
    encoding = told("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise StorageError(
            f"The database keeps its text as {encoding}, which does not hold every name; the "
            "newsletter needs UTF8.",
            hint="Make one for it: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
        )
    if not (told("DateStyle") or "").startswith("ISO"):
        # The driver reads dates as ISO writes them. A pooler keeps this setting for its client.
        connection.autocommit = True
        connection.execute("SET datestyle TO 'ISO, YMD'")
        connection.autocommit = False


def _limit_waiting(statement: str) -> Any:
    def limit(connection: Connection) -> None:
        if not connection.get_execution_options().get("newsletter_alone", False):
            connection.exec_driver_sql(statement)
            return
        driver = connection.connection.dbapi_connection
        assert driver is not None
        # Two statements in one go, which cannot be prepared.
        driver.execute(f"{statement}; {_ALONE}", prepare=False)

    return limit
