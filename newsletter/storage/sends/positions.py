"""The order in which an audience is dealt to batches: mixed, and quick to write and to read.

A list often has people of one domain side by side, and a batch of one domain would fall on one
mailbox provider at once. Any order that mixes a list reads its pages all over again for every
batch, though, which takes longer than everything else about it. So the audience, in the list's
order, is cut into stretches of one length, and a batch takes the next few people from each: all
parts of the list are in every batch, and every page is read once or twice. Each stretch begins
somewhere else, or a list that repeats itself (every tenth address at the same provider) could
fall into step. The rest, less than a batch, comes last as it is.

The same rule stands here twice: as an iterator, for a database that asks us for each number, and
as an expression, for one that numbers rows quickly by itself. A test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import sqlalchemy as sa

_STRETCHES = 40  # with more of them, batches are hardly mixed better, and read more slowly
_AS_MULTIPLYING = 8  # how SQLAlchemy ranks it
_STEP = 7919  # turns between the beginnings of two stretches; a prime, to meet few lists' rhythm


def positions(people: int, *, size: int, after: int = 0) -> Iterator[int]:
    """Return each of so many people, in the list's order, a position: one to `people`, and `after`.

    `size` is that of a batch.
    """
    stretches, few, turns = _cut(people, size)
    dealt = (
        range(first, first + few)
        for stretch in range(stretches)
        for turn in range(turns)
        for first in (after + ((turn + stretch * _STEP) % turns * stretches + stretch) * few + 1,)
    )
    rest = range(after + turns * stretches * few + 1, after + people + 1)
    return chain(chain.from_iterable(dealt), rest)


def position(
    place: sa.ColumnElement[int],
    people: sa.ColumnElement[int],
    *,
    size: int,
    after: sa.ColumnElement[int],
) -> sa.ColumnElement[Any]:
    """Say the same of a row in SQL, whose place in the list's order is counted from 0."""
    stretches, few, _ = _cut(0, size)
    turns = _divided(people, sa.literal(stretches * few))
    length = _at_least_1(turns * few)
    stretch, within = _divided(place, length), place % length
    turn = (_divided(within, sa.literal(few)) + stretch * _STEP) % _at_least_1(turns)
    dealt = (turn * stretches + stretch) * few + within % few
    return after + 1 + sa.case((place < turns * stretches * few, dealt), else_=place)


def _divided(number: sa.ColumnElement[int], by: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Divide whole numbers and leave the rest, whatever types SQLAlchemy takes them for."""
    return number.op("/", precedence=_AS_MULTIPLYING, return_type=sa.Integer())(by)


def _at_least_1(number: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    # Nothing is divided by it where it is less, but a database may try.
    return sa.func.greatest(number, 1, type_=sa.Integer)


def _cut(people: int, size: int) -> tuple[int, int, int]:
    """Say how many stretches there are, how many people of each go together, and how often."""
    stretches = min(size, _STRETCHES)
    few = size // stretches
    return stretches, few, people // (stretches * few)
