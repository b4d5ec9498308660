"""What was handed over ahead of its moment: bookings, doubts about them, and their recalls.

Everything is durable before the provider is asked: the booking before the mail, the wish to
recall before the recall. An attempt whose recall was asked for is settled by no answer any more,
for the mail may be stopped although it was taken; see `claims.settle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, Booking, Claim
from newsletter.core.model.records import RECALLED, RELEASED, Doubt
from newsletter.storage.database import Database
from newsletter.storage.tables import attempt, batch, recipient

_ASKED_AT = (
    sa.select(attempt.c.recall_asked_at)
    .where(attempt.c.id == sa.bindparam("attempt_id"))
    .with_for_update()
)
_NOT_HANDED_OVER = "the sender ended before it handed anything over"


class RecallRecords:
    """What the ledger knows of attempts that were handed over ahead. All of it is durable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def book(self, claim: Claim, booking: Booking) -> bool:
        """Write down an attempt's booking, before it is handed over.

        False: the claim is this sender's no more, and must not be handed over.
        """
        still_claimed = (attempt.c.id == claim.attempt_id) & (attempt.c.state == BatchState.CLAIMED)
        change = sa.update(attempt).where(still_claimed)
        with self._database.write() as connection:
            return bool(
                connection.execute(
                    change.values(recall_id=booking.recall_id, send_at=booking.send_at)
                ).rowcount
            )

    def doubts(self, send_id: int) -> tuple[Doubt, ...]:
        """List the attempts of a send that are in doubt and have a booking."""
        return self._booked(send_id, BatchState.UNCERTAIN)

    def handed_over(self, send_id: int) -> tuple[Doubt, ...]:
        """List the attempts of a send that have a booking and were taken, or are in doubt."""
        return self._booked(send_id, BatchState.UNCERTAIN, BatchState.SUBMITTED)

    def _booked(self, send_id: int, *states: BatchState) -> tuple[Doubt, ...]:
        own = recipient.c.position.between(batch.c.first, batch.c.last)
        mailed = (
            sa.select(sa.func.count())
            .where(recipient.c.send_id == send_id, own, recipient.c.outcome.is_(None))
            .correlate(batch)
            .scalar_subquery()
        )
        query = (
            sa.select(attempt, mailed.label("people"))
            .join(batch, batch.c.attempt_id == attempt.c.id)
            .where(
                attempt.c.send_id == send_id,
                attempt.c.state.in_(states),
                attempt.c.recall_id.is_not(None),
            )
            .order_by(batch.c.number)
        )
        with self._database.read() as connection:
            return tuple(map(_doubt, connection.execute(query)))

    def taken(self, *, now: datetime) -> tuple[datetime, ...]:
        """Return the moments until which recalls keep their places, in all sends."""
        query = sa.select(attempt.c.send_at).where(
            attempt.c.recall_asked_at.is_not(None), attempt.c.send_at > now
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(query))

    def ask(self, doubt: Doubt, *, now: datetime) -> bool:
        """Write down that a recall is asked for, before it is; False: it stands otherwise now.

        From then on the attempt is in doubt even if it was taken, and an answer that says so
        settles nothing: the mail may be stopped.
        """
        before = BatchState.SUBMITTED if doubt.taken else BatchState.UNCERTAIN
        unchanged = (attempt.c.id == doubt.attempt_id) & (attempt.c.state == before)
        change = sa.update(attempt).where(unchanged)
        asked = {"recall_asked_at": now, "state": BatchState.UNCERTAIN, "reason": doubt.reason}
        with self._database.write() as connection:
            if not connection.execute(change.values(asked)).rowcount:
                return False
            _move(connection, doubt, BatchState.UNCERTAIN)
            return True

    def restore(self, doubt: Doubt) -> None:
        """Record of an attempt that was taken that its recall was certainly refused."""
        change = sa.update(attempt).where(_still_doubted(doubt))
        as_before = {"recall_asked_at": None, "state": BatchState.SUBMITTED, "reason": None}
        with self._database.write() as connection:
            if connection.execute(change.values(as_before)).rowcount:
                _move(connection, doubt, BatchState.SUBMITTED)

    def recalled(self, doubt: Doubt, *, now: datetime) -> bool:
        """Record that a recall is in force in time, and plan the batch again.

        False: something else has settled it meanwhile.
        """
        with self._database.write() as connection:
            found = connection.scalars(sa.select(attempt.c.id).where(_still_doubted(doubt))).all()
            reason = f"{doubt.reason}; recalled"
            return bool(_plan_again(connection, found, state=RECALLED, reason=reason, now=now))

    def lose(self, doubt: Doubt, reason: str) -> None:
        """Note why a doubt cannot be recalled any more, for the operator."""
        if reason in doubt.reason:
            return
        change = sa.update(attempt).where(_still_doubted(doubt))
        with self._database.write() as connection:
            connection.execute(change.values(reason=f"{doubt.reason}; {reason}"))

    def spent(self, *, before: datetime) -> tuple[str, ...]:
        """List the recalls whose moment passed before, and which still keep their places."""
        query = sa.select(attempt.c.recall_id).where(
            attempt.c.recall_asked_at.is_not(None),
            attempt.c.recall_forgotten_at.is_(None),
            attempt.c.send_at < before,
        )
        with self._database.read() as connection:
            return tuple(one for one in connection.scalars(query) if one)

    def forget(self, recall_id: str, *, now: datetime) -> None:
        """Record that a recall's place was given back."""
        change = sa.update(attempt).where(attempt.c.recall_id == recall_id)
        with self._database.write() as connection:
            connection.execute(change.values(recall_forgotten_at=now))


def is_asked(connection: Connection, attempt_id: str) -> bool:
    """Say whether an attempt's recall was asked for; nobody asks until the transaction ends."""
    return connection.scalar(_ASKED_AT, {"attempt_id": attempt_id}) is not None


def release_unbooked(connection: Connection, send_id: int, *, now: datetime) -> int:
    """Plan again what was claimed ahead and left before anything was handed over."""
    never_booked = (
        (attempt.c.send_id == send_id)
        & (attempt.c.state == BatchState.UNCERTAIN)
        & attempt.c.send_at.is_not(None)
        & attempt.c.recall_id.is_(None)
    )
    left = connection.scalars(sa.select(attempt.c.id).where(never_booked)).all()
    return _plan_again(connection, left, state=RELEASED, reason=_NOT_HANDED_OVER, now=now)


def _doubt(row: sa.Row[Any]) -> Doubt:
    return Doubt(
        attempt_id=row.id,
        batch=row.batch,
        recipients=row.people,
        recall_id=row.recall_id,
        send_at=row.send_at,
        since=row.ended_at,
        asked_at=row.recall_asked_at,
        taken=row.state == BatchState.SUBMITTED,
        reason=row.reason or "a recall was asked for",
    )


def _move(connection: Connection, doubt: Doubt, state: BatchState) -> None:
    """Let a batch that was handed over stand as its attempt does."""
    handed_over = batch.c.state.in_((BatchState.UNCERTAIN, BatchState.SUBMITTED))
    of_attempt = (batch.c.attempt_id == doubt.attempt_id) & handed_over
    connection.execute(sa.update(batch).where(of_attempt).values(state=state))


def _still_doubted(doubt: Doubt) -> sa.ColumnElement[bool]:
    return (attempt.c.id == doubt.attempt_id) & (attempt.c.state == BatchState.UNCERTAIN)


def _plan_again(
    connection: Connection,
    attempts: Sequence[str],
    *,
    state: str,
    reason: str,
    now: datetime,
) -> int:
    """End doubted attempts and plan their batches again; say how many batches that were."""
    ended = {"state": state, "reason": reason, "ended_at": now}
    doubted = attempt.c.id.in_(attempts) & (attempt.c.state == BatchState.UNCERTAIN)
    if (
        not attempts
        or not connection.execute(sa.update(attempt).where(doubted).values(ended)).rowcount
    ):
        return 0
    open_batch = batch.c.attempt_id.in_(attempts) & (batch.c.state == BatchState.UNCERTAIN)
    planned = sa.update(batch).where(open_batch).values(state=BatchState.PLANNED)
    return connection.execute(planned).rowcount
