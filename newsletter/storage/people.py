"""Read the people of a batch, as columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import NOBODY, People
from newsletter.storage.suppressing import is_suppressed
from newsletter.storage.tables import recipient, subscriber

_QUERY = (
    sa.select(
        recipient.c.position,
        recipient.c.address,
        sa.func.coalesce(subscriber.c.name, ""),
        sa.func.coalesce(subscriber.c.token, ""),
        sa.func.coalesce(sa.cast(subscriber.c.attributes, sa.Text), "{}"),
        subscriber.c.state,
        is_suppressed(subscriber.c.canonical),
    )
    .outerjoin(subscriber, subscriber.c.id == recipient.c.subscriber_id)
    .where(
        recipient.c.send_id == sa.bindparam("send_id"),
        recipient.c.position.between(sa.bindparam("first"), sa.bindparam("last")),
        recipient.c.outcome.is_(None),
    )
    .order_by(recipient.c.position)
)


def read(connection: Connection, send_id: int, *, first: int, last: int) -> People:
    """Read a range with each subscriber's state of this moment: an opt-out wins late.

    Whoever has an outcome of their own is not among them.
    """
    result = connection.execute(_QUERY, {"send_id": send_id, "first": first, "last": last})
    # The driver's own rows: all values are plain, and a row object of SQLAlchemy's for each
    # person would take longer than the database does.
    rows = result.cursor.fetchall()
    result.close()
    if not rows:
        return NOBODY
    positions, addresses, names, tokens, attributes, states, suppressed = zip(*rows, strict=True)
    return People(
        positions=positions,
        addresses=addresses,
        names=names,
        tokens=tokens,
        attributes=_read(attributes),
        states=states,
        suppressed=suppressed,
    )


def _read(attributes: Sequence[str]) -> Sequence[Mapping[str, str]]:
    """Read everybody's attributes: JSON objects, read in one call as a list of them."""
    if set(attributes) == {"{}"}:
        return [{}] * len(attributes)
    # By the standard library, which reads half characters too: a provider names them later.
    found: list[dict[str, str]] = json.loads(f"[{','.join(attributes)}]")
    return found
