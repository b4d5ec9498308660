"""How the profile of a subscriber stands in a database: made from the table of its columns.

Everything here is built once from `subscribers.profile`, or works on one person who is looked at
alone; whole files and lists pass through SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from newsletter.core.model import Profile
from newsletter.subscribers.model import Person
from newsletter.subscribers.profile import PROFILE, Column

NAMES = tuple(one.name for one in PROFILE)
_TYPES: Mapping[type, type[sa.types.TypeEngine[Any]]] = {date: sa.Date, dict: sa.JSON}
_WORDS = {one.name: one.kind for one in PROFILE if issubclass(one.kind, StrEnum)}
_AS_JSON: Mapping[type, Callable[[Any], Any]] = {date: date.isoformat, dict: dict}
_FROM_JSON: Mapping[type, Callable[[Any], Any]] = {date: date.fromisoformat}


def columns(*, staged: bool = False) -> Iterator[sa.Column[Any]]:
    """Make the columns of a table: of the list, or of rows of a file with what is unsaid there."""
    for one in PROFILE:
        usual = one.unsaid if staged else one.default
        yield sa.Column(
            one.name,
            _TYPES.get(one.kind, sa.Text),
            nullable=usual is None,
            server_default=None if usual is None else str(usual),
        )


def as_text(column: sa.Column[Any]) -> sa.ColumnElement[str]:
    """Write a column of the list as text, empty where nothing is known."""
    text = column if isinstance(column.type, sa.Text) else sa.cast(column, sa.Text)
    return sa.func.coalesce(text, "") if column.nullable else text


def added(staged: sa.Table) -> Iterator[sa.ColumnElement[Any]]:
    """Return what is stored of somebody who is added from a staged row, in the order of `NAMES`."""
    for one in PROFILE:
        completed = one.unsaid is None and one.default is not None
        told = staged.c[one.name]
        yield sa.func.coalesce(told, one.default) if completed else told


def nothing_differs(staged: sa.Table, known: sa.Table) -> sa.ColumnElement[bool]:
    """Match staged rows that say nothing, or what is known, in every column."""
    return sa.and_(*(_same(one, staged.c[one.name], known.c[one.name]) for one in PROFILE))


def _same(
    column: Column, told: sa.ColumnElement[Any], known: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    if column.kind is dict:
        return sa.cast(told, sa.Text).in_(("{}", sa.cast(known, sa.Text)))
    unsaid = told.is_(None) if column.unsaid is None else told == column.unsaid
    return sa.or_(unsaid, told == known)


def of(row: sa.Row[Any], *, prefix: str = "") -> dict[str, Any]:
    """Read a profile from a row, of the list or staged, as values by name."""
    found = {name: getattr(row, prefix + name) for name in NAMES}
    words = {name: kind(found[name]) for name, kind in _WORDS.items() if found[name] is not None}
    return found | words


def stored(person: Person) -> dict[str, Any]:
    """Return what is stored of somebody who is added alone."""
    values = {one.name: getattr(person, one.name) or one.default for one in PROFILE}
    return values | {one.name: dict(values[one.name]) for one in PROFILE if one.kind is dict}


def as_json(one: Person | Profile | sa.Row[Any]) -> dict[str, Any]:
    """Return a profile as it is kept for an undo."""
    return {
        column.name: _converted(_AS_JSON, column, getattr(one, column.name)) for column in PROFILE
    }


def from_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Read a profile that was kept for an undo, with the other values kept beside it."""
    known = complete(kept)
    return known | {one.name: _converted(_FROM_JSON, one, known[one.name]) for one in PROFILE}


def complete(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what was not kept: a column that is younger than the import had its default."""
    return {one.name: _converted(_AS_JSON, one, one.default) for one in PROFILE} | dict(kept)


def _converted(by: Mapping[type, Callable[[Any], Any]], column: Column, value: Any) -> Any:
    convert = by.get(column.kind)
    return value if value is None or convert is None else convert(value)
