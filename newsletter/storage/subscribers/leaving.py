"""Who must not be mailed any more: suppressed at once, their state changed where it may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SubscriberState
from newsletter.core.model.events import Leaving
from newsletter.storage.database import insert_if_new
from newsletter.storage.tables import state_change, subscriber, suppression

Allows = Callable[[SubscriberState, SubscriberState], bool]  # may a subscriber go there


def leave(connection: Connection, one: Leaving, *, allows: Allows, by: str, now: datetime) -> bool:
    """Suppress an address and change its subscriber's state; say whether anything was new.

    The caller owns the transaction.
    """
    suppress = insert_if_new(connection, suppression, unique=suppression.c.canonical)
    row = {"canonical": one.canonical, "reason": one.reason, "at": now}
    added = suppress.values(**row).returning(suppression.c.canonical)
    new = connection.scalar(added) is not None
    query = sa.select(subscriber.c.id, subscriber.c.state).with_for_update()
    found = connection.execute(query.where(subscriber.c.canonical == one.canonical)).first()
    if found is None or not allows(SubscriberState(found.state), one.state):
        return new
    change = {"from_state": found.state, "to_state": one.state, "at": one.at}
    connection.execute(
        sa.insert(state_change).values(
            subscriber_id=found.id, reason=one.reason, changed_by=by, **change
        )
    )
    of_person = subscriber.c.id == found.id
    connection.execute(
        sa.update(subscriber).where(of_person).values(state=one.state, changed_at=now)
    )
    return True
