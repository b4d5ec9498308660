"""Claim a batch, and settle it: the statements that every batch of a send goes through.

They are built once and have places for their values, since building one takes longer than
running it. The caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model import BatchState, Claim, SendStatus
from newsletter.storage.tables import attempt, batch, send, wave

_OPEN = (BatchState.CLAIMED, BatchState.UNCERTAIN)


def _given(name: str) -> sa.BindParameter[Any]:
    """Make a place for a value; SQLAlchemy keeps the columns' own names for itself."""
    return sa.bindparam(f"given_{name}")


_TOLD: tuple[sa.ColumnElement[Any], ...] = (
    batch.c.number,
    batch.c.first,
    batch.c.last,
    send.c.created_at,
    wave.c.due_at,
)
_OF_SEND = batch.c.send_id == _given("send")
_OF_BATCH = _OF_SEND & (batch.c.number == _given("number"))
_LOCK = sa.select(send.c.id).where(send.c.id == _given("send")).with_for_update()
_COUNT = sa.select(sa.func.count()).where(_OF_SEND, batch.c.state == BatchState.CLAIMED)
# Whole batches before halves, in order. On PostgreSQL a batch that another sender is just claiming
# is passed over, not waited for.
_NEXT = (
    sa.select(*_TOLD, send.c.digest)
    .select_from(batch)
    .join(wave, (wave.c.send_id == batch.c.send_id) & (wave.c.number == batch.c.wave))
    .join(send, send.c.id == batch.c.send_id)
    .where(
        _OF_SEND,
        batch.c.state == BatchState.PLANNED,
        wave.c.due_at <= _given("by"),
        send.c.status == SendStatus.OPEN,
        send.c.paused_until.is_(None) | (send.c.paused_until <= _given("now")),
    )
    .order_by(batch.c.depth, batch.c.number)
    .limit(1)
    .with_for_update(of=batch, skip_locked=True)
)
_CLAIM = (
    sa.update(batch)
    .where(_OF_BATCH, batch.c.state == BatchState.PLANNED)
    .values(
        state=BatchState.CLAIMED,
        attempt_id=_given("attempt"),
        owner=_given("owner"),
        lease_until=_given("lease_until"),
    )
)


def has_room(connection: Connection, send_id: int, *, most: int) -> bool:
    """Say whether a send has fewer claims than that; claims of other senders wait meanwhile."""
    connection.execute(_LOCK, {"given_send": send_id})
    return (connection.scalar(_COUNT, {"given_send": send_id}) or 0) < most


def claim(
    connection: Connection,
    send_id: int,
    *,
    owner: str,
    attempt_id: str,
    now: datetime,
    lease: timedelta,
    ahead: timedelta | None,
) -> Claim | None:
    """Claim the first planned batch that is due (compare-and-set)."""
    by = now + (ahead or timedelta())
    looked_for = {"given_send": send_id, "given_by": by, "given_now": now}
    row = connection.execute(_NEXT, looked_for).first()
    if row is None:
        return None
    change = {
        "given_send": send_id,
        "given_number": row.number,
        "given_attempt": attempt_id,
        "given_owner": owner,
        "given_lease_until": now + lease,
    }
    if connection.execute(_CLAIM, change).rowcount != 1:
        return None
    begun = {"id": attempt_id, "send_id": send_id, "batch": row.number}
    begun |= {"state": BatchState.CLAIMED, "digest": row.digest, "started_at": now}
    begun |= {} if ahead is None else {"send_at": row.due_at}
    connection.execute(sa.insert(attempt), begun)
    return _claimed(row, send_id, attempt_id)


def of_attempt(connection: Connection, attempt_id: str) -> Claim | None:
    """Give the claim that an attempt was made with, wherever it stands by now."""
    query = (
        sa.select(*_TOLD, attempt.c.send_id, attempt.c.digest)
        .select_from(attempt)
        .join(send, send.c.id == attempt.c.send_id)
        .join(batch, (batch.c.send_id == send.c.id) & (batch.c.number == attempt.c.batch))
        .join(wave, (wave.c.send_id == send.c.id) & (wave.c.number == batch.c.wave))
        .where(attempt.c.id == attempt_id)
    )
    row = connection.execute(query).first()
    return _claimed(row, row.send_id, attempt_id) if row else None


def _claimed(row: Any, send_id: int, attempt_id: str) -> Claim:
    return Claim(
        send_id=send_id,
        batch=row.number,
        attempt_id=attempt_id,
        due_at=row.due_at,
        digest=row.digest,
        first=row.first,
        last=row.last,
        frozen_at=row.created_at,
    )


def settle(
    connection: Connection,
    claim: Claim,
    *,
    attempt_values: Mapping[str, Any],
    batch_values: Mapping[str, Any],
) -> bool:
    """Write the outcome of an attempt and end its lease; say whether the batch was still its.

    An attempt that was doubted meanwhile (its sender seemed dead) may still be settled by what
    its sender saw; a batch that has gone on with another attempt is left alone.
    """
    mine = {
        "given_send": claim.send_id,
        "given_number": claim.batch,
        "given_attempt": claim.attempt_id,
    }
    freed = {**batch_values, "owner": None, "lease_until": None}
    connection.execute(_end_attempt(tuple(attempt_values)), mine | _new(attempt_values))
    return connection.execute(_end_batch(tuple(freed)), mine | _new(freed)).rowcount == 1


@cache
def _end_attempt(columns: tuple[str, ...]) -> sa.Update:
    is_open = (attempt.c.id == _given("attempt")) & attempt.c.state.in_(_OPEN)
    return sa.update(attempt).where(is_open).values(_places(columns))


@cache
def _end_batch(columns: tuple[str, ...]) -> sa.Update:
    is_open = (batch.c.attempt_id == _given("attempt")) & batch.c.state.in_(_OPEN)
    return sa.update(batch).where(_OF_BATCH, is_open).values(_places(columns))


def _places(columns: tuple[str, ...]) -> dict[str, sa.BindParameter[Any]]:
    return {name: _given(f"new_{name}") for name in columns}


def _new(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"given_new_{name}": value for name, value in values.items()}
