"""Carve a batch: what was not handed over becomes a batch of its own, and so does a doubt.

A provider that takes people one by one (SMTP) may end in the middle of an attempt. What it took
stays in the attempt's batch; one copy may be in doubt; the rest is planned again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, Claim, Submission
from newsletter.storage.sends import statements
from newsletter.storage.tables import attempt, batch, recipient

DOUBT = "the connection ended before this copy was answered"
_OPEN = (BatchState.CLAIMED, BatchState.UNCERTAIN)


def carve(
    connection: Connection, claim: Claim, submission: Submission, *, now: datetime
) -> BatchState:
    """Cut off what the submission leaves; say what the attempt's own batch is then.

    That is submitted, unless its only copy is the one in doubt. The caller owns the transaction,
    has recorded who was refused, and settles the batch itself afterwards.
    """
    row = connection.execute(sa.select(batch).where(_of_attempt(claim))).first()
    if row is None:
        return BatchState.SUBMITTED
    state, cut = BatchState.SUBMITTED, submission.rest
    if submission.doubt is not None:
        if _mailed(connection, claim.send_id, first=row.first, before=submission.doubt):
            cut = submission.doubt
            last = row.last if submission.rest is None else submission.rest - 1
            _add_doubt(connection, claim, row, first=cut, last=last, now=now)
        else:
            state = BatchState.UNCERTAIN
    if submission.rest is not None:
        _add(connection, row, first=submission.rest, last=row.last)
    if cut is not None:
        connection.execute(sa.update(batch).where(_of_attempt(claim)).values(last=cut - 1))
    return state


def _of_attempt(claim: Claim) -> sa.ColumnElement[bool]:
    """Match the attempt's batch while it still is the attempt's."""
    is_open = (batch.c.attempt_id == claim.attempt_id) & batch.c.state.in_(_OPEN)
    return statements.one_batch(claim.send_id, claim.batch) & is_open


def _mailed(connection: Connection, send_id: int, *, first: int, before: int) -> bool:
    """Say whether anybody of a range has no outcome of their own."""
    query = sa.select(recipient.c.position).where(
        recipient.c.send_id == send_id,
        recipient.c.position.between(first, before - 1),
        recipient.c.outcome.is_(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def _add(
    connection: Connection,
    row: sa.Row[Any],
    *,
    first: int,
    last: int,
    attempt_id: str | None = None,
) -> int:
    """Add a batch: planned, or in doubt under the attempt it is given."""
    number = statements.new_number(connection, row.send_id)
    values = {
        "send_id": row.send_id,
        "number": number,
        "wave": row.wave,
        "first": first,
        "last": last,
        "state": BatchState.UNCERTAIN if attempt_id else BatchState.PLANNED,
        "depth": row.depth,
        "attempt_id": attempt_id,
    }
    connection.execute(sa.insert(batch).values(**values))
    return number


def _add_doubt(
    connection: Connection,
    claim: Claim,
    row: sa.Row[Any],
    *,
    first: int,
    last: int,
    now: datetime,
) -> None:
    """Return the doubt a batch and an attempt of its own, so that it is settled by itself."""
    attempt_id = f"{claim.attempt_id}.{first}"
    number = _add(connection, row, first=first, last=last, attempt_id=attempt_id)
    whole = connection.execute(sa.select(attempt).where(attempt.c.id == claim.attempt_id)).one()
    connection.execute(
        sa.insert(attempt).values(
            id=attempt_id,
            send_id=claim.send_id,
            batch=number,
            digest=whole.digest,
            state=BatchState.UNCERTAIN,
            reason=DOUBT,
            started_at=whole.started_at,
            ended_at=now,
        )
    )
