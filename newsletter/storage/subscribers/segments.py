"""Say to a database who belongs to a segment: what `segments.belongs` says, of all at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa

from newsletter.core.segments import Either, Every, Like, Not, Segment, Since
from newsletter.core.segments.meaning import ATTRIBUTE, BLANKS, forms
from newsletter.storage.subscribers import profile
from newsletter.storage.tables import subscriber

_Text = sa.ColumnElement[Any]


def belonging(segment: Segment, *, dialect: str) -> sa.ColumnElement[bool]:
    """Match the subscribers who belong to a segment; values travel apart from the statement."""
    match segment:
        case Like("tag", parts):
            return _has_tag(parts, dialect=dialect)
        case Like(field, parts):
            return _fits(_column(field), parts, dialect=dialect)
        case Since(first, last):
            return _came(first, last)
        case Not(inner):
            return ~belonging(inner, dialect=dialect)
        case Every(inside):
            return sa.and_(*(belonging(part, dialect=dialect) for part in inside))
        case Either(inside):
            return sa.or_(*(belonging(part, dialect=dialect) for part in inside))


def attribute(key: str) -> _Text:
    """Return the value of an attribute, empty where there is none."""
    return sa.func.coalesce(subscriber.c.attributes[key].as_string(), "")


def _column(field: str) -> _Text:
    if field.startswith(ATTRIBUTE):
        return attribute(field.removeprefix(ATTRIBUTE))
    return profile.as_text(subscriber.c["canonical" if field == "address" else field])


def _fits(text: _Text, parts: Sequence[str], *, dialect: str) -> sa.ColumnElement[bool]:
    """Compare by the one way of each database that knows sets of letters and heeds case."""
    if dialect == "sqlite":
        return text.op("GLOB", is_comparison=True)("*".join(map(_glob, parts)))
    return text.op("~", is_comparison=True)(f"^{'.*'.join(map(_expression, parts))}$")


def _glob(part: str) -> str:
    """Write a part for SQLite: what has two forms, or a meaning of its own, in brackets."""
    return "".join(
        f"[{forms(letter)}]" if len(forms(letter)) > 1 or letter in "?[" else letter
        for letter in part
    )


def _expression(part: str) -> str:
    """Write a part for PostgreSQL: a letter in brackets, and a sign behind a backslash."""
    return "".join(
        f"[{forms(letter)}]" if letter.isalnum() else rf"\{letter}" if letter.isascii() else letter
        for letter in part
    )


def _has_tag(parts: Sequence[str], *, dialect: str) -> sa.ColumnElement[bool]:
    """Look at each tag of the list by itself; no list is a list of one that is empty."""
    tag = _tags(dialect)
    bare = sa.func.trim(tag.c.value, BLANKS)
    fits = _fits(bare, parts, dialect=dialect)
    return sa.exists(sa.select(sa.literal(1)).select_from(tag).where(fits))


def _tags(dialect: str) -> sa.TableValuedAlias:
    listed = attribute("tags")
    if dialect == "sqlite":
        # A list of one text, as JSON; each comma in it becomes one between two texts.
        quoted = sa.func.replace(sa.func.json_quote(listed), ",", '","')
        split = sa.func.json_each(sa.literal("[").concat(quoted).concat("]"))
        return split.table_valued("value", name="tag")
    split = sa.func.regexp_split_to_table(listed, ",")
    return split.table_valued("value", name="tag").render_derived()


def _came(first: date | None, last: date | None) -> sa.ColumnElement[bool]:
    came, limits = subscriber.c.created_at, []
    if first is not None:
        limits.append(came >= datetime.combine(first, time.min, UTC))
    if last is not None:
        limits.append(came <= datetime.combine(last, time.max, UTC))
    return sa.and_(sa.true(), *limits)
