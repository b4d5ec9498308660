"""People whom a mail server asked to try later: woken when it is time, listed when it is too late.

The statements of their batches. The caller owns the transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, SendKind, SendStatus
from newsletter.storage.tables import attempt, batch, recipient, send

TOO_LATE = "the mail server asked to wait until it was too late"
# Built once: it is asked at every look of the tick.
_WAITING = (
    sa.select(send.c.edition, send.c.id)
    .where(
        send.c.publication == sa.bindparam("given_publication"),
        send.c.kind == sa.bindparam("given_kind"),
        sa.exists().where(
            batch.c.send_id == send.c.id,
            batch.c.state.in_((BatchState.DEFERRED, BatchState.PLANNED)),
            batch.c.give_up_at.is_not(None),
        ),
    )
    .order_by(send.c.edition)
)


def wake(connection: Connection, send_id: int, *, now: datetime) -> None:
    """Plan again whose moment has come, and open a send that was complete but for them."""
    steerable = send.c.status.in_((SendStatus.OPEN, SendStatus.COMPLETE))
    is_open = sa.exists().where(send.c.id == batch.c.send_id, steerable)
    ready = _deferred(send_id) & (batch.c.again_at <= now) & is_open
    again = sa.update(batch).where(ready).values(state=BatchState.PLANNED)
    if not connection.execute(again).rowcount:
        return
    is_complete = (send.c.id == send_id) & (send.c.status == SendStatus.COMPLETE)
    opened = {"status": SendStatus.OPEN, "completed_at": None}
    connection.execute(sa.update(send).where(is_complete).values(opened))


def give_up(connection: Connection, send_id: int, *, now: datetime) -> None:
    """Return everybody for whom it is too late an outcome of their own, in the server's words."""
    waiting = batch.c.state.in_((BatchState.DEFERRED, BatchState.PLANNED))
    over = (batch.c.send_id == send_id) & waiting & (batch.c.give_up_at < now)
    query = sa.select(batch.c.number, batch.c.first, batch.c.last, _last_words()).where(over)
    for number, first, last, words in connection.execute(query.with_for_update(of=batch)).all():
        people = (recipient.c.send_id == send_id) & recipient.c.position.between(first, last)
        connection.execute(
            sa.update(recipient)
            .where(people, recipient.c.outcome.is_(None))
            .values(outcome="deferred", reason=words or TOO_LATE)
        )
        one = (batch.c.send_id == send_id) & (batch.c.number == number)
        connection.execute(sa.update(batch).where(one).values(state=BatchState.CANCELLED))


def waiting(
    connection: Connection, publication: str, kind: SendKind
) -> tuple[tuple[date, int], ...]:
    """List the editions, and their sends, of which somebody waits to be tried again."""
    rows = connection.execute(_WAITING, {"given_publication": publication, "given_kind": kind})
    return tuple((row.edition, row.id) for row in rows)


def _deferred(send_id: int) -> sa.ColumnElement[bool]:
    return (batch.c.send_id == send_id) & (batch.c.state == BatchState.DEFERRED)


def _last_words() -> sa.ScalarSelect[Any]:
    return sa.select(attempt.c.reason).where(attempt.c.id == batch.c.attempt_id).scalar_subquery()
