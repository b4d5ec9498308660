"""Judge the partitions of old sends' recipients, and drop those in which all is over.

The audit's sums are written down by the caller before. Who was left out is kept: those rows move to
the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SendStatus
from newsletter.storage.partitions import catalog, making
from newsletter.storage.partitions.bounds import LATEST
from newsletter.storage.partitions.catalog import Partition
from newsletter.storage.tables import recipient, recipient_report, send, send_total

ENDED = (SendStatus.COMPLETE, SendStatus.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A send whose recipients are still there."""

    id: int
    publication: str
    created_at: datetime
    is_ended: bool
    has_total: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One partition of sends, and what is in it."""

    partition: Partition
    held: tuple[Held, ...]
    is_full: bool  # no further send will be in it

    def is_of(self, publication: str) -> bool:
        """Say whether all in it is one publication's."""
        return all(one.publication == publication for one in self.held)

    def is_past(self, before: datetime) -> bool:
        """Say whether everything in it has ended and is old."""
        return self.is_full and all(one.is_ended and one.created_at < before for one in self.held)


def parts(connection: Connection) -> tuple[Part, ...]:
    """Return the partitions of sends that this role may drop, the oldest first."""
    if not all(catalog.may_change(connection, table) for table in making.OF_SENDS):
        return ()
    last = connection.scalar(sa.select(sa.func.max(send.c.id))) or 0
    found = catalog.partitions(connection, recipient)
    if not found:
        return ()
    held = _held(connection)
    return tuple(
        Part(
            partition=one,
            held=tuple(each for each in held if _low(one) <= each.id < int(one.high)),
            is_full=int(one.high) <= last,
        )
        for one in found
    )


def waiting(found: Sequence[Part], *, publication: str, before: datetime) -> Iterator[int]:
    """Yield the old sends that wait for the rest of their partition, to go with it."""
    for part in found:
        if part.is_of(publication):
            yield from (one.id for one in part.held if one.created_at >= before - LATEST)


def drop(connection: Connection, part: Part, *, now: datetime) -> int:
    """Drop a partition of which every send has its sums; count its rows. 0: none, or not now.

    Raises `StorageBusy` where others are in the way; nothing is changed then.
    """
    if not making.begin(connection):
        return 0
    tables = ", ".join(f"ONLY {table.name}" for table in (send, *making.OF_SENDS))
    connection.exec_driver_sql(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
    # What somebody else wrote until just now is seen only from here on.
    again = next((one for one in parts(connection) if one.partition == part.partition), None)
    if again != part or not all(one.has_total for one in part.held):
        return 0
    rows = _detach(connection, part)
    _note(connection, part, now=now)
    return max(rows, 1) if part.held else 0


def _held(connection: Connection) -> list[Held]:
    query = (
        sa.select(send, send_total.c.send_id.label("total"))
        .outerjoin(send_total, send_total.c.send_id == send.c.id)
        .where(send_total.c.ended_at.is_(None))
        .order_by(send.c.id)
    )
    return [
        Held(
            id=row.id,
            publication=row.publication,
            created_at=row.created_at,
            is_ended=row.status in ENDED,
            has_total=row.total is not None,
        )
        for row in connection.execute(query)
    ]


def _low(partition: Partition) -> int:
    return 0 if partition.low == "MINVALUE" else int(partition.low)


def _detach(connection: Connection, part: Part) -> int:
    """Take both tables' partitions away; what was said of people stays in the rest."""
    rows = 0
    of_reports = {one.high: one.name for one in catalog.partitions(connection, recipient_report)}
    name, reports = part.partition.name, of_reports.get(part.partition.high)
    for one in filter(None, (name, reports)):
        rows += catalog.rows_about(connection, one)
    connection.exec_driver_sql(f"ALTER TABLE {recipient.name} DETACH PARTITION {name}")
    columns = ", ".join(recipient.c.keys())
    connection.exec_driver_sql(
        f"INSERT INTO {recipient.name} ({columns})"  # noqa: S608  # names of ours
        f" SELECT {columns} FROM {name} WHERE outcome IS NOT NULL"
    )
    connection.exec_driver_sql(f"DROP TABLE {name}")
    if reports is not None:
        connection.exec_driver_sql(f"DROP TABLE {reports}")
    return rows


def _note(connection: Connection, part: Part, *, now: datetime) -> None:
    """Write down how many rows went of each send; what stays of it lies in the rest by now."""
    stays = (
        sa.select(sa.func.count())
        .where(recipient.c.send_id == send_total.c.send_id)
        .scalar_subquery()
    )
    frozen = sa.select(send.c.recipients).where(send.c.id == send_total.c.send_id).scalar_subquery()
    connection.execute(
        sa.update(send_total)
        .where(send_total.c.send_id.in_([one.id for one in part.held]))
        .values(removed=frozen - stays, ended_at=now)
    )
