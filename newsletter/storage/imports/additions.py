"""Add the people of an import whom nobody knows, in SQL alone.

Their first state and consent are the import's own record (`history`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SubscriberState
from newsletter.storage.database import insert_if_new
from newsletter.storage.imports.lookup import suppressed
from newsletter.storage.imports.staging import staged
from newsletter.storage.subscribers import profile
from newsletter.storage.subscribers.membership import UNIQUE
from newsletter.storage.tables import subscriber
from newsletter.subscribers.model import ImportRun

_STAGED = ("address", "canonical", "state", "token", "signed_up", "evidence")
_GIVEN = ("publication", "import_id", "import_line", "created_at", "changed_at")


def added_since(connection: Connection, run: ImportRun) -> sa.ColumnElement[bool]:
    """Match whom this import adds from now on, in this transaction.

    By id, so that a range alone is read; by import, so that nobody else's sign-up is.
    """
    newest = connection.scalar(sa.select(sa.func.max(subscriber.c.id))) or 0
    return (subscriber.c.id > newest) & (subscriber.c.import_id == run.id)


def add(
    connection: Connection,
    run: ImportRun,
    lines: sa.ColumnElement[bool],
    *,
    added: sa.ColumnElement[bool],
) -> Mapping[SubscriberState, int]:
    """Add whoever is neither known nor suppressed; count them by the state they are added in."""
    insert = insert_if_new(connection, subscriber, unique=UNIQUE)
    people = _people(run).where(lines, sa.not_(suppressed(connection, run.publication)))
    connection.execute(insert.from_select([*_STAGED, *profile.NAMES, *_GIVEN], people))
    return _counted(connection, added)


def _people(run: ImportRun) -> sa.Select[Any]:
    moment = sa.literal(run.at, subscriber.c.created_at.type)
    return sa.select(
        *(staged.c[name] for name in _STAGED),
        *profile.added(staged),
        sa.literal(run.publication),
        sa.literal(run.id),
        staged.c.line,
        moment,
        moment,
    ).order_by(staged.c.line)


def _counted(
    connection: Connection, added: sa.ColumnElement[bool]
) -> Mapping[SubscriberState, int]:
    counts = (sa.func.count().filter(subscriber.c.state == state) for state in SubscriberState)
    found = connection.execute(sa.select(*counts).where(added)).one()
    return {state: count for state, count in zip(SubscriberState, found, strict=True) if count}
