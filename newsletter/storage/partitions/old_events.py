"""Drop the months of events in which all is old, and say which old events wait for their month."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.partitions import bounds, catalog, making
from newsletter.storage.partitions.catalog import Partition
from newsletter.storage.tables import event, send


def waits(connection: Connection, publication: str) -> bool:
    """Say whether old events wait for their month, to go with it.

    Where several publications share the months, each takes its own off in steps.
    """
    return catalog.may_change(connection, event) and _is_alone(connection, publication)


def in_rest(connection: Connection) -> sa.ColumnElement[bool]:
    """Match the events that no month is for."""
    within = [
        (event.c.key >= one.low) & (event.c.key < one.high)
        for one in _joined(catalog.partitions(connection, event))
    ]
    return ~sa.or_(sa.false(), *within)


def first_past(connection: Connection, publication: str, *, before: datetime) -> Partition | None:
    """Return the oldest month with nothing in it, or nothing that is not old and this one's."""
    if not catalog.may_change(connection, event):
        return None
    is_alone = _is_alone(connection, publication)
    months = catalog.partitions(connection, event)
    for one in (one for one in months if one.high <= bounds.key_of(before)):
        if _is_past(connection, one, before, is_alone=is_alone):
            return one
    return None


def drop(connection: Connection, one: Partition, *, publication: str, before: datetime) -> int:
    """Drop a month, if it is still past; count its rows. 0: none, or not now.

    Raises `StorageBusy` where others are in the way; nothing is changed then.
    """
    if not making.begin(connection):
        return 0
    connection.exec_driver_sql(f"LOCK TABLE ONLY {event.name} IN ACCESS EXCLUSIVE MODE")
    # What somebody else wrote until just now is seen only from here on.
    if first_past(connection, publication, before=before) != one:
        return 0
    rows, newest = catalog.rows_about(connection, one.name), _newest(connection, one)
    connection.exec_driver_sql(f"DROP TABLE {one.name}")
    return max(rows, 1) if newest else 0


def _is_alone(connection: Connection, publication: str) -> bool:
    others = sa.exists().where(send.c.publication != publication)
    return not connection.scalar(sa.select(others))


def _is_past(connection: Connection, one: Partition, before: datetime, *, is_alone: bool) -> bool:
    newest = _newest(connection, one)
    return newest is None or (is_alone and newest < before)


def _newest(connection: Connection, one: Partition) -> datetime | None:
    """Return when the last event of a month was received; None where it is empty."""
    received = sa.column(event.c.received_at.name, event.c.received_at.type)
    query = sa.select(sa.func.max(received)).select_from(sa.table(one.name))
    newest: datetime | None = connection.scalar(query)
    return newest


def _joined(months: tuple[Partition, ...]) -> list[Partition]:
    """Make one of months that follow each other: the planner looks at each for itself."""
    joined: list[Partition] = []
    for one in months:
        if joined and joined[-1].high == one.low:
            one = Partition(name=one.name, low=joined.pop().low, high=one.high)  # noqa: PLW2901
        joined.append(one)
    return joined
