"""The newest sends of a publication, for people to look at, and what one reader got of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from newsletter.core.model import BatchState, Send, SendKind
from newsletter.core.model.records import Correction
from newsletter.storage.database import Database
from newsletter.storage.sends import corrections, statements
from newsletter.storage.tables import (
    attempt,
    batch,
    message,
    recipient,
    recipient_report,
    send,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentSend:
    """A send of an edition with the subject its mail has now."""

    send: Send
    subject: str
    completed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentCopy:
    """What became of somebody's copy of an edition."""

    edition: date
    state: str  # of the batch, or the outcome of their own
    at: datetime | None  # when it was handed over
    reported: str | None  # what the provider's events told last
    reported_at: datetime | None


class RecentSends:
    """What the ledger says of the last weeks."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def newest(self, *, limit: int, before: date | None = None) -> tuple[RecentSend, ...]:
        """List the sends of editions, the newest edition first."""
        query = (
            sa.select(send, message.c.subject)
            .join(message, message.c.digest == send.c.digest)
            .where(send.c.publication == self._publication, send.c.kind == SendKind.EDITION)
            .order_by(send.c.edition.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(send.c.edition < before)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(
            RecentSend(
                send=statements.as_send(row), subject=row.subject, completed_at=row.completed_at
            )
            for row in rows
        )

    def corrections(self, send_id: int) -> tuple[Correction, ...]:
        """List the messages that replaced another one of a send, the oldest first."""
        with self._database.read() as connection:
            return corrections.read(connection, send_id)

    def uncertain(self, send_id: int) -> tuple[tuple[int, int], ...]:
        """List the batches nobody knows the fate of: number and recipients."""
        query = (
            sa.select(batch.c.number, batch.c.last - batch.c.first + 1)
            .where(batch.c.send_id == send_id, batch.c.state == BatchState.UNCERTAIN)
            .order_by(batch.c.number)
        )
        with self._database.read() as connection:
            return tuple((number, people) for number, people in connection.execute(query))

    def copies_of(self, subscriber_id: int, *, limit: int) -> tuple[RecentCopy, ...]:
        """Say what a reader got of the newest editions; each looks through one send's recipients.

        There is no index by subscriber, which would cost each freeze more than this is worth.
        """
        newest = (
            sa.select(send.c.id)
            .where(send.c.publication == self._publication, send.c.kind == SendKind.EDITION)
            .order_by(send.c.edition.desc())
            .limit(limit)
        )
        told, in_batch = recipient_report, recipient.c.position.between(batch.c.first, batch.c.last)
        query = (
            sa.select(
                send.c.edition,
                recipient.c.outcome,
                batch.c.state,
                attempt.c.ended_at,
                told.c.kind,
                told.c.at.label("reported_at"),
            )
            .join(send, send.c.id == recipient.c.send_id)
            .join(batch, (batch.c.send_id == recipient.c.send_id) & in_batch)
            .outerjoin(attempt, attempt.c.id == batch.c.attempt_id)
            .outerjoin(
                told,
                (told.c.send_id == recipient.c.send_id) & (told.c.position == recipient.c.position),
            )
            .where(recipient.c.send_id.in_(newest), recipient.c.subscriber_id == subscriber_id)
            .order_by(send.c.edition.desc())
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(
            RecentCopy(
                edition=row.edition,
                state=row.outcome or row.state,
                at=row.ended_at,
                reported=row.kind,
                reported_at=row.reported_at,
            )
            for row in rows
        )
