"""Statements that every batch of a send goes through: written out once, for SQLite's driver.

SQLAlchemy looks a statement up, prepares its values and wraps its rows at every run, which takes
up to a hundred times as long as SQLite does. On PostgreSQL, where each statement travels to the
server, it runs them as ever. What the driver refuses is told as everywhere (`Database`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

Row = Sequence[Any]
_Process = Callable[[Any], Any]
_SQLITE = sqlite.dialect()


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement as SQLite's driver takes it."""

    text: str
    places: tuple[str, ...]  # names, in order; some stand there several times
    given: tuple[tuple[str, Any, _Process | None], ...]  # name, the statement's own value, form
    read: tuple[tuple[int, _Process], ...]  # columns whose values are no Python values yet

    def values(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the values of its places, in order."""
        found = {}
        for name, own, process in self.given:
            value = values[name] if own is None else own
            found[name] = process(value) if process else value
        return [found[name] for name in self.places]

    def row(self, row: Row) -> Row:
        """Return a row as Python values."""
        if not self.read:
            return row
        changed = list(row)
        for index, process in self.read:
            changed[index] = process(changed[index])
        return changed


class Prepared:
    """A statement whose places all have names, and are given at each run."""

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update) -> None:
        """Take it; what takes long is done at the first run."""
        self._statement = statement

    def row(self, connection: Connection, values: Mapping[str, Any]) -> Row | None:
        """Return its first row, or None."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, values).first()
        found = self._run(connection, values).fetchall()  # all: a change is not done before
        return self._written.row(found[0]) if found else None

    def change(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run a change without RETURNING; return how many rows it changed."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, values).rowcount
        changed: int = self._run(connection, values).rowcount
        return changed

    def _run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        return driver.execute(self._written.text, self._written.values(values))

    @cached_property
    def _written(self) -> _Written:
        statement: Any = self._statement
        compiled = statement.compile(dialect=_SQLITE)
        forms = (one.type.dialect_impl(_SQLITE) for one in statement.exported_columns)
        read = (form.result_processor(_SQLITE, None) for form in forms)
        return _Written(
            text=str(compiled),
            places=tuple(compiled.positiontup),
            given=tuple(_given(name, compiled.binds[name]) for name in set(compiled.positiontup)),
            read=tuple((index, process) for index, process in enumerate(read) if process),
        )


def _given(name: str, place: sa.BindParameter[Any]) -> tuple[str, Any, _Process | None]:
    return name, place.value, place.type.dialect_impl(_SQLITE).bind_processor(_SQLITE)
