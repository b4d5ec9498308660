"""Freeze an audience: send, message, wave, recipients and batches, set-based."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.errors import NothingToDo
from newsletter.model import BatchState, Frequency, SendKind, SendStatus, SubscriberState
from newsletter.ports import Freeze
from newsletter.storage.suppressing import is_suppressed
from newsletter.storage.tables import (
    batch,
    message,
    recipient,
    send,
    subscriber,
    wave,
)

_FRIDAY = 5
NOBODY = 0  # ids of subscribers begin at 1
# Who may be mailed. `subscriber.canonical` is unique, so each address is in a send at most once.
AUDIENCE = (subscriber.c.state == SubscriberState.ACTIVE) & ~is_suppressed(subscriber.c.canonical)


def wanting(connection: Connection, publication: str, edition: date) -> sa.ColumnElement[bool]:
    """Match who of the audience wants the edition of a date, by frequency and pause.

    Weekly readers get the first edition of each week, Monday to Sunday, whichever day that is.
    """
    wanted = [Frequency.DAILY]
    if edition.isoweekday() <= _FRIDAY:
        wanted.append(Frequency.WEEKDAYS)
    monday = edition - timedelta(days=edition.weekday())
    earlier = sa.exists().where(
        send.c.publication == publication,
        send.c.kind == SendKind.EDITION,
        send.c.edition >= monday,
        send.c.edition < edition,
    )
    if not connection.scalar(sa.select(earlier)):
        wanted.append(Frequency.WEEKLY)
    paused = subscriber.c.paused_until
    return subscriber.c.frequency.in_(wanted) & (paused.is_(None) | (paused <= edition))


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
    count = _write_recipients(connection, send_id, freeze)
    if not count:
        raise NothingToDo(
            "There is nobody to send to: no subscriber is active and wants this edition.",
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
            trial=asdict(freeze.message.trial) if freeze.message.trial else None,
        )
    )


def _write_recipients(connection: Connection, send_id: int, freeze: Freeze) -> int:
    """Fill in the audience without a row passing through Python; return how many there are.

    Tokens are random, so their order mixes the address domains evenly over the batches.
    """
    if freeze.kind is SendKind.TEST:
        return _write_named(connection, send_id, freeze.named)
    position = sa.func.row_number().over(order_by=subscriber.c.token)
    audience = (
        sa.select(sa.literal(send_id), position, subscriber.c.id, subscriber.c.address)
        .where(AUDIENCE, wanting(connection, freeze.publication, freeze.edition))
        .order_by(subscriber.c.token)
    )
    columns = ["send_id", "position", "subscriber_id", "address"]
    fill = sa.insert(recipient).from_select(columns, audience)
    return connection.execute(fill.execution_options(preserve_rowcount=True)).rowcount


def _write_named(connection: Connection, send_id: int, named: Sequence[str]) -> int:
    """Fill in addresses that were named; they need not be subscribers'."""
    rows = [
        {"send_id": send_id, "position": position, "subscriber_id": NOBODY, "address": address}
        for position, address in enumerate(named, start=1)
    ]
    connection.execute(sa.insert(recipient), rows)
    return len(rows)


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
