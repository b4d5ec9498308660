"""Take off what is kept no longer, in small steps; what an audit adds up from stays.

Of an old send go the recipients of whom there is nothing to say but what their batch says, and
what was reported of them. Batches, attempts, digests and whoever was left out stay, and the sums
of what goes are written down before the first row does.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.errors import StorageError
from newsletter.core.feedback_loops import Feedback
from newsletter.storage import single_mail_rows
from newsletter.storage.database import Database
from newsletter.storage.partitions import making, old_events, old_sends
from newsletter.storage.partitions.bounds import LATEST
from newsletter.storage.partitions.catalog import Partition
from newsletter.storage.partitions.old_sends import Part
from newsletter.storage.sends import feedback
from newsletter.storage.tables import event, recipient, recipient_report, send, send_total

log = logging.getLogger(__name__)
STEP = 5_000  # rows of one transaction: a sender beside it hardly waits


class Retention:
    """The old rows of one publication."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def make_room(self, *, now: datetime) -> int:
        """Make the partitions that will be needed; count them."""
        return making.make_ahead(self._database, now=now)

    def take_off_recipients(self, *, before: datetime, now: datetime) -> int:
        """Take off some recipients of ended sends, then single mails; 0: none are left.

        Up to `STEP` rows, or a whole partition.
        """
        parts = self._parts()
        if done := self._take_off_part(parts, before=before, now=now):
            return done
        with self._database.write() as connection:
            return self._take_off_some(connection, parts, before=before, now=now)

    def _parts(self) -> Sequence[Part]:
        if self._database.engine.dialect.name != "postgresql":
            return ()
        with self._database.read() as connection:
            return old_sends.parts(connection)

    def _take_off_part(self, parts: Sequence[Part], *, before: datetime, now: datetime) -> int:
        """Write down the sums of one send of the oldest past partition, or drop it at last.

        One that no send is left in goes beside it, and counts for nothing.
        """
        past = [one for one in parts if one.is_past(before) and one.is_of(self._publication)]
        for part in past:
            new = next((one.id for one in part.held if not one.has_total), None)
            if new is None:
                done = self._drop(old_sends.drop, part, now=now)
                if part.held:
                    return done
                continue
            with self._database.write() as connection:
                if _is_whole(connection, new):
                    connection.execute(sa.insert(send_total).values(_totals(connection, new, now)))
                    return 1
        return 0

    def _take_off_some(
        self, connection: Connection, parts: Sequence[Part], *, before: datetime, now: datetime
    ) -> int:
        waiting = old_sends.waiting(parts, publication=self._publication, before=before)
        send_id = self._next_send(connection, before, but=set(waiting))
        if send_id is None:
            return single_mail_rows.take_off(
                connection, self._publication, before=before, limit=STEP
            )
        if not _is_begun(connection, send_id):
            connection.execute(sa.insert(send_total).values(_totals(connection, send_id, now)))
        return _take_off(connection, send_id, now=now)

    def take_off_events(self, *, before: datetime) -> int:
        """Take off up to `STEP` events, or a whole month of them; 0: there are none left."""
        waits = False
        if self._database.engine.dialect.name == "postgresql":
            with self._database.read() as connection:
                month = old_events.first_past(connection, self._publication, before=before)
                waits = old_events.waits(connection, self._publication)
            drop = partial(old_events.drop, publication=self._publication, before=before)
            if month is not None and (done := self._drop(drop, month)):
                return done
        with self._database.write() as connection:
            if not waits:
                return self._delete_events(connection, event.c.received_at < before)
            late = event.c.received_at < before - LATEST
            rest = (event.c.received_at < before) & old_events.in_rest(connection)
            done = self._delete_events(connection, late)
            return done or self._delete_events(connection, rest)

    def _delete_events(self, connection: Connection, which: sa.ColumnElement[bool]) -> int:
        own = sa.select(send.c.id).where(send.c.publication == self._publication)
        is_own = event.c.send_id.is_(None) | event.c.send_id.in_(own)
        old = sa.select(event.c.key).where(which, is_own).limit(STEP)
        return connection.execute(sa.delete(event).where(event.c.key.in_(old))).rowcount

    def _drop(self, drop: Callable[..., int], part: Part | Partition, **named: datetime) -> int:
        """Drop a partition; 0: others are in the way, and the next tick tries again."""
        try:
            with self._database.write() as connection:
                return drop(connection, part, **named)
        except StorageError as error:
            log.debug("A partition stays for now: %s", error.what)
            return 0

    def _next_send(
        self, connection: Connection, before: datetime, *, but: Container[int]
    ) -> int | None:
        """Return the oldest send with something to take off, whose rows are all there."""
        query = (
            sa.select(send.c.id)
            .outerjoin(send_total, send_total.c.send_id == send.c.id)
            .where(
                send.c.publication == self._publication,
                send.c.status.in_(old_sends.ENDED),
                send.c.created_at < before,
                send_total.c.ended_at.is_(None),
            )
            .order_by(send.c.id)
        )
        for row in connection.execute(query):
            # What does not add up is left as it is: the audit has to go on telling of it.
            if row.id in but:
                continue
            if _is_begun(connection, row.id) or _is_whole(connection, row.id):
                return int(row.id)
        return None


class Total(NamedTuple):
    """What is written down of a send."""

    lowest: int
    highest: int
    removed: int
    reported: Mapping[str, int]
    feedback: Feedback


def total(connection: Connection, send_id: int) -> Total | None:
    """Return what was written down of a send; None: all of it is there."""
    query = sa.select(send_total).where(send_total.c.send_id == send_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Total(row.lowest, row.highest, row.removed, row.reported, Feedback(**row.feedback))


def reported(connection: Connection, send_id: int) -> Counter[str]:
    """Count the people of a send by what was reported of them last, as far as that is kept."""
    kind = recipient_report.c.kind
    query = sa.select(kind, sa.func.count()).where(recipient_report.c.send_id == send_id)
    rows = connection.execute(query.group_by(kind).order_by(kind))
    return Counter({str(row[0]): int(row[1]) for row in rows})


def _is_begun(connection: Connection, send_id: int) -> bool:
    return total(connection, send_id) is not None


def _positions(connection: Connection, send_id: int) -> tuple[int, int, int]:
    position = recipient.c.position
    query = sa.select(sa.func.count(), sa.func.min(position), sa.func.max(position))
    row = connection.execute(query.where(recipient.c.send_id == send_id)).one()
    return row[0], row[1] or 0, row[2] or 0


def _is_whole(connection: Connection, send_id: int) -> bool:
    rows, lowest, highest = _positions(connection, send_id)
    frozen = connection.scalar(sa.select(send.c.recipients).where(send.c.id == send_id))
    return rows == frozen and (rows == 0 or (lowest, highest) == (1, rows))


def _totals(connection: Connection, send_id: int, now: datetime) -> dict[str, Any]:
    _, lowest, highest = _positions(connection, send_id)
    return {
        "send_id": send_id,
        "lowest": lowest,
        "highest": highest,
        "removed": 0,
        "reported": dict(reported(connection, send_id)),
        "feedback": asdict(feedback.read(connection, send_id)),
        "begun_at": now,
    }


def _take_off(connection: Connection, send_id: int, *, now: datetime) -> int:
    """Take off the next rows of a send; the last step says that it was."""
    recipients = _delete(connection, recipient, send_id, recipient.c.outcome.is_(None))
    reports = 0 if recipients else _delete(connection, recipient_report, send_id, sa.true())
    values: dict[str, Any] = {"removed": send_total.c.removed + recipients}
    if not recipients and not reports:
        values["ended_at"] = now
    this = send_total.c.send_id == send_id
    connection.execute(sa.update(send_total).where(this).values(values))
    return recipients + reports or 1  # a send that is done with is a step too


def _delete(
    connection: Connection, table: sa.Table, send_id: int, which: sa.ColumnElement[bool]
) -> int:
    of_send = (table.c.send_id == send_id) & which
    first = connection.scalar(sa.select(sa.func.min(table.c.position)).where(of_send))
    if first is None:
        return 0
    window = table.c.position.between(first, first + STEP - 1)
    return connection.execute(sa.delete(table).where(of_send, window)).rowcount
