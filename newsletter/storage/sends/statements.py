"""The statements of the ledger, each named by what it does. The caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, Send, SendKind, SendStatus, SetAside
from newsletter.storage.tables import (
    attempt,
    batch,
    recipient,
    send,
    wave,
)

LEFT_BEHIND = "the sender ended before an answer was recorded"
# Built once: they are asked at every look of the tick.
_OF_PUBLICATION = send.c.publication == sa.bindparam("given_publication")
_FIND = sa.select(send).where(
    _OF_PUBLICATION,
    send.c.edition == sa.bindparam("given_edition"),
    send.c.kind == sa.bindparam("given_kind"),
)
_BY_ID = sa.select(send).where(send.c.id == sa.bindparam("given_send"))
_OPEN = (
    sa.select(send)
    .where(_OF_PUBLICATION, send.c.kind != SendKind.TEST, send.c.status == SendStatus.OPEN)
    .order_by(send.c.edition)
)


def one_batch(send_id: int, number: int) -> sa.ColumnElement[bool]:
    """Match one batch."""
    return (batch.c.send_id == send_id) & (batch.c.number == number)


def find_send(
    connection: Connection, publication: str, edition: date, kind: SendKind = SendKind.EDITION
) -> Send | None:
    """Look up the send of an edition, or of the digest of a date."""
    named = {"given_publication": publication, "given_edition": edition, "given_kind": kind}
    row = connection.execute(_FIND, named).first()
    return as_send(row) if row else None


def row_of(connection: Connection, send_id: int) -> sa.Row[Any]:
    """Return the row of a send that is there."""
    return connection.execute(_BY_ID, {"given_send": send_id}).one()


def open_sends(connection: Connection, publication: str) -> tuple[Send, ...]:
    """List the sends of editions and digests that are open, oldest edition first."""
    rows = connection.execute(_OPEN, {"given_publication": publication})
    return tuple(as_send(row) for row in rows)


def as_send(row: sa.Row[Any]) -> Send:
    """Read a row of the send table."""
    return Send(
        id=row.id,
        publication=row.publication,
        edition=row.edition,
        kind=SendKind(row.kind),
        status=SendStatus(row.status),
        digest=row.digest,
        provider=row.provider,
        recipients=row.recipients,
        created_at=row.created_at,
        led_until=row.lease_until if row.owner else None,
        paused_until=row.paused_until,
        segment=row.segment,
    )


def claimed(send_id: int) -> sa.ColumnElement[bool]:
    """Match what is claimed of a send, by anybody."""
    return (batch.c.send_id == send_id) & (batch.c.state == BatchState.CLAIMED)


def orphan(connection: Connection, send_id: int, *, gone: Sequence[str], now: datetime) -> int:
    """Put into doubt what is claimed by owners that are gone, or under a lease that is over."""
    is_over = batch.c.lease_until.is_(None) | (batch.c.lease_until < now)
    left = claimed(send_id) & (is_over | batch.c.owner.in_(gone))
    attempts = sa.select(batch.c.attempt_id).where(left)
    # The attempt first, as in `settle`; one that its sender is just settling stays as it is.
    connection.execute(
        sa.update(attempt)
        .where(attempt.c.id.in_(attempts), attempt.c.state == BatchState.CLAIMED)
        .values(ended(BatchState.UNCERTAIN, reason=LEFT_BEHIND, status=None, now=now))
    )
    doubt = sa.update(batch).where(left)
    freed = {"state": BatchState.UNCERTAIN, "owner": None, "lease_until": None}
    return connection.execute(doubt.values(freed)).rowcount


def pause(connection: Connection, send_id: int, *, until: datetime) -> None:
    """Let every open send of the same publication and provider rest; never shorter than before.

    A provider counts what an account asks, whichever edition it is for.
    """
    this = sa.select(send.c.publication, send.c.provider).where(send.c.id == send_id).subquery()
    alike = (send.c.publication == this.c.publication) & (send.c.provider == this.c.provider)
    longer = send.c.paused_until.is_(None) | (send.c.paused_until < until)
    resting = (send.c.id == send_id) | (send.c.status == SendStatus.OPEN)
    connection.execute(
        sa.update(send).where(sa.exists().where(alike), resting, longer).values(paused_until=until)
    )


# From which status an operator may lead to which.
_STEPS = {
    SendStatus.PAUSED: (SendStatus.OPEN,),
    SendStatus.OPEN: (SendStatus.PAUSED,),
    SendStatus.CANCELLED: (SendStatus.OPEN, SendStatus.PAUSED, SendStatus.CANCELLED),
}


def steer(connection: Connection, send_id: int, status: SendStatus) -> bool:
    """Change a send's status by an operator's word; a cancelled one has nothing planned."""
    before = send.c.status.in_(_STEPS[status])
    change = sa.update(send).where(send.c.id == send_id, before).values(status=status)
    if not connection.execute(change).rowcount:
        return False
    if status is SendStatus.CANCELLED:
        waiting = batch.c.state.in_((BatchState.PLANNED, BatchState.DEFERRED))
        planned = (batch.c.send_id == send_id) & waiting
        connection.execute(sa.update(batch).where(planned).values(state=BatchState.CANCELLED))
    return True


def bring_forward(
    connection: Connection, send_id: int, *, due_at: datetime, behind_canary: timedelta
) -> int:
    """Let waves be due by a moment, those behind a canary so long after it; count who waited."""
    lock(connection, send_id)
    of_send = wave.c.send_id == send_id
    canary = sa.select(sa.func.min(wave.c.due_at)).where(of_send, wave.c.canary)
    first: datetime | None = connection.scalar(canary)
    judged = due_at if first is None else max(due_at, min(first, due_at) + behind_canary)
    waited = 0
    for later, moment in ((wave.c.canary, due_at), (~wave.c.canary, judged)):
        which = of_send & later & (wave.c.due_at > moment)
        waiting = sa.select(sa.func.sum(batch.c.last - batch.c.first + 1)).join(
            wave, (wave.c.send_id == batch.c.send_id) & (wave.c.number == batch.c.wave)
        )
        planned = batch.c.state == BatchState.PLANNED
        waited += int(connection.scalar(waiting.where(which, planned)) or 0)
        connection.execute(sa.update(wave).where(which).values(due_at=moment))
    return waited


def set_aside(connection: Connection, send_id: int, aside: Sequence[SetAside]) -> None:
    """Return people an outcome of their own, once."""
    change = (
        sa.update(recipient)
        .where(
            recipient.c.send_id == send_id,
            recipient.c.position == sa.bindparam("at"),
            recipient.c.outcome.is_(None),
        )
        .values(outcome=sa.bindparam("new_outcome"), reason=sa.bindparam("new_reason"))
    )
    connection.execute(
        change,
        [
            {"at": one.position, "new_outcome": one.outcome, "new_reason": one.reason}
            for one in aside
        ],
    )


def new_number(connection: Connection, send_id: int) -> int:
    """Return the number of a send's next batch; senders that cut batches wait for each other.

    To be called before the transaction locks a batch, so that none waits in a circle.
    """
    lock(connection, send_id)
    highest = sa.select(sa.func.max(batch.c.number)).where(batch.c.send_id == send_id)
    return (connection.scalar(highest) or 0) + 1


def lock(connection: Connection, send_id: int) -> None:
    """Let others wait who would change more than one batch of a send."""
    connection.execute(sa.select(send.c.id).where(send.c.id == send_id).with_for_update())


def ended(state: str, *, reason: str, status: int | None, now: datetime) -> dict[str, Any]:
    """Return the columns of an attempt that is over."""
    return {"state": state, "reason": reason, "status": status, "ended_at": now}


def middle_of(connection: Connection, send_id: int, *, first: int, last: int) -> int:
    """Find the position at which the second half of the remaining recipients begins."""
    query = (
        sa.select(recipient.c.position)
        .where(
            recipient.c.send_id == send_id,
            recipient.c.position.between(first, last),
            recipient.c.outcome.is_(None),
        )
        .order_by(recipient.c.position)
    )
    positions: Sequence[int] = connection.scalars(query).all()
    if len(positions) < 2:
        raise ValueError("a batch of fewer than two recipients has no halves")
    return positions[len(positions) // 2]
