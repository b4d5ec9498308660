"""Make the partitions that will be needed, before anything is written that belongs into them.

A partition of events is a month. A send's number is all that its recipients tell of time: a
partition of them is as many sends as the last month had. What no partition is for lies in the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.errors import StorageBusy, StorageCollision, StorageError
from newsletter.storage.database import Database
from newsletter.storage.partitions import bounds, catalog
from newsletter.storage.partitions.catalog import Partition
from newsletter.storage.tables import event, recipient, recipient_report, send

log = logging.getLogger(__name__)
OF_SENDS = (recipient, recipient_report)  # their partitions have the same bounds
_MONTHS_AHEAD = 2
_MONTH = timedelta(days=31)
_LEAST, _MOST = 8, 4096  # sends of one partition
_REST = f"{event.name}_rest"
_MOST_MOVED = 10_000  # events
# How long it waits for others, who wait behind it meanwhile; the next tick tries again.
_PATIENCE = "SET LOCAL lock_timeout = '200ms'"


def make_ahead(database: Database, *, now: datetime) -> int:
    """Make what is missing, and count it; what cannot be done now is left to the next who asks.

    0 where there is nothing to make, on SQLite, and for a role that may not create tables.
    """
    if database.engine.dialect.name != "postgresql":
        return 0
    try:
        with database.read() as connection:
            if not list(_missing(connection, now)):
                return 0
        with database.write() as connection:
            return _make(connection, now)
    except (StorageBusy, StorageCollision) as error:
        log.debug("No partition was made yet: %s", error.what)
    except StorageError as error:
        log.warning("No partition was made: %s", error.what, extra={"event": "partitions.not_made"})
    return 0


def begin(connection: Connection) -> bool:
    """Be the only one who changes partitions, for this transaction; False: another one does."""
    connection.exec_driver_sql(_PATIENCE)
    lock = sa.select(sa.func.pg_try_advisory_xact_lock(catalog.LOCK))
    return bool(connection.scalar(lock))


def _make(connection: Connection, now: datetime) -> int:
    if not begin(connection):
        return 0
    missing = list(_missing(connection, now))
    for table, new in missing:
        _add(connection, table, new)
    return len(missing)


def _missing(connection: Connection, now: datetime) -> Iterator[tuple[sa.Table, Partition]]:
    if catalog.may_change(connection, event):
        yield from ((event, one) for one in _months(connection, now))
    if all(catalog.may_change(connection, table) for table in OF_SENDS):
        for low, high in _ranges(connection, now):
            for table in OF_SENDS:
                name = f"{table.name}_from_{low}"
                yield table, Partition(name=name, low=str(low), high=str(high))


def _months(connection: Connection, now: datetime) -> Iterator[Partition]:
    """Yield this month and those ahead that nothing is for, and of which little has come yet."""
    there = catalog.partitions(connection, event)
    month = bounds.month_of(now)
    for _ in range(1 + _MONTHS_AHEAD):
        low, after = bounds.key_of(month), bounds.next_month(month)
        high = bounds.key_of(after)
        is_free = all(one.high <= low or high <= one.low for one in there)
        new = Partition(name=f"{event.name}_{month:%Y_%m}", low=low, high=high)
        if is_free and _has_little_rest(connection, new):
            yield new
        month = after


def _ranges(connection: Connection, now: datetime) -> Iterator[tuple[int, int]]:
    """Yield the numbers of sends that nothing is for; a whole range is always ahead."""
    last = connection.scalar(sa.select(sa.func.max(send.c.id))) or 0
    lately = sa.select(sa.func.count()).where(send.c.created_at > now - _MONTH)
    size = min(max(connection.scalar(lately) or 0, _LEAST), _MOST)
    ends = [int(one.high) for one in catalog.partitions(connection, recipient)]
    end = max([*ends, 1])
    if end <= last:  # nobody made any in time: what has begun lies in the rest already
        end = last + 1
    while end <= last + size:
        yield end, end + size
        end += size


def _has_little_rest(connection: Connection, new: Partition) -> bool:
    """Say whether few events of a month lie in the rest: of a stranger's clock that is fast."""
    rest = sa.select(sa.literal(1)).select_from(_table(_REST)).where(_within(new))
    query = sa.select(sa.func.count()).select_from(rest.limit(_MOST_MOVED + 1).subquery())
    return (connection.scalar(query) or 0) <= _MOST_MOVED


def _within(new: Partition) -> sa.ColumnElement[bool]:
    key = sa.column(event.c.key.name, event.c.key.type)
    return (key >= new.low) & (key < new.high)


def _add(connection: Connection, table: sa.Table, new: Partition) -> None:
    """Make a table and attach it: whoever reads or writes the others goes on meanwhile."""
    like = f"LIKE {table.name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE"
    connection.exec_driver_sql(f"CREATE TABLE {new.name} ({like})")
    if table is event:
        # One second, one partition: its ids are told apart within it, see decision 0048.
        connection.exec_driver_sql(f"CREATE UNIQUE INDEX ON {new.name} (event_id)")
        _move_from_rest(connection, new)
    catalog.copy_rights(connection, source=table.name, to=new.name)
    connection.exec_driver_sql(
        f"ALTER TABLE {table.name} ATTACH PARTITION {new.name}"
        f" FOR VALUES FROM ('{new.low}') TO ('{new.high}')"
    )


def _move_from_rest(connection: Connection, new: Partition) -> None:
    names = event.c.keys()
    rest = _table(_REST)
    moved = sa.delete(rest).where(_within(new)).returning(*rest.c).cte("moved")
    insert = sa.insert(_table(new.name)).from_select(names, sa.select(moved))
    connection.execute(insert)


def _table(name: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(one.name, one.type) for one in event.c))
