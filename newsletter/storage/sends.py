"""The sends of several editions at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from newsletter.core.model import Send, SendKind
from newsletter.storage import statements
from newsletter.storage.database import Database
from newsletter.storage.tables import send


def between(database: Database, publication: str, first: date, last: date) -> Mapping[date, Send]:
    """Give the sends of editions, by date, both ends included."""
    query = sa.select(send).where(
        send.c.publication == publication,
        send.c.kind == SendKind.EDITION,
        send.c.edition.between(first, last),
    )
    with database.read() as connection:
        return {row.edition: statements.as_send(row) for row in connection.execute(query)}
