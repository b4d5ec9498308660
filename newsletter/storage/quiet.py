"""Find the quiet readers: mailed again and again, and never a sign of life. Only reads.

What is known is what the provider reports. Editions it reported nothing of are left out of the
count, and where nothing tells of opening, a delivery is all the life that can show.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, SendKind
from newsletter.core.model.events import EventKind
from newsletter.storage.database import Database
from newsletter.storage.sends.audiences import mailable
from newsletter.storage.subscribers import history
from newsletter.storage.tables import (
    batch,
    recipient,
    recipient_report,
    send,
    subscriber,
)
from newsletter.subscribers.quiet import QuietGroup, Quietness, QuietReader, QuietReport

_PAGE = 1_000
_OPENED = (EventKind.OPENED, EventKind.CLICKED)
_ACTED = (*_OPENED, EventKind.UNSUBSCRIBED, EventKind.COMPLAINED)
_NOTHING, _FAILED, _DELIVERED, _LIVES = range(4)  # the best that is known of somebody's copies
_GROUPS = {
    _NOTHING: Quietness.SILENT,
    _FAILED: Quietness.UNDELIVERED,
    _DELIVERED: Quietness.UNOPENED,
}


class QuietReaders:
    """The quiet readers of one publication."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def report(self, *, since: datetime, editions: int) -> QuietReport:
        """Count by group who got at least so many editions since a moment and stayed quiet."""
        with self._database.read() as connection:
            sends = self._known(connection, since)
            tracked = _tracked(connection, sends)
            people = mailable(connection, self._publication)
            found = _quiet(
                people, sends, since=since, editions=editions, tracked=tracked
            ).subquery()
            query = sa.select(
                found.c.best, sa.func.count(), sa.func.min(found.c.consented_at)
            ).group_by(found.c.best)
            rows = {row[0]: row for row in connection.execute(query)}
        groups = tuple(
            QuietGroup(_GROUPS[best], subscribers=rows[best][1], oldest=rows[best][2])
            for best in _GROUPS
            if best in rows
        )
        return QuietReport(editions=len(sends), tracked=tracked, groups=groups)

    def people(self, *, since: datetime, editions: int) -> Iterator[QuietReader]:
        """Stream those people, longest on the list first, as they are in one moment."""
        with self._database.read() as connection:
            sends = self._known(connection, since)
            tracked = _tracked(connection, sends)
            people = mailable(connection, self._publication)
            query = _quiet(people, sends, since=since, editions=editions, tracked=tracked)
            streaming = connection.execution_options(stream_results=True, yield_per=_PAGE)
            for row in streaming.execute(query.order_by(subscriber.c.id)):
                yield QuietReader(
                    address=row.address,
                    name=row.name,
                    quietness=_GROUPS[row.best],
                    editions=row.editions,
                    consented_at=row.consented_at,
                )

    def _known(self, connection: Connection, since: datetime) -> tuple[int, ...]:
        """List the sends since a moment of which the provider reported anything."""
        told = sa.exists().where(recipient_report.c.send_id == send.c.id)
        query = sa.select(send.c.id).where(
            send.c.publication == self._publication,
            send.c.kind == SendKind.EDITION,
            send.c.created_at >= since,
            told,
        )
        return tuple(connection.scalars(query))


def _tracked(connection: Connection, sends: tuple[int, ...]) -> bool:
    """Say whether anything tells of opening, or only of delivery."""
    opened = recipient_report.c.send_id.in_(sends) & recipient_report.c.kind.in_(_OPENED)
    return bool(connection.scalar(sa.select(sa.exists().where(opened))))


def _quiet(
    people: sa.ColumnElement[bool],
    sends: tuple[int, ...],
    *,
    since: datetime,
    editions: int,
    tracked: bool,
) -> sa.Select[Any]:
    """Select who of some people got so many editions, and showed no life nor consented since."""
    copies = _copies(sends, editions=editions, tracked=tracked).subquery()
    consented_at = history.consented_at()
    return (
        sa.select(
            subscriber.c.address,
            subscriber.c.name,
            copies.c.best,
            copies.c.editions,
            consented_at.label("consented_at"),
        )
        .join(copies, copies.c.subscriber_id == subscriber.c.id)
        .where(people, consented_at < since)
    )


def _copies(sends: tuple[int, ...], *, editions: int, tracked: bool) -> sa.Select[Any]:
    """Count everybody's copies that were handed over, with the best that is known of them."""
    told = recipient_report
    life = (told.c.kind.in_(_ACTED), _LIVES)
    delivered = (told.c.kind == EventKind.DELIVERED, _DELIVERED if tracked else _LIVES)
    copy = sa.case(life, delivered, (told.c.kind.is_not(None), _FAILED), else_=_NOTHING)
    best, count = sa.func.max(copy), sa.func.count()
    return (
        sa.select(recipient.c.subscriber_id, count.label("editions"), best.label("best"))
        .select_from(batch)
        .join(
            recipient,
            (recipient.c.send_id == batch.c.send_id)
            & recipient.c.position.between(batch.c.first, batch.c.last),
        )
        .outerjoin(
            told,
            (told.c.send_id == recipient.c.send_id) & (told.c.position == recipient.c.position),
        )
        .where(
            batch.c.send_id.in_(sends),
            batch.c.state == BatchState.SUBMITTED,
            recipient.c.outcome.is_(None),
        )
        .group_by(recipient.c.subscriber_id)
        .having((count >= editions) & (best < _LIVES))
    )
