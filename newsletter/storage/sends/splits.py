"""Carve a batch: what each person was told makes batches of those who were told alike.

A provider that takes people one by one (SMTP) may end in the middle of an attempt, and may be
asked to try some of them later. Those whose copies were taken, those who wait, and a copy in doubt
stand in batches of their own, each with an attempt that says so; what was not handed over is
planned again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, Claim, Deferral, Postponed, Submission
from newsletter.core.model.records import RELEASED
from newsletter.storage.sends import statements
from newsletter.storage.tables import attempt, batch, recipient

DOUBT = "the connection ended before this copy was answered"
_OPEN = (BatchState.CLAIMED, BatchState.UNCERTAIN)
# The attempt's own batch is the first of its parts in the first of these states.
_OWN = (
    BatchState.SUBMITTED,
    BatchState.UNCERTAIN,
    BatchState.DEFERRED,
    BatchState.CANCELLED,
    BatchState.PLANNED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a batch whose people were told alike."""

    state: BatchState
    first: int
    last: int
    reason: str | None = None
    status: int | None = None
    provider_id: str | None = None


def carve(
    connection: Connection,
    claim: Claim,
    submission: Submission,
    *,
    postponed: Postponed | None,
    now: datetime,
) -> Part | None:
    """Cut a batch into its parts; return the attempt's own, None where the batch is not its own.

    The caller owns the transaction, has recorded who is left out, and settles the attempt's own
    part itself afterwards.
    """
    number = statements.new_number(connection, claim.send_id)
    row = connection.execute(sa.select(batch).where(_of_attempt(claim))).first()
    if row is None:
        return None
    found = parts(submission, _mailed(connection, row), first=row.first, last=row.last)
    own = min(found, key=lambda part: _OWN.index(part.state))
    for new, part in enumerate((part for part in found if part is not own), start=number):
        _add(connection, claim, row, number=new, part=part, postponed=postponed, now=now)
    ends = {"first": own.first, "last": own.last} | values_of(own, postponed)
    connection.execute(sa.update(batch).where(_of_attempt(claim)).values(ends))
    return own


def parts(
    submission: Submission, mailed: Sequence[int], *, first: int, last: int
) -> tuple[Part, ...]:
    """Return the parts of a batch, from its first position to its last without a gap. Pure.

    `mailed`: the positions, in order, of those who are not left out; each part begins with one of
    them, but the first.
    """
    told = {one.position: one for one in submission.deferred}

    def state_of(position: int) -> BatchState:
        if submission.rest is not None and position >= submission.rest:
            return BatchState.PLANNED
        if position == submission.doubt:
            return BatchState.UNCERTAIN
        return BatchState.DEFERRED if position in told else BatchState.SUBMITTED

    alike = [(state, next(people)) for state, people in groupby(mailed, key=state_of)]
    if not alike:
        state = BatchState.SUBMITTED if submission.taken else BatchState.CANCELLED
        return (_part(state, None, submission, first=first, last=last),)
    starts = [first, *(position for _, position in alike[1:]), last + 1]
    return tuple(
        _part(state, told.get(position), submission, first=start, last=end - 1)
        for (state, position), (start, end) in zip(alike, pairwise(starts), strict=True)
    )


def _part(
    state: BatchState, told: Deferral | None, submission: Submission, *, first: int, last: int
) -> Part:
    if told is not None and state is BatchState.DEFERRED:
        return Part(state=state, first=first, last=last, reason=told.reason, status=told.status)
    if state is BatchState.UNCERTAIN:
        return Part(state=state, first=first, last=last, reason=DOUBT, status=submission.status)
    return Part(
        state=state,
        first=first,
        last=last,
        status=submission.status,
        provider_id=submission.provider_id,
    )


def whole(claim: Claim, submission: Submission) -> Part:
    """Return the one part of an attempt that was taken whole."""
    return Part(
        state=BatchState.SUBMITTED,
        first=claim.first,
        last=claim.last,
        status=submission.status,
        provider_id=submission.provider_id,
    )


def attempt_values(part: Part, *, now: datetime) -> dict[str, Any]:
    """Return what the attempt at a part ended in."""
    nothing_taken = part.state not in (BatchState.SUBMITTED, BatchState.UNCERTAIN)
    return {
        "state": RELEASED if nothing_taken else part.state,
        "provider_id": part.provider_id,
        "status": part.status,
        "reason": part.reason,
        "ended_at": now,
    }


def values_of(part: Part, postponed: Postponed | None) -> dict[str, Any]:
    """Return what a batch of people who are to be tried later has besides."""
    if part.state is not BatchState.DEFERRED or postponed is None:
        return {}
    return {
        "again_at": postponed.again_at,
        "give_up_at": postponed.give_up_at,
        "tries": postponed.tries,
    }


def _of_attempt(claim: Claim) -> sa.ColumnElement[bool]:
    """Match the attempt's batch while it still is the attempt's."""
    is_open = (batch.c.attempt_id == claim.attempt_id) & batch.c.state.in_(_OPEN)
    return statements.one_batch(claim.send_id, claim.batch) & is_open


def _mailed(connection: Connection, row: sa.Row[Any]) -> Sequence[int]:
    """Return the positions of a batch's people who have no outcome of their own, in order."""
    query = sa.select(recipient.c.position).where(
        recipient.c.send_id == row.send_id,
        recipient.c.position.between(row.first, row.last),
        recipient.c.outcome.is_(None),
    )
    return connection.scalars(query.order_by(recipient.c.position)).all()


def _add(
    connection: Connection,
    claim: Claim,
    row: sa.Row[Any],
    *,
    number: int,
    part: Part,
    postponed: Postponed | None,
    now: datetime,
) -> None:
    """Add a part as a batch, with an attempt of its own unless nothing of it was handed over."""
    was_tried = part.state is not BatchState.PLANNED
    attempt_id = f"{claim.attempt_id}.{part.first}" if was_tried else None
    values = {
        "send_id": row.send_id,
        "number": number,
        "wave": row.wave,
        "first": part.first,
        "last": part.last,
        "state": part.state,
        "depth": row.depth,
        "attempt_id": attempt_id,
        "give_up_at": row.give_up_at,
        "tries": row.tries,
    }
    connection.execute(sa.insert(batch).values(values | values_of(part, postponed)))
    if attempt_id:
        _add_attempt(connection, claim, attempt_id, number=number, part=part, now=now)


def _add_attempt(
    connection: Connection,
    claim: Claim,
    attempt_id: str,
    *,
    number: int,
    part: Part,
    now: datetime,
) -> None:
    """Add the attempt of a part: what the whole attempt was to it."""
    whole = connection.execute(sa.select(attempt).where(attempt.c.id == claim.attempt_id)).one()
    values = {
        "id": attempt_id,
        "send_id": claim.send_id,
        "batch": number,
        "digest": whole.digest,
        "started_at": whole.started_at,
    }
    connection.execute(sa.insert(attempt).values(values | attempt_values(part, now=now)))
