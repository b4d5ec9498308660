"""Databases for the integration tests: every test that asks for one runs on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from builders_database import KINDS, postgresql_database, postgresql_server, sqlite_url

from newsletter.storage.database import Database, connect
from newsletter.storage.migrate import upgrade


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Run one PostgreSQL server for the whole session; started only when a test needs it."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a fresh, empty database of each kind."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgresql_database(request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    """Give a database without any table."""
    database = connect(database_url)
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """Give a database with this version's tables."""
    upgrade(empty_database)
    return empty_database
