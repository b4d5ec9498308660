"""The order in which an audience is dealt to batches: mixed, and quick to read.

A list often has people of one domain side by side, and a batch of one domain would fall on one
mailbox provider at once. Any order that mixes a list reads its pages all over again for every
batch, though, which takes longer than everything else about it. So the list is cut into some
stretches, and a batch takes the next few people from each: all parts of the list are in every
batch, and every page is read once or twice. Each stretch begins somewhere else, or a list that
repeats itself (every tenth address at the same provider) could fall into step.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.tables import subscriber

_STRETCHES = 40  # with more of them, batches are hardly mixed better, and read more slowly
_STEP = 7919  # a prime far from the lengths of stretches that are likely


def order(connection: Connection, *, size: int) -> sa.ColumnElement[int]:
    """Give a number for each subscriber: the lower, the earlier the batch of such a size."""
    highest = connection.scalar(sa.select(sa.func.max(subscriber.c.id))) or 0
    side_by_side = max(size // _STRETCHES, 1)
    few = subscriber.c.id // side_by_side
    length = highest // side_by_side // min(size, _STRETCHES) + 1
    stretch = few // length
    turn = (few + stretch * _STEP) % length
    return turn * (highest + 1) + subscriber.c.id
