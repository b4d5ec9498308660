"""Freeze an audience: send, message, wave, recipients and batches, set-based."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.errors import NothingToDo, StorageError
from newsletter.core.model import BatchState, Message, SendKind, SendStatus
from newsletter.core.model.waves import CanaryPlan, Group, Wave, groups, ranks, waves
from newsletter.core.sentences import said
from newsletter.storage import used_content
from newsletter.storage.sends import audiences, positions, statements
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.tables import (
    batch,
    message,
    recipient,
    send,
    subscriber,
    wave,
)
from newsletter.storage.used_content import FrozenContent

_ZONE: sa.ColumnElement[str] = sa.func.coalesce(subscriber.c.zone, "")
NOBODY = 0  # ids of subscribers begin at 1
_COLUMNS = ("send_id", "position", "subscriber_id", "address")


def write(connection: Connection, freeze: Freeze, *, now: datetime) -> sa.Row[Any]:
    """Write everything of a new send inside the caller's transaction; return the send's row."""
    audience = freeze.audience
    write_message(connection, freeze.message, now=now)
    send_id = connection.scalar(
        sa.insert(send)
        .values(
            publication=audience.publication,
            edition=audience.edition,
            kind=freeze.kind,
            status=SendStatus.OPEN,
            digest=freeze.message.digest,
            provider=freeze.provider,
            recipients=0,
            created_at=now,
            segment=audience.segment,
        )
        .returning(send.c.id)
    )
    parts = _write_recipients(connection, send_id, freeze)
    recipients = sum(part.size for part in parts)
    if not recipients:
        raise _nobody(freeze.audience.segment)
    _write_waves(connection, send_id, waves(parts, freeze.canary), size=freeze.batch_size)
    connection.execute(sa.update(send).where(send.c.id == send_id).values(recipients=recipients))
    if freeze.content is not None:
        place = audience.publication, audience.edition
        used_content.write(connection, *place, freeze.content, now=now)
    return statements.row_of(connection, send_id)


def _nobody(segment: str) -> NothingToDo:
    if segment:
        return NothingToDo(
            said(
                "There is nobody to send to: no subscriber in the segment %(segment)s is "
                "active and wants this edition.",
                segment=segment,
            ),
            hint="See who is in it: newsletter subscribers show --segment …",
        )
    return NothingToDo(
        said("There is nobody to send to: no subscriber is active and wants this edition."),
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
    people = sa.select(subscriber.c.id, subscriber.c.address).where(audience)
    if freeze.mornings is None:
        everyone = connection.scalar(people.with_only_columns(sa.func.count())) or 0
        parts: tuple[Group, ...] = (Group(freeze.due_at, everyone),)
        rank: sa.ColumnElement[int] = sa.literal(0)
    else:
        counts = zones(connection, audience)
        mornings = freeze.mornings(counts) if counts else {}
        parts = groups(counts, mornings)
        table = _ranks(ranks(mornings))
        people, rank = people.join(table, table.c.zone == _ZONE), table.c.rank
    _fill(connection, send_id, people, rank, parts, size=freeze.batch_size)
    return parts


def _fill(
    connection: Connection,
    send_id: int,
    people: sa.Select[Any],
    rank: sa.ColumnElement[int],
    parts: Sequence[Group],
    *,
    size: int,
) -> None:
    """Write people (id, address) as recipients, those of each rank dealt for themselves."""
    if not parts:
        return
    sizes = [part.size for part in parts]
    before = [0, *accumulate(sizes[:-1])]
    if connection.dialect.name == "sqlite":
        position = _counted(connection, rank, sizes, before, size=size)
    else:
        place = sa.func.row_number().over(partition_by=rank, order_by=subscriber.c.id) - 1
        position = positions.position(
            place, _by_rank(rank, sizes), size=size, after=_by_rank(rank, before)
        )
    rows = people.with_only_columns(
        sa.literal(send_id), position.label("position"), subscriber.c.id, subscriber.c.address
    ).order_by("position")
    filled = _inserted(connection, sa.insert(recipient).from_select(_COLUMNS, rows))
    if filled != sum(sizes):
        raise StorageError(
            said(
                "%(sum)s people were counted, and %(filled)s filled in; nothing is kept.",
                sum=sum(sizes),
                filled=filled,
            ),
            hint=said("Run the same command again."),
        )


def _inserted(connection: Connection, insert: sa.Insert) -> int:
    done = connection.execute(insert.execution_options(preserve_rowcount=True))
    if connection.dialect.name == "sqlite":  # whose driver does not count after a WITH
        return connection.scalar(sa.select(sa.func.changes())) or 0
    return done.rowcount


def _counted(
    connection: Connection,
    rank: sa.ColumnElement[int],
    sizes: Sequence[int],
    before: Sequence[int],
    *,
    size: int,
) -> sa.ColumnElement[Any]:
    """Have SQLite ask us for each position: its window functions take longer than all the rest.

    Every position of a rank is given once, in whatever order the rows come.
    """
    left = [
        positions.positions(people, size=size, after=after)
        for people, after in zip(sizes, before, strict=True)
    ]
    driver = connection.connection.dbapi_connection
    assert driver is not None
    if len(left) == 1:
        driver.create_function("next_position", 0, left[0].__next__)
        return sa.func.next_position()
    driver.create_function("next_position", 1, lambda rank: next(left[rank]))
    return sa.func.next_position(rank)


def _by_rank(rank: sa.ColumnElement[int], numbers: Sequence[int]) -> sa.ColumnElement[int]:
    """Return the number of a rank."""
    if len(numbers) == 1:
        return sa.literal(numbers[0])
    return sa.case(dict(enumerate(numbers)), value=rank)


def _ranks(numbers: Mapping[str, int]) -> sa.CTE:
    """Return zones and their ranks as a table of the statement's own."""
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


Mornings = Callable[[Iterable[str]], Mapping[str, datetime]]  # zones, known or not → their moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """What a new send is made from."""

    audience: Audience
    kind: SendKind
    message: Message
    provider: str
    batch_size: int
    due_at: datetime  # when all are to have it
    mornings: Mornings | None = None  # instead: when the readers of each zone are
    canary: CanaryPlan | None = None
    cap: int | None = None  # the most recipients; the same ones come first each day
    named: tuple[str, ...] = ()  # of a test send: its addresses
    content: FrozenContent | None = None  # of the send of an edition
