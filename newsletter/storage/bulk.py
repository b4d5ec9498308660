"""Many rows of one statement: handed to SQLite's driver as they are, to PostgreSQL as arrays.

SQLAlchemy prepares the values of each row for itself, which takes longer than the database takes to
write them. Here a statement is compiled once, and only moments are prepared. A row is a tuple with
the values of all columns of its table, in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from newsletter.storage.column_types import Moment

Row = tuple[Any, ...]
_SQLITE = sqlite.dialect()


@lru_cache(maxsize=4096)
def moment(value: datetime, dialect: str) -> Any:
    """Return a moment as a database's driver takes it. Raises `ValueError` for one of no zone."""
    if dialect == "sqlite":
        return _PROCESS(value)
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value


def insert_new(connection: Connection, table: sa.Table, rows: Sequence[Row]) -> set[Any]:
    """Insert rows that collide with none that is there; return the keys of those, the first column.

    In SQLite the transaction must hold the write lock: what it adds are then the rows behind the
    last one.
    """
    if connection.dialect.name != "sqlite":
        return set(connection.scalars(_new_from_arrays(table), _arrays(table, rows)))
    last = sa.text("rowid")
    before = connection.scalar(sa.select(sa.func.max(last)).select_from(table)) or 0
    if connection.exec_driver_sql(_new_text(table), list(rows)).rowcount == len(rows):
        return {row[0] for row in rows}
    added = sa.select(_key(table)).where(sa.literal_column("rowid") > before)
    return set(connection.scalars(added))


def upsert(
    connection: Connection, table: sa.Table, rows: Sequence[Row], *, set_: Any, where: Any
) -> None:
    """Insert rows, of each key one; where it is there, set what `set_` and `where` make of both.

    They are functions of the module that asks, given what is excluded: the statement is kept.
    """
    if connection.dialect.name != "sqlite":
        statement = _upsert_from_arrays(table, set_, where)
        connection.execute(statement, _arrays(table, rows))
        return
    connection.exec_driver_sql(_upsert_text(table, set_, where), list(rows))


@cache
def _new_text(table: sa.Table) -> str:
    return _text(table, sqlite.insert(table).on_conflict_do_nothing())


@cache
def _upsert_text(table: sa.Table, set_: Any, where: Any) -> str:
    return _text(table, _on_conflict(table, sqlite.insert(table), set_=set_, where=where))


@cache
def _new_from_arrays(table: sa.Table) -> Any:
    insert = postgresql.insert(table).from_select(list(table.c.keys()), _unnested(table))
    return insert.on_conflict_do_nothing().returning(_key(table))


@cache
def _upsert_from_arrays(table: sa.Table, set_: Any, where: Any) -> Any:
    insert = postgresql.insert(table).from_select(list(table.c.keys()), _unnested(table))
    return _on_conflict(table, insert, set_=set_, where=where)


def _on_conflict(table: sa.Table, insert: Any, *, set_: Any, where: Any) -> Any:
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_=set_(insert.excluded),
        where=where(insert.excluded),
    )


def _key(table: sa.Table) -> sa.Column[Any]:
    return next(iter(table.c))


def _text(table: sa.Table, statement: Any) -> str:
    return str(statement.compile(dialect=_SQLITE, column_keys=table.c.keys()))


def _unnested(table: sa.Table) -> sa.Select[Any]:
    """Select rows from one array for each column."""
    arrays = [sa.bindparam(one.name, type_=postgresql.ARRAY(_plain(one))) for one in table.c]
    given = sa.func.unnest(*arrays).table_valued(*table.c.keys(), name="given")
    return sa.select(*given.render_derived().c)


def _plain(column: sa.Column[Any]) -> Any:
    """Return a type whose values need no preparing: moments know their zone here."""
    return sa.DateTime(timezone=True) if isinstance(column.type, Moment) else column.type


def _arrays(table: sa.Table, rows: Sequence[Row]) -> dict[str, list[Any]]:
    return dict(zip(table.c.keys(), map(list, zip(*rows, strict=True)), strict=True))


def _process() -> Any:
    return Moment().dialect_impl(_SQLITE).bind_processor(_SQLITE)


_PROCESS = _process()
