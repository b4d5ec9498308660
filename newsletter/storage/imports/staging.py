"""Where the rows of a file wait while an import looks at them: a temporary table, in flat memory.

It belongs to one connection and dies with it. The drivers are spoken to directly here, because
this is the one place where every row of a file passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date
from enum import StrEnum
from itertools import islice
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.column_types import BigId, Key, Moment
from newsletter.storage.subscribers import profile
from newsletter.subscribers.lifecycle import WORST_LAST
from newsletter.subscribers.model import ImportColumns
from newsletter.subscribers.profile import PROFILE

_SORTING_KILOBYTES = 8_000
# So many that hardly a page of the index over a million addresses is read twice in a step.
_ADDING_KILOBYTES = 32_000
_NOTHING = "\0"  # stands for NULL in what is copied, until backslashes are doubled
_RANKS = {str(state): at for at, state in enumerate(WORST_LAST) if at}
_WITHOUT_ZONE = len("2026-03-01 12:00:00.000000")
Column = Sequence[Any]

staged = sa.Table(
    "import_row",
    sa.MetaData(),
    # The rowid on SQLite, of which a BIGINT is none: an index less.
    sa.Column("line", BigId, primary_key=True, autoincrement=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("canonical", Key, nullable=False),
    *profile.columns(staged=True),
    sa.Column("state", sa.Text, nullable=False, server_default="active"),
    sa.Column("signed_up", Moment),
    sa.Column("evidence", sa.Text, nullable=False, server_default=""),
    sa.Column("token", Key, nullable=False),
    sa.Column("mark", sa.Text),  # the keyed hash, where erased addresses are on record
    prefixes=["TEMPORARY"],
)


_BY_ADDRESS = sa.Index("import_row_canonical", staged.c.canonical)
# Addresses of several rows, with the line of the last.
_repeated = sa.Table(
    "import_repeated",
    sa.MetaData(),
    sa.Column("canonical", Key, nullable=False),
    sa.Column("line", BigId, nullable=False),
    prefixes=["TEMPORARY"],
)


def create(connection: Connection) -> None:
    """Make the table."""
    connection.execute(sa.schema.CreateTable(staged))
    if connection.dialect.name == "sqlite":
        # What is temporary is given up with the connection, never rolled back.
        connection.exec_driver_sql("PRAGMA temp.journal_mode = OFF")
        connection.exec_driver_sql(f"PRAGMA temp.cache_size = -{_SORTING_KILOBYTES}")
        connection.exec_driver_sql(f"PRAGMA main.cache_size = -{_SORTING_KILOBYTES}")


def make_room(connection: Connection) -> None:
    """Keep more of the list's indexes in memory, now that nothing is sorted any more."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA main.cache_size = -{_ADDING_KILOBYTES}")


def between(first: int, last: int) -> sa.ColumnElement[bool]:
    """Match the rows of these lines, both ends included."""
    return staged.c.line.between(first, last)


def count(connection: Connection, first: int, last: int) -> int:
    """Count the rows of these lines."""
    query = sa.select(sa.func.count()).select_from(staged).where(between(first, last))
    return connection.scalar(query) or 0


def fill(
    connection: Connection,
    people: ImportColumns,
    *,
    new_token: Callable[[], str],
    mark: Callable[[str], str] | None,
) -> None:
    """Keep some rows. Columns in which nothing is said are left to their default."""
    columns: dict[str, Column] = {"line": people.lines}
    columns |= {name: values for name, values in people.said.items() if any(values)}
    columns["token"] = [*islice(iter(new_token, None), len(people.lines))]
    if mark is not None:
        columns["mark"] = list(map(mark, people.said["canonical"]))
    driver = connection.connection.dbapi_connection
    assert driver is not None
    if connection.dialect.name == "sqlite":
        _fill_sqlite(driver, _as_stored(columns))
    else:
        _fill_postgresql(driver, _as_stored(columns))


def leave_out_repeats(connection: Connection) -> int:
    """Keep of each address the last row, in the worst state of all its rows; count the others."""
    if connection.dialect.name == "sqlite":  # which would sort the whole rows, and more than once
        _BY_ADDRESS.create(connection)
    connection.execute(sa.schema.CreateTable(_repeated))
    several = (
        sa.select(staged.c.canonical, sa.func.max(staged.c.line))
        .group_by(staged.c.canonical)
        .having(sa.func.count() > 1)
    )
    found = connection.execute(sa.insert(_repeated).from_select(["canonical", "line"], several))
    gone = _left_out(connection) if found.rowcount else 0
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {staged.name} (line, canonical)")
    return gone


def _left_out(connection: Connection) -> int:
    """Give the last row of each repeated address the worst state of all of them; delete others."""
    theirs = _repeated.c.canonical == staged.c.canonical
    rank = sa.func.max(sa.case(_RANKS, value=staged.c.state, else_=0))
    told = (
        sa.select(_repeated.c.line, rank.label("rank"))
        .join(staged, theirs)
        .group_by(_repeated.c.line)
        .having(rank > 0)
        .subquery()
    )
    state = sa.case({at: name for name, at in _RANKS.items()}, value=told.c.rank)
    connection.execute(sa.update(staged).values(state=state).where(staged.c.line == told.c.line))
    again = sa.select(staged.c.line).join(_repeated, theirs)
    again = again.where(staged.c.line != _repeated.c.line)
    return connection.execute(sa.delete(staged).where(staged.c.line.in_(again))).rowcount


def _fill_sqlite(driver: Any, columns: Mapping[str, Column]) -> None:
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {staged.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
    driver.executemany(statement, zip(*columns.values(), strict=True))


def _fill_postgresql(driver: Any, columns: Mapping[str, Column]) -> None:
    rows = map("\t".join, zip(*map(_as_copied, columns.values()), strict=True))
    text = "\n".join([*rows, ""]).replace("\\", "\\\\").replace(_NOTHING, "\\N")
    with driver.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")  # for moments, which are written without one
        with cursor.copy(f"COPY {staged.name} ({', '.join(columns)}) FROM STDIN") as copy:
            copy.write(text)


def _as_copied(values: Column) -> Iterable[str]:
    """Write a column as COPY reads it; control characters are in no value that may be taken."""
    return [_NOTHING if value is None else str(value) for value in values]


def _as_stored(columns: Mapping[str, Column]) -> dict[str, Column]:
    return {name: _STORED.get(name, _as_it_is)(values) for name, values in columns.items()}


def _as_it_is(values: Column) -> Column:
    return values


def _texts(values: Column) -> Column:
    return [None if value is None else value.value for value in values]


def _documents(values: Column) -> Column:
    """Write attributes as JSON, once for all rows that share one mapping."""
    if all(type(value) is str for value in values):
        return values
    different = {id(value): value for value in values}
    written = {key: orjson.dumps(dict(value)).decode() for key, value in different.items()}
    return [written[id(value)] for value in values]


def _moments(values: Column) -> Column:
    """Write moments as both databases read them: UTC, without a zone on SQLite's account."""
    universal = (one if one is None or one.tzinfo is UTC else one.astimezone(UTC) for one in values)
    return [
        None if one is None else one.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]
        for one in universal
    ]


def _days(values: Column) -> Column:
    return [None if value is None else value.isoformat() for value in values]


def _of_kind(kind: type) -> Callable[[Column], Column]:
    if issubclass(kind, StrEnum):
        return _texts
    return {dict: _documents, date: _days}.get(kind, _as_it_is)


# The drivers take long over an enumeration, and know no mapping.
_STORED: Mapping[str, Callable[[Column], Column]] = {
    "state": _texts,
    "signed_up": _moments,
    **{one.name: _of_kind(one.kind) for one in PROFILE},
}
