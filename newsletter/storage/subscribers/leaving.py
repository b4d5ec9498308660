"""Who must not be mailed any more: suppressed at once, their state changed where it may be.

A choice is for the list it was made on. What concerns the address itself (it bounces, its owner
complained to the provider) is for every list of the database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SubscriberState
from newsletter.core.model.events import Leaving
from newsletter.storage.subscribers import suppressions
from newsletter.storage.tables import send, state_change, subscriber

Allows = Callable[[SubscriberState, SubscriberState], bool]  # may a subscriber go there


def leave(connection: Connection, one: Leaving, *, allows: Allows, by: str, now: datetime) -> bool:
    """Suppress an address and change its subscribers' state; say whether anything was new.

    The caller owns the transaction.
    """
    publication = _publication(connection, one)
    new = suppressions.suppress(
        connection, one.canonical, publication=publication, reason=one.reason, now=now
    )
    which = subscriber.c.canonical == one.canonical
    if publication != suppressions.EVERYWHERE:
        which &= subscriber.c.publication == publication
    query: sa.Select[Any] = sa.select(subscriber.c.id, subscriber.c.state).where(which)
    query = query.with_for_update()
    for found in connection.execute(query.order_by(subscriber.c.id)).all():
        if allows(SubscriberState(found.state), one.state):
            _change(connection, found, one, by=by, now=now)
            new = True
    return new


def _publication(connection: Connection, one: Leaving) -> str:
    """Return whose list somebody leaves; nobody knows whose a stranger's mail was: all of them."""
    if one.send_id is None:
        return suppressions.EVERYWHERE
    found = connection.scalar(sa.select(send.c.publication).where(send.c.id == one.send_id))
    return found or suppressions.EVERYWHERE


def _change(
    connection: Connection, found: sa.Row[Any], one: Leaving, *, by: str, now: datetime
) -> None:
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
