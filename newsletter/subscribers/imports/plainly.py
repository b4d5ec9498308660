"""Read whole columns whose cells are plain, all at once; one by one they are read in `rows`. Pure.

Each function gives what `rows` would read, cell for cell, or None where some cell has to be looked
at alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache, partial

import orjson

from newsletter.subscribers import names
from newsletter.subscribers.addresses import Refused
from newsletter.subscribers.csv_cells import plain
from newsletter.subscribers.profile import TAGS
from newsletter.subscribers.times import as_moments

Cells = Sequence[Sequence[str]]  # column by column
_TAG = re.compile(r"""[^,;|\[\]"']+""")


def told(cell: str) -> str:
    """Return what a cell says, without blanks around it and marks against formulas."""
    return plain(cell.strip())


def tags_of(text: str) -> list[str]:
    """Return the tags of a cell, however they are separated or quoted, each once."""
    return list(dict.fromkeys(filter(None, map(str.strip, _TAG.findall(text)))))


def texts_as_given(cells: Cells) -> list[str] | None:
    """Read a text, or one that stands in two columns with a blank between them."""
    if len(cells) > 2 or not all(map(names.are_plain, cells)):
        return None
    first, *second = (list(map(str.strip, column)) for column in cells)
    if not second:
        return first
    joined = [f"{one} {two}".strip() for one, two in zip(first, second[0], strict=True)]
    return joined if max(map(len, joined)) <= names.LONGEST else None


def moments(cells: Cells) -> list[datetime | None] | None:
    """Read moments."""
    return _read_moments(tuple(cells[0]))


@lru_cache(maxsize=1)  # the same column is asked for twice, once for what it does not say
def _read_moments(cells: tuple[str, ...]) -> list[datetime | None] | None:
    return as_moments(cells)


def nothing_but_moments(cells: Cells) -> list[str] | None:
    """Find no evidence where each cell is a moment, or blank."""
    found = _read_moments(tuple(cells[0]))
    if found is None:
        return None
    unread = any(cell.strip() for cell, one in zip(cells[0], found, strict=True) if one is None)
    return None if unread else [""] * len(found)


def attributes_of_all(cells: Cells, *, keys: Sequence[str], has_tags: bool) -> list[str] | None:
    """Read attributes column by column, each distinct cell once, and write them as JSON."""
    if has_tags and TAGS in keys:
        return None
    read = [
        _distinct(column, partial(_member, key, _plain_text))
        for key, column in zip(keys, cells[: len(keys)], strict=True)
    ]
    if has_tags:
        read.append(_distinct(cells[-1], partial(_member, TAGS, _plain_tags)))
    columns = [column for column in read if column is not None]
    if len(columns) < len(read):
        return None
    rows = zip(*columns, strict=True)
    return ["{" + ",".join(filter(None, members)) + "}" for members in rows]


def _member(key: str, read: Callable[[str], str | None], cell: str) -> str | None:
    value = read(cell)
    return f"{_json(key)}:{_json(value)}" if value else value


def _json(text: str) -> str:
    return orjson.dumps(text).decode()


def _distinct(column: Sequence[str], read: Callable[[str], str | None]) -> list[str] | None:
    """Read each distinct cell once; None where one has to be looked at alone."""
    found = {cell: read(cell) for cell in set(column)}
    values = [found[cell] for cell in column]
    return None if None in found.values() else [value or "" for value in values]


def _plain_text(cell: str) -> str | None:
    value = names.cut(told(cell))
    return None if isinstance(value, Refused) else value


def _plain_tags(cell: str) -> str | None:
    value = names.cut(", ".join(tags_of(told(cell))))
    return None if isinstance(value, Refused) else value
