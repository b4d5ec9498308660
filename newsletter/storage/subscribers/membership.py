"""Find people on a list: one person may be on several, and has a row on each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Subscriber, SubscriberState
from newsletter.storage.subscribers import profile
from newsletter.storage.tables import former_token, subscriber

UNIQUE = (subscriber.c.canonical, subscriber.c.publication)
"""What there is once of: an address on a list."""


def on_list(publication: str) -> sa.ColumnElement[bool]:
    """Match the subscribers of a publication."""
    return subscriber.c.publication == publication


def person(
    connection: Connection, publication: str, canonical: str, *, for_update: bool = False
) -> Subscriber | None:
    """Look up somebody on a list by their address."""
    query = sa.select(subscriber).where(subscriber.c.canonical == canonical, on_list(publication))
    row = connection.execute(query.with_for_update() if for_update else query).first()
    return as_subscriber(row) if row else None


def holder(connection: Connection, publication: str, token: str) -> Subscriber | None:
    """Look up who a reader's own address in a publication's mail belongs to.

    A mail from when the list was everybody's may hold a token that is of another list by now; on
    this list it stands for the same person. Their own token comes first.
    """
    former = sa.select(former_token.c.subscriber_id).where(former_token.c.token == token)
    own = subscriber.c.token == token
    query = sa.select(subscriber).where(own | subscriber.c.id.in_(former), on_list(publication))
    row = connection.execute(query.order_by(own.desc()).limit(1)).first()
    return as_subscriber(row) if row else None


def as_subscriber(row: sa.Row[Any]) -> Subscriber:
    """Read a row of the list."""
    return Subscriber(
        id=row.id,
        address=row.address,
        canonical=row.canonical,
        state=SubscriberState(row.state),
        token=row.token,
        created_at=row.created_at,
        changed_at=row.changed_at,
        **profile.of(row),
    )
