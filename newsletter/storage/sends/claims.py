"""Claim a batch, and settle it: the statements that every batch of a send goes through.

They are built and written out once and have places for their values, since that takes longer
than running one. The caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, Claim, SendStatus
from newsletter.core.model.records import RELEASED
from newsletter.storage.prepared import Prepared, Row
from newsletter.storage.sends import statements
from newsletter.storage.tables import attempt, batch, send, wave


def _given(name: str) -> sa.BindParameter[Any]:
    """Make a place for a value; SQLAlchemy keeps the columns' own names for itself."""
    return sa.bindparam(f"given_{name}")


_OF_SEND = batch.c.send_id == _given("send")
_OF_BATCH = _OF_SEND & (batch.c.number == _given("number"))
_LOCK = sa.select(send.c.id).where(send.c.id == _given("send")).with_for_update()
_COUNT = sa.select(sa.func.count()).where(_OF_SEND, batch.c.state == BatchState.CLAIMED)
_planned = batch.alias("planned")
# Whole batches before halves, in order. On PostgreSQL a batch that another sender is just claiming
# is passed over, not waited for.
_NEXT = (
    sa.select(_planned.c.number)
    .join(wave, (wave.c.send_id == _planned.c.send_id) & (wave.c.number == _planned.c.wave))
    .join(send, send.c.id == _planned.c.send_id)
    .where(
        _planned.c.send_id == _given("send"),
        _planned.c.state == BatchState.PLANNED,
        wave.c.due_at <= _given("by"),
        send.c.status == SendStatus.OPEN,
        send.c.paused_until.is_(None) | (send.c.paused_until <= _given("now")),
    )
    .order_by(_planned.c.depth, _planned.c.number)
    .limit(1)
    .with_for_update(of=_planned, skip_locked=True)
    .scalar_subquery()
)
# As words: SQLAlchemy leaves out the name of the table after RETURNING in SQLite, and a bare
# `send_id` would be that of the table inside.
_ITS_SEND: sa.ColumnClause[int] = sa.literal_column("batch.send_id")
_ITS_WAVE: sa.ColumnClause[int] = sa.literal_column("batch.wave")
_OF_ITS_WAVE = (wave.c.send_id == _ITS_SEND) & (wave.c.number == _ITS_WAVE)
_OF_ITS_SEND = send.c.id == _ITS_SEND
_TOLD = (
    batch.c.send_id,
    batch.c.number,
    batch.c.first,
    batch.c.last,
    batch.c.tries,
    sa.select(wave.c.due_at).where(_OF_ITS_WAVE).scalar_subquery().label("due_at"),
    sa.select(send.c.digest).where(_OF_ITS_SEND).scalar_subquery().label("digest"),
    sa.select(send.c.created_at).where(_OF_ITS_SEND).scalar_subquery().label("created_at"),
)
_CLAIM = Prepared(
    sa.update(batch)
    .where(_OF_SEND, batch.c.number == _NEXT, batch.c.state == BatchState.PLANNED)
    .values(
        state=BatchState.CLAIMED,
        attempt_id=_given("attempt"),
        owner=_given("owner"),
        lease_until=_given("lease_until"),
    )
    .returning(*_TOLD)
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
    change = {
        "given_send": send_id,
        "given_by": now + (ahead or timedelta()),
        "given_now": now,
        "given_attempt": attempt_id,
        "given_owner": owner,
        "given_lease_until": now + lease,
    }
    row = _CLAIM.row(connection, change)
    if row is None:
        return None
    found = _claimed(row, attempt_id)
    begun = {"id": attempt_id, "send_id": send_id, "batch": found.batch}
    begun |= {"state": BatchState.CLAIMED, "digest": found.digest, "started_at": now}
    begun |= {} if ahead is None else {"send_at": found.due_at}
    _begin_attempt(tuple(begun)).change(connection, _new(begun))
    return found


def of_attempt(connection: Connection, attempt_id: str) -> Claim | None:
    """Return the claim that an attempt was made with, wherever it stands by now."""
    query = (
        sa.select(*_TOLD)
        .join(attempt, (attempt.c.send_id == batch.c.send_id) & (attempt.c.batch == batch.c.number))
        .where(attempt.c.id == attempt_id)
    )
    row = connection.execute(query).first()
    return _claimed(row, attempt_id) if row else None


def _claimed(told: Row, attempt_id: str) -> Claim:
    send_id, number, first, last, tries, due_at, digest, frozen_at = told
    return Claim(
        send_id=send_id,
        batch=number,
        attempt_id=attempt_id,
        due_at=due_at,
        digest=digest,
        first=first,
        last=last,
        frozen_at=frozen_at,
        tries=tries,
    )


def settle(
    connection: Connection,
    claim: Claim,
    *,
    attempt_values: Mapping[str, Any],
    batch_values: Mapping[str, Any],
    unless_recalled: bool = False,
) -> bool:
    """Write the outcome of an attempt and end its lease; say whether the batch was still its.

    An attempt that was doubted meanwhile (its sender seemed dead) may still be settled by what
    its sender saw; a batch that has gone on with another attempt is left alone. So is, where it
    is asked for, an attempt whose recall is under way.
    """
    mine = {
        "given_send": claim.send_id,
        "given_number": claim.batch,
        "given_attempt": claim.attempt_id,
    }
    freed = {**batch_values, "owner": None, "lease_until": None}
    end = _end_attempt(tuple(attempt_values), unless_recalled=unless_recalled)
    ended = end.change(connection, mine | _new(attempt_values))
    if unless_recalled and not ended:
        return False
    return _end_batch(tuple(freed)).change(connection, mine | _new(freed)) == 1


def release(
    connection: Connection, claim: Claim, *, reason: str, now: datetime, status: int | None = None
) -> bool:
    """Put a batch of which nothing was taken back to planned; the attempt is kept as history."""
    ended = statements.ended(RELEASED, reason=reason, status=status, now=now)
    planned = {"state": BatchState.PLANNED}
    return settle(connection, claim, attempt_values=ended, batch_values=planned)


@cache
def _begin_attempt(columns: tuple[str, ...]) -> Prepared:
    return Prepared(sa.insert(attempt).values(_places(columns)))


@cache
def _end_attempt(columns: tuple[str, ...], *, unless_recalled: bool) -> Prepared:
    is_open = (attempt.c.id == _given("attempt")) & _is_open(attempt.c.state)
    if unless_recalled:
        is_open &= attempt.c.recall_asked_at.is_(None)
    return Prepared(sa.update(attempt).where(is_open).values(_places(columns)))


@cache
def _end_batch(columns: tuple[str, ...]) -> Prepared:
    is_open = (batch.c.attempt_id == _given("attempt")) & _is_open(batch.c.state)
    return Prepared(sa.update(batch).where(_OF_BATCH, is_open).values(_places(columns)))


def _is_open(state: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return (state == BatchState.CLAIMED) | (state == BatchState.UNCERTAIN)


def _places(columns: tuple[str, ...]) -> dict[str, sa.BindParameter[Any]]:
    return {name: _given(f"new_{name}") for name in columns}


def _new(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"given_new_{name}": value for name, value in values.items()}
