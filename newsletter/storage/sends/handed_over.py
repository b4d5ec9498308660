"""How many recipients were handed over between two moments, at least and at most."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from newsletter.core.model import BatchState
from newsletter.storage.database import Database
from newsletter.storage.tables import attempt, batch, recipient, send

_SIZE = batch.c.last - batch.c.first + 1


class HandedOver:
    """The counts of one publication, sends of every kind together."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def surely(self, begin: datetime, end: datetime) -> int:
        """Count who certainly was handed over: submitted, without those left out."""
        left_out = sa.exists().where(
            recipient.c.send_id == batch.c.send_id,
            recipient.c.position.between(batch.c.first, batch.c.last),
            recipient.c.outcome.is_not(None),
        )
        submitted = (attempt.c.state == BatchState.SUBMITTED) & ~left_out
        return self._count(begin, end, submitted)

    def perhaps(self, begin: datetime, end: datetime) -> int:
        """Count who may have been handed over: of every attempt there was."""
        return self._count(begin, end, sa.true())

    def _count(self, begin: datetime, end: datetime, which: sa.ColumnElement[bool]) -> int:
        same = (batch.c.send_id == attempt.c.send_id) & (batch.c.number == attempt.c.batch)
        query = (
            sa.select(sa.func.coalesce(sa.func.sum(_SIZE), 0))
            .select_from(attempt)
            .join(batch, same)
            .join(send, send.c.id == attempt.c.send_id)
            .where(
                send.c.publication == self._publication,
                attempt.c.started_at.between(begin, end),
                which,
            )
        )
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)
