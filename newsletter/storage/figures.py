"""The numbers an operator watches: counts, states and moments, of nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SendKind
from newsletter.storage.database import Database
from newsletter.storage.tables import (
    attempt,
    batch,
    event,
    event_post,
    recipient_report,
    send,
    subscriber,
    wave,
)

_SIZE = batch.c.last - batch.c.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSend:
    """The latest edition that was begun."""

    edition: date
    status: str
    recipients: int
    due_at: datetime  # of its first wave
    first_at: datetime | None  # when its first attempt began; None: none did yet
    last_at: datetime | None  # when its last attempt ended
    completed_at: datetime | None
    states: Mapping[str, int]  # of batches → recipients in them
    reported: Mapping[str, int]  # what events told last → people


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a publication's tables add up to."""

    subscribers: Mapping[str, int]  # by state
    sends: Mapping[str, int]  # of editions, by status
    waiting: Mapping[str, int]  # recipients of sends that are not over, by state of their batch
    last_event_at: datetime | None  # when an event came last
    posts: int  # of events that are not taken in
    set_aside: int  # of them, those that could not be
    last: LastSend | None


def read(database: Database, publication: str) -> Figures:
    """Add everything up, from one state of the database."""
    own = (send.c.publication == publication) & (send.c.kind == SendKind.EDITION)
    problem = event_post.c.problem.is_not(None)
    with database.read() as connection:
        return Figures(
            subscribers=_counts(
                connection, subscriber.c.state, subscriber.c.publication == publication
            ),
            sends=_counts(connection, send.c.status, own),
            waiting=_batches(connection, own & (send.c.status.in_(("open", "paused")))),
            last_event_at=connection.scalar(sa.select(sa.func.max(event.c.received_at))),
            posts=_count(connection, event_post, ~problem),
            set_aside=_count(connection, event_post, problem),
            last=_last(connection, own),
        )


def _counts(
    connection: Connection, column: sa.Column[str], which: sa.ColumnElement[bool]
) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).where(which).group_by(column)
    return {str(name): int(count) for name, count in connection.execute(query)}


def _count(connection: Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(which)
    return int(connection.scalar(query) or 0)


def _batches(connection: Connection, which: sa.ColumnElement[bool]) -> dict[str, int]:
    query = (
        sa.select(batch.c.state, sa.func.sum(_SIZE))
        .join(send, send.c.id == batch.c.send_id)
        .where(which)
        .group_by(batch.c.state)
    )
    return {str(state): int(people) for state, people in connection.execute(query)}


def _last(connection: Connection, own: sa.ColumnElement[bool]) -> LastSend | None:
    row = connection.execute(
        sa.select(send).where(own).order_by(send.c.edition.desc()).limit(1)
    ).first()
    if row is None:
        return None
    this = attempt.c.send_id == row.id
    bounds = sa.select(sa.func.min(attempt.c.started_at), sa.func.max(attempt.c.ended_at))
    first_at, last_at = connection.execute(bounds.where(this)).one()
    due = sa.select(sa.func.min(wave.c.due_at)).where(wave.c.send_id == row.id)
    reports = recipient_report.c.send_id == row.id
    return LastSend(
        edition=row.edition,
        status=row.status,
        recipients=row.recipients,
        due_at=connection.scalar(due) or row.created_at,
        first_at=first_at,
        last_at=last_at,
        completed_at=row.completed_at,
        states=_batches(connection, send.c.id == row.id),
        reported=_counts(connection, recipient_report.c.kind, reports),
    )
