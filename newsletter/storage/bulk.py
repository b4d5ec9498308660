"""Many rows of one statement, handed to SQLite's driver as they are.

SQLAlchemy prepares the values of each row for itself, which takes longer than SQLite takes to write
them. Here a statement is compiled once, and only moments are prepared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

from newsletter.storage.column_types import Moment

_DIALECT = sqlite.dialect()


def execute(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """Run a statement for each row, which all have the same columns; count the rows it changed."""
    compiled = statement.compile(dialect=_DIALECT, column_keys=list(rows[0]))
    return _run(connection, str(compiled), compiled.positiontup, rows)


def insert_new(
    connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, key: Any
) -> set[Any]:
    """Insert rows that collide with none that is there; return the keys of those.

    The transaction must hold the write lock: what it adds are then the rows behind the last one.
    """
    last = sa.text("rowid")
    before = connection.scalar(sa.select(sa.func.max(last)).select_from(table)) or 0
    text, names = _insert_text(table)
    if _run(connection, text, names, rows) == len(rows):
        return {row[key.name] for row in rows}
    added = sa.select(key).where(sa.literal_column("rowid") > before)
    return set(connection.scalars(added))


@cache
def _insert_text(table: sa.Table) -> tuple[str, tuple[str, ...]]:
    statement = sqlite.insert(table).on_conflict_do_nothing()
    compiled = statement.compile(dialect=_DIALECT, column_keys=[one.name for one in table.c])
    return str(compiled), tuple(compiled.positiontup or ())


def _run(
    connection: Connection, text: str, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> int:
    moments = [name for name in names if isinstance(rows[0][name], datetime)]
    written = _Moments()
    plain = ({**row, **{name: written[row[name]] for name in moments}} for row in rows)
    return connection.exec_driver_sql(text, list(map(itemgetter(*names), plain))).rowcount


class _Moments(dict[datetime, str]):
    """How moments are kept; those of a post are few."""

    def __missing__(self, value: datetime) -> str:
        written = str(_PROCESS(value))
        self[value] = written
        return written


def _process() -> Any:
    return Moment().dialect_impl(_DIALECT).bind_processor(_DIALECT)


_PROCESS = _process()
