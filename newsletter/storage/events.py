"""The provider's posts as they came, their events, and what followed: each event counts once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from newsletter.core.errors import InputError
from newsletter.core.model import BatchState, SendStatus
from newsletter.core.model.events import Effects, Event, EventKind, Intake, Past, Report, Taken
from newsletter.storage.database import Database
from newsletter.storage.subscribers.leaving import Allows, leave
from newsletter.storage.tables import (
    attempt,
    batch,
    event,
    event_post,
    recipient_report,
    send,
)

_Item = TypeVar("_Item")
_ROWS = 500  # of one statement; SQLite takes 32,766 values
_PASTS = 200  # events of one person that are looked at
_OPEN = (BatchState.CLAIMED, BatchState.UNCERTAIN)
_RUNNING = (SendStatus.OPEN, SendStatus.PAUSED)
_UNSETTLED = (BatchState.PLANNED, *_OPEN)
_BY = "provider's event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How events are read and judged; all of it pure."""

    parse: Callable[[bytes, datetime], Sequence[Event]]  # raises `InputError`
    effects: Callable[[Sequence[Event], Mapping[str, int], Mapping[str, Sequence[Past]]], Effects]
    allows: Allows


class EventStore:
    """The events of a publication's provider."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, provider: str, body: bytes, *, now: datetime) -> None:
        """Store a post as it came; `take` reads it later."""
        row = {"provider": provider, "received_at": now, "body": body}
        with self._database.write() as connection:
            connection.execute(sa.insert(event_post).values(**row))

    def waiting(self, provider: str) -> int:
        """Count the posts that wait to be taken."""
        query = sa.select(sa.func.count()).where(_waiting(provider))
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def take(self, provider: str, judgement: Judgement, *, now: datetime) -> Intake | None:
        """Take in the oldest post, in one transaction with all that follows; None: there is none.

        A post that cannot be read is kept with the reason, and never looked at again.
        """
        oldest = sa.select(event_post).where(_waiting(provider)).order_by(event_post.c.id).limit(1)
        with self._database.write() as connection:
            row = connection.execute(oldest.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            try:
                events = judgement.parse(row.body, row.received_at)
            except InputError as error:
                spoilt = sa.update(event_post).where(event_post.c.id == row.id)
                connection.execute(spoilt.values(problem=error.what))
                return Intake(posts=1, unreadable=1)
            intake = _take_in(connection, events, judgement, now=now)
            connection.execute(sa.delete(event_post).where(event_post.c.id == row.id))
            return intake

    def take_in(self, events: Sequence[Event], judgement: Judgement, *, now: datetime) -> Intake:
        """Take in events that came another way, in one transaction with all that follows."""
        with self._database.write() as connection:
            return _take_in(connection, events, judgement, now=now)


def _waiting(provider: str) -> sa.ColumnElement[bool]:
    return (event_post.c.provider == provider) & event_post.c.problem.is_(None)


def _take_in(
    connection: Connection, events: Sequence[Event], judgement: Judgement, *, now: datetime
) -> Intake:
    sends = _sends(connection, {one.attempt_id for one in events if one.attempt_id})
    new = _insert(connection, events, sends, now=now)
    blocked = {one.canonical for one in new if one.kind is EventKind.BLOCKED and one.canonical}
    effects = judgement.effects(new, sends, _pasts(connection, blocked))
    proven = sum(_prove(connection, taken, now=now) for taken in effects.taken)
    _report(connection, effects.reports)
    left = [
        leave(connection, one, allows=judgement.allows, by=_BY, now=now) for one in effects.leaving
    ]
    _complete(connection, {sends[one.attempt_id] for one in effects.taken}, now=now)
    return Intake(
        posts=1, events=len(new), repeated=len(events) - len(new), proven=proven, left=sum(left)
    )


def _sends(connection: Connection, attempts: Iterable[str]) -> dict[str, int]:
    """Look up the sends of attempts; what is not in the answer is not ours."""
    found: dict[str, int] = {}
    for step in _steps(sorted(attempts)):
        query = sa.select(attempt.c.id, attempt.c.send_id).where(attempt.c.id.in_(step))
        found.update((row.id, row.send_id) for row in connection.execute(query))
    return found


def _insert(
    connection: Connection, events: Sequence[Event], sends: Mapping[str, int], *, now: datetime
) -> list[Event]:
    """Write events that are not known, by natural key and by the provider's id; give those."""
    by_key = {one.key: one for one in reversed(events)}  # the first of each
    if not by_key:
        return []
    rows = [_row(by_key[key], sends, now=now) for key in sorted(by_key)]
    new = set(connection.scalars(_insert_new(connection).returning(event.c.key), rows))
    return [by_key[key] for key in by_key if key in new]


def _insert_new(connection: Connection) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(event).on_conflict_do_nothing()
    return postgresql.insert(event).on_conflict_do_nothing()


def _row(one: Event, sends: Mapping[str, int], *, now: datetime) -> dict[str, Any]:
    return {
        "key": one.key,
        "event_id": one.event_id,
        "kind": one.kind,
        "name": one.name,
        "at": one.at,
        "canonical": one.canonical,
        "attempt_id": one.attempt_id,
        "send_id": sends.get(one.attempt_id or ""),
        "position": one.position,
        "reason": one.reason,
        "received_at": now,
    }


def _pasts(connection: Connection, addresses: Iterable[str]) -> dict[str, list[Past]]:
    found: defaultdict[str, list[Past]] = defaultdict(list)
    for canonical in sorted(addresses):
        query = (
            sa.select(event.c.send_id, event.c.kind)
            .where(event.c.canonical == canonical, event.c.send_id.is_not(None))
            .order_by(event.c.at.desc())
            .limit(_PASTS)
        )
        found[canonical] = [
            Past(row.send_id, EventKind(row.kind)) for row in connection.execute(query)
        ]
    return found


def _prove(connection: Connection, taken: Taken, *, now: datetime) -> bool:
    """Record that an attempt was taken; say whether that settled a doubt.

    An attempt that was given up keeps its state: that its recipients may have two copies is
    then for the audit to tell. One whose recall was asked for is settled only by an event that
    shows that its mail went out: it may have been taken and stopped.
    """
    of_attempt = attempt.c.id == taken.attempt_id
    known = sa.func.coalesce(attempt.c.provider_id, taken.provider_id)
    values = {"proven_at": sa.func.coalesce(attempt.c.proven_at, now), "provider_id": known}
    if taken.went_out:
        values["went_at"] = sa.func.coalesce(attempt.c.went_at, now)
    connection.execute(sa.update(attempt).where(of_attempt).values(values))
    stands = sa.true() if taken.went_out else attempt.c.recall_asked_at.is_(None)
    settled = {"state": BatchState.SUBMITTED, "reason": None, "ended_at": now}
    settle = sa.update(attempt).where(of_attempt, attempt.c.state.in_(_OPEN), stands)
    if not connection.execute(settle.values(settled)).rowcount:
        return False
    before = sa.select(batch.c.state).where(batch.c.attempt_id == taken.attempt_id)
    open_batch = (batch.c.attempt_id == taken.attempt_id) & batch.c.state.in_(_OPEN)
    doubted = connection.scalar(before) == BatchState.UNCERTAIN
    submitted = sa.update(batch).where(open_batch).values(state=BatchState.SUBMITTED, owner=None)
    return bool(connection.execute(submitted).rowcount) and doubted


def _report(connection: Connection, reports: Sequence[Report]) -> None:
    """Move recipients' states forward, never back."""
    columns = ("kind", "rank", "at", "reason")
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(recipient_report)
    new, old = insert.excluded, recipient_report.c
    is_later = (new["rank"] == old["rank"]) & (new["at"] > old["at"])
    forward = insert.on_conflict_do_update(
        index_elements=[old.send_id, old.position],
        set_={name: new[name] for name in columns},
        where=(new["rank"] > old["rank"]) | is_later,
    )
    if reports:
        connection.execute(forward, [asdict(one) for one in reports])


def _complete(connection: Connection, sends: Iterable[int], *, now: datetime) -> None:
    """Close the sends in which nothing is open any more."""
    open_batch = sa.exists().where(batch.c.send_id == send.c.id, batch.c.state.in_(_UNSETTLED))
    for send_id in sorted(sends):
        close = sa.update(send).where(
            send.c.id == send_id, send.c.status.in_(_RUNNING), ~open_batch
        )
        connection.execute(close.values(status=SendStatus.COMPLETE, completed_at=now))


def _steps(items: Sequence[_Item]) -> Iterable[Sequence[_Item]]:
    return (items[start : start + _ROWS] for start in range(0, len(items), _ROWS))
