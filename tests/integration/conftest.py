"""Databases for the integration tests: every test that asks for one runs on both kinds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

import pytest

from newsletter.storage.database import Database, connect
from tests.support.database import (
    KINDS,
    PostgresqlLender,
    postgresql_database,
    sqlite_copy,
    sqlite_template,
    sqlite_url,
)
from tests.support.publication import Publication, make_publication


@pytest.fixture(scope="session")
def postgresql_lender(postgresql: str) -> PostgresqlLender:
    """Return what lends databases with this version's tables."""
    return PostgresqlLender(postgresql)


@pytest.fixture(scope="session")
def current_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name the file that other databases are copied from."""
    return sqlite_template(tmp_path_factory.mktemp("current"))


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a database without any table, of each kind."""
    if request.param == "sqlite":
        yield from _opened(sqlite_url(tmp_path))
        return
    with postgresql_database(request.getfixturevalue("postgresql")) as url:
        yield from _opened(url)


@pytest.fixture(params=KINDS)
def lend_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[], AbstractContextManager[str]]:
    """Return what lends databases with this version's tables, of each kind, by their addresses."""
    if request.param == "postgresql":
        lender: PostgresqlLender = request.getfixturevalue("postgresql_lender")
        return lender.lend
    source, numbers = request.getfixturevalue("current_sqlite"), itertools.count()
    return lambda: nullcontext(sqlite_copy(source, tmp_path / f"database-{next(numbers)}"))


@pytest.fixture
def database_url(lend_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Return the address of a database with this version's tables, of each kind."""
    with lend_database() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_lender: PostgresqlLender) -> Iterator[str]:
    """Return the address of a database with this version's tables on PostgreSQL alone."""
    with postgresql_lender.lend() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return a database with this version's tables, opened."""
    yield from _opened(database_url)


@pytest.fixture
def sqlite_database(current_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """Return a database with this version's tables, of the kind that needs no server."""
    yield from _opened(sqlite_copy(current_sqlite, tmp_path / "sqlite"))


@pytest.fixture
def publish(database_url: str) -> Callable[..., Publication]:
    """Return the builder of a publication that keeps its ledger in a database of each kind."""
    return partial(make_publication, NEWSLETTER_DATABASE__URL=database_url)


def _opened(url: str) -> Iterator[Database]:
    database = connect(url)
    yield database
    database.close()
