"""Freeze an audience: send, message, wave, recipients and batches, set-based."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.errors import NothingToDo, StorageError
from newsletter.model import BatchState, Message, SendKind, SendStatus
from newsletter.ports import Freeze
from newsletter.storage import audiences, dealing
from newsletter.storage.tables import (
    batch,
    message,
    recipient,
    send,
    subscriber,
    wave,
)
from newsletter.waves import Group, Wave, groups, ranks, waves

_ZONE: sa.ColumnElement[str] = sa.func.coalesce(subscriber.c.zone, "")
NOBODY = 0  # ids of subscribers begin at 1
_COLUMNS = ("send_id", "position", "subscriber_id", "address")


def write(connection: Connection, freeze: Freeze, *, now: datetime) -> sa.Row[Any]:
    """Write everything of a new send inside the caller's transaction; return the send's row."""
    write_message(connection, freeze.message, now=now)
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
            segment=freeze.segment,
        )
        .returning(send.c.id)
    )
    parts = _write_recipients(connection, send_id, freeze)
    recipients = sum(part.size for part in parts)
    if not recipients:
        raise _nobody(freeze.segment)
    _write_waves(connection, send_id, waves(parts, freeze.canary), size=freeze.batch_size)
    connection.execute(sa.update(send).where(send.c.id == send_id).values(recipients=recipients))
    return connection.execute(sa.select(send).where(send.c.id == send_id)).one()


def _nobody(segment: str) -> NothingToDo:
    if segment:
        return NothingToDo(
            f"There is nobody to send to: no subscriber in the segment {segment} is active and "
            "wants this edition.",
            hint="See who is in it: newsletter subscribers show --segment …",
        )
    return NothingToDo(
        "There is nobody to send to: no subscriber is active and wants this edition.",
        hint="Add some with `newsletter subscribers import FILE`.",
    )


def write_message(connection: Connection, new: Message, *, now: datetime) -> None:
    """Write a message, unless it is known."""
    known = sa.select(message.c.digest).where(message.c.digest == new.digest)
    if connection.scalar(known) is not None:
        return
    connection.execute(
        sa.insert(message).values(
            digest=new.digest,
            subject=new.subject,
            preheader=new.preheader,
            html=new.html,
            text=new.text,
            fields=[asdict(field) for field in new.fields],
            created_at=now,
            trial=asdict(new.trial) if new.trial else None,
        )
    )


def zones(connection: Connection, among: sa.ColumnElement[bool]) -> dict[str, int]:
    """Count people by zone; "" has those without one."""
    rows = connection.execute(sa.select(_ZONE, sa.func.count()).where(among).group_by(_ZONE))
    return {str(zone): int(people) for zone, people in rows}


def _write_recipients(connection: Connection, send_id: int, freeze: Freeze) -> tuple[Group, ...]:
    """Fill in the audience without a row passing through Python; say how many are due when."""
    if freeze.kind is SendKind.TEST:
        return (Group(freeze.due_at, _write_named(connection, send_id, freeze.named)),)
    audience = audiences.capped(
        connection, audiences.taken(connection, freeze.audience), most=freeze.cap
    )
    order = dealing.order(connection, size=freeze.batch_size)
    if freeze.mornings is None:
        people = sa.select(subscriber.c.id, subscriber.c.address).where(audience)
        return (Group(freeze.due_at, _deal(connection, send_id, people, order)),)
    counts = zones(connection, audience)
    if not counts:
        return ()
    mornings = freeze.mornings(counts)
    rank = _ranks(ranks(mornings))
    by_morning = (
        sa.select(subscriber.c.id, subscriber.c.address)
        .join(rank, rank.c.zone == _ZONE)
        .where(audience)
    )
    filled = _fill(connection, send_id, by_morning, rank.c.rank, order)
    if filled != sum(counts.values()):
        raise StorageError(
            f"{sum(counts.values())} people were counted, and {filled} filled in; nothing is kept.",
            hint="Run the same command again.",
        )
    return groups(counts, mornings)


def _deal(
    connection: Connection, send_id: int, people: sa.Select[Any], order: sa.ColumnElement[Any]
) -> int:
    """Write people (id, address) as recipients, as a rule in an order; say how many.

    A window function takes SQLite longer than all the rest, so there a counter of ours gives the
    numbers. It gives each once and leaves none out in whatever order the rows come; they come
    sorted, but no rule of SQL says so.
    """
    if connection.dialect.name != "sqlite":
        return _fill(connection, send_id, people, order)
    numbers = count(1)
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.create_function("next_position", 0, numbers.__next__)
    # A limit keeps SQLite from sorting only after the numbers are given.
    dealt = people.order_by(order).limit(-1).subquery()
    rows = sa.select(sa.literal(send_id), sa.func.next_position(), *dealt.c)
    connection.execute(sa.insert(recipient).from_select(_COLUMNS, rows))
    return next(numbers) - 1


def _fill(
    connection: Connection, send_id: int, people: sa.Select[Any], *order: sa.ColumnElement[Any]
) -> int:
    """Write people (id, address) as recipients, numbered in an order; say how many."""
    position = sa.func.row_number().over(order_by=order)
    id_, address = people.selected_columns
    rows = people.with_only_columns(sa.literal(send_id), position, id_, address).order_by(*order)
    connection.execute(sa.insert(recipient).from_select(_COLUMNS, rows))
    last = sa.select(sa.func.max(recipient.c.position)).where(recipient.c.send_id == send_id)
    return connection.scalar(last) or 0


def _ranks(numbers: Mapping[str, int]) -> sa.CTE:
    """Give zones and their ranks as a table of the statement's own."""
    columns = (sa.column("zone", sa.Text), sa.column("rank", sa.Integer))
    return sa.values(*columns, name="ranks").data(list(numbers.items())).cte("ranks")


def _write_named(connection: Connection, send_id: int, named: Sequence[str]) -> int:
    """Fill in addresses that were named; they need not be subscribers'."""
    rows = [
        {"send_id": send_id, "position": position, "subscriber_id": NOBODY, "address": address}
        for position, address in enumerate(named, start=1)
    ]
    connection.execute(sa.insert(recipient), rows)
    return len(rows)


def _write_waves(connection: Connection, send_id: int, parts: Sequence[Wave], *, size: int) -> None:
    """Write waves and their batches, which never span two of them."""
    numbered = list(enumerate(parts, start=1))
    connection.execute(
        sa.insert(wave),
        [
            {"send_id": send_id, "number": number, "due_at": one.due_at, "canary": one.canary}
            for number, one in numbered
        ],
    )
    ranges = [
        (number, first, min(first + size - 1, one.last))
        for number, one in numbered
        for first in range(one.first, one.last + 1, size)
    ]
    connection.execute(
        sa.insert(batch),
        [
            {
                "send_id": send_id,
                "number": number,
                "wave": of_wave,
                "first": first,
                "last": last,
                "state": BatchState.PLANNED,
            }
            for number, (of_wave, first, last) in enumerate(ranges, start=1)
        ],
    )
