"""Freeze an audience: send, message, wave, recipients and batches, set-based."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.errors import NothingToDo
from newsletter.model import BatchState, SendStatus, SubscriberState
from newsletter.ports import Freeze
from newsletter.storage.tables import (
    batch,
    message,
    recipient,
    send,
    subscriber,
    suppression,
    wave,
)

# Who is mailed. `subscriber.canonical` is unique, so each address is in a send at most once.
AUDIENCE = (subscriber.c.state == SubscriberState.ACTIVE) & ~sa.exists().where(
    suppression.c.canonical == subscriber.c.canonical
)


def write(connection: Connection, freeze: Freeze, *, now: datetime) -> sa.Row[Any]:
    """Write everything of a new send inside the caller's transaction; return the send's row."""
    _write_message(connection, freeze, now=now)
    send_id = connection.scalar(
        sa.insert(send)
        .values(
            publication=freeze.publication,
            edition=freeze.edition,
            kind=freeze.kind,
            status=SendStatus.OPEN,
            digest=freeze.message.digest,
            provider=freeze.provider,
            recipients=0,
            created_at=now,
        )
        .returning(send.c.id)
    )
    connection.execute(sa.insert(wave).values(send_id=send_id, number=1, due_at=freeze.due_at))
    count = _write_recipients(connection, send_id)
    if not count:
        raise NothingToDo(
            "There is nobody to send to: no subscriber is active.",
            hint="Add some with `newsletter subscribers import FILE`.",
        )
    _write_batches(connection, send_id, count=count, size=freeze.batch_size)
    connection.execute(sa.update(send).where(send.c.id == send_id).values(recipients=count))
    return connection.execute(sa.select(send).where(send.c.id == send_id)).one()


def _write_message(connection: Connection, freeze: Freeze, *, now: datetime) -> None:
    known = sa.select(message.c.digest).where(message.c.digest == freeze.message.digest)
    if connection.scalar(known) is not None:
        return
    connection.execute(
        sa.insert(message).values(
            digest=freeze.message.digest,
            subject=freeze.message.subject,
            preheader=freeze.message.preheader,
            html=freeze.message.html,
            text=freeze.message.text,
            fields=[asdict(field) for field in freeze.message.fields],
            created_at=now,
        )
    )


def _write_recipients(connection: Connection, send_id: int) -> int:
    """Fill in the audience without a row passing through Python; return how many there are.

    Tokens are random, so their order mixes the address domains evenly over the batches.
    """
    position = sa.func.row_number().over(order_by=subscriber.c.token)
    audience = (
        sa.select(sa.literal(send_id), position, subscriber.c.id, subscriber.c.address)
        .where(AUDIENCE)
        .order_by(subscriber.c.token)
    )
    columns = ["send_id", "position", "subscriber_id", "address"]
    fill = sa.insert(recipient).from_select(columns, audience)
    return connection.execute(fill.execution_options(preserve_rowcount=True)).rowcount


def _write_batches(connection: Connection, send_id: int, *, count: int, size: int) -> None:
    rows = [
        {
            "send_id": send_id,
            "number": number,
            "wave": 1,
            "first": first,
            "last": min(first + size - 1, count),
            "state": BatchState.PLANNED,
        }
        for number, first in enumerate(range(1, count + 1, size), start=1)
    ]
    if rows:
        connection.execute(sa.insert(batch), rows)
