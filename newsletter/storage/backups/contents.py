"""What a database holds, in the numbers by which a copy is recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SendKind
from newsletter.storage.tables import event, import_run, recipient, send, subscriber, suppression

_COUNTED = {
    "subscribers": subscriber,
    "suppressions": suppression,
    "imports": import_run,
    "sends": send,
    "recipients": recipient,
    "events": event,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Publications, row counts, and the last edition that was sent of each publication."""

    publications: tuple[str, ...]
    counts: Mapping[str, int]
    last_editions: Mapping[str, date]


def read(connection: Connection) -> Contents:
    """Count what there is; reads every row of the counted tables once."""
    counts = {
        name: int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
        for name, table in _COUNTED.items()
    }
    last = connection.execute(
        sa.select(send.c.publication, sa.func.max(send.c.edition))
        .where(send.c.kind == SendKind.EDITION)
        .group_by(send.c.publication)
    )
    named = sa.union(sa.select(subscriber.c.publication), sa.select(send.c.publication))
    names = {str(name) for name in connection.scalars(named) if name}
    return Contents(
        publications=tuple(sorted(names)),
        counts=counts,
        last_editions={str(name): day for name, day in last},
    )
