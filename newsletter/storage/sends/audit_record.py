"""Read everything the ledger holds about a send, for the audit."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState
from newsletter.core.model.records import AttemptRecord, BatchRecord, SendRecord
from newsletter.storage import retention, single_mail_editions
from newsletter.storage.database import Database
from newsletter.storage.sends import corrections, feedback, statements
from newsletter.storage.tables import attempt, batch, recipient, send


def record(database: Database, send_id: int, *, message_digest: str) -> SendRecord:
    """Collect a send's record in one transaction, so that it shows one moment."""
    with database.read() as connection:
        row = connection.execute(sa.select(send).where(send.c.id == send_id)).one()
        rows, lowest, highest = _positions(connection, send_id)
        reported, heard = retention.reported(connection, send_id), None
        if (total := retention.total(connection, send_id)) is not None:
            rows, lowest, highest = rows + total.removed, total.lowest, total.highest
            reported, heard = Counter(total.reported), total.feedback
        return SendRecord(
            send=statements.as_send(row),
            rows=rows,
            lowest=lowest,
            highest=highest,
            batches=_batches(connection, send_id),
            attempts=_attempts(connection, send_id),
            left_out=_left_out(connection, send_id),
            message_digest=message_digest,
            reported=dict(reported),
            corrections=corrections.read(connection, send_id),
            feedback=heard or feedback.read(connection, send_id),
            joined=single_mail_editions.joined(connection, send_id),
        )


def _positions(connection: Connection, send_id: int) -> tuple[int, int, int]:
    position = recipient.c.position
    query = sa.select(sa.func.count(), sa.func.min(position), sa.func.max(position))
    row = connection.execute(query.where(recipient.c.send_id == send_id)).one()
    return row[0], row[1] or 0, row[2] or 0


def _batches(connection: Connection, send_id: int) -> tuple[BatchRecord, ...]:
    left_out: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for number, outcome, count in connection.execute(_outcomes_by_batch(send_id)):
        left_out[number][outcome] = count
    query = sa.select(batch).where(batch.c.send_id == send_id).order_by(batch.c.first)
    return tuple(
        BatchRecord(
            number=row.number,
            first=row.first,
            last=row.last,
            state=BatchState(row.state),
            attempt_id=row.attempt_id,
            left_out=left_out[row.number],
        )
        for row in connection.execute(query)
    )


def _outcomes_by_batch(send_id: int) -> sa.Select[Any]:
    in_range = recipient.c.position.between(batch.c.first, batch.c.last)
    return (
        sa.select(batch.c.number, recipient.c.outcome, sa.func.count())
        .join(batch, (batch.c.send_id == recipient.c.send_id) & in_range)
        .where(recipient.c.send_id == send_id, recipient.c.outcome.is_not(None))
        .group_by(batch.c.number, recipient.c.outcome)
    )


def _attempts(connection: Connection, send_id: int) -> tuple[AttemptRecord, ...]:
    query = (
        sa.select(attempt)
        .where(attempt.c.send_id == send_id)
        .order_by(attempt.c.started_at, attempt.c.batch)
    )
    return tuple(
        AttemptRecord(
            id=row.id,
            batch=row.batch,
            state=row.state,
            digest=row.digest,
            provider_id=row.provider_id,
            status=row.status,
            reason=row.reason,
            started_at=row.started_at,
            ended_at=row.ended_at,
            proven_at=row.proven_at,
            went_at=row.went_at,
            send_at=row.send_at,
        )
        for row in connection.execute(query)
    )


def _left_out(connection: Connection, send_id: int) -> tuple[tuple[str, str, int], ...]:
    query = (
        sa.select(recipient.c.outcome, recipient.c.reason, sa.func.count())
        .where(recipient.c.send_id == send_id, recipient.c.outcome.is_not(None))
        .group_by(recipient.c.outcome, recipient.c.reason)
        .order_by(recipient.c.outcome, recipient.c.reason)
    )
    return tuple((outcome, reason, count) for outcome, reason, count in connection.execute(query))
