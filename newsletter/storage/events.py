"""The provider's posts as they came, their events, and what followed: each event counts once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.errors import InputError, NewsletterError, StorageBusy
from newsletter.core.model.events import (
    Effects,
    Entry,
    Event,
    EventKind,
    Intake,
    Past,
    SetAside,
)
from newsletter.storage import event_rows, proven_attempts, refusals, single_mail_rows
from newsletter.storage.database import Database
from newsletter.storage.subscribers.leaving import Allows, leave_all
from newsletter.storage.tables import (
    event,
    event_post,
)

_TOGETHER = 200  # small posts that are taken in at once
_LARGE = 512 * 1024  # bytes
TRIES = 5  # of a post, until it is set aside
_PASTS = 200  # events of one person that are looked at
_BY = "provider's event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How events are read and judged; all of it pure."""

    parse: Callable[[bytes, datetime], Sequence[Entry]]  # raises `InputError`
    effects: Callable[[Sequence[Event], Mapping[str, int], Mapping[str, Sequence[Past]]], Effects]
    allows: Allows


class EventStore:
    """The events of a publication's provider."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, provider: str, body: bytes, *, now: datetime) -> None:
        """Store a post as it came; `take` reads it later."""
        self.keep_all(provider, [(body, now)])

    def keep_all(self, provider: str, posts: Sequence[tuple[bytes, datetime]]) -> None:
        """Store posts as they came, and when, all or none; `take` reads them later."""
        rows = [
            {"provider": provider, "received_at": received_at, "body": body}
            for body, received_at in posts
        ]
        with self._database.write() as connection:
            connection.execute(sa.insert(event_post), rows)

    def waiting(self, provider: str) -> int:
        """Count the posts that wait to be taken."""
        query = sa.select(sa.func.count()).where(_waiting(provider))
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def take(self, provider: str, judgement: Judgement, *, now: datetime) -> Intake | None:
        """Take in the next post, in one transaction with all that follows; None: there is none.

        A post that cannot be read, and each event that cannot be taken, is set aside with the
        reason. A post that fails otherwise goes behind the others, and is set aside after
        `TRIES`. Raises `StorageError` when the database itself is in trouble.
        """
        failing: list[int] = []
        try:
            with self._database.write() as connection:
                row = connection.execute(_next_post(provider)).first()
                if row is None:
                    return None
                failing.append(row.id)
                return _take_post(connection, row, judgement, now=now)
        except StorageBusy:
            raise
        except Exception as error:  # whatever it is, those behind it are taken
            if not failing:
                raise
            return self._put_back(failing[0], error)

    def take_together(self, provider: str, judgement: Judgement, *, now: datetime) -> Intake | None:
        """Take in several small posts at once, in one transaction with all that follows.

        None: fewer than two wait. Of no post: one of them is not as it should be, and nothing was
        done; `take` finds out which.
        """
        try:
            with self._database.write() as connection:
                rows = connection.execute(_small_posts(connection, provider)).all()
                if len(rows) < 2:
                    return None
                return _take_posts(connection, rows, judgement, now=now)
        except StorageBusy:
            raise
        except Exception:  # noqa: BLE001  # whose fault it is shows when each is taken for itself
            return Intake()

    def take_in(self, entries: Sequence[Entry], judgement: Judgement, *, now: datetime) -> Intake:
        """Take in events that came another way; what cannot be taken is left to the caller."""
        with self._database.write() as connection:
            intake, left = _take_each(connection, entries, judgement, now=now)
        return replace(intake, aside=len(left))

    def set_aside(self, provider: str, *, most: int = 100) -> tuple[SetAside, ...]:
        """List what could not be taken, the oldest first."""
        query = sa.select(event_post).where(_aside(provider)).order_by(event_post.c.id).limit(most)
        with self._database.read() as connection:
            return tuple(
                SetAside(
                    id=row.id,
                    received_at=row.received_at,
                    problem=row.problem,
                    body=row.body,
                    tries=row.tries,
                )
                for row in connection.execute(query)
            )

    def count_aside(self, provider: str) -> int:
        """Count what could not be taken."""
        with self._database.read() as connection:
            return connection.scalar(sa.select(sa.func.count()).where(_aside(provider))) or 0

    def retry(self, provider: str) -> int:
        """Let everything that was set aside be taken again; count it."""
        again = sa.update(event_post).where(_aside(provider)).values(problem=None, tries=0)
        with self._database.write() as connection:
            return connection.execute(again).rowcount

    def _put_back(self, post_id: int, error: Exception) -> Intake:
        """Note that a post failed. Raises `StorageError` where not even that can be written."""
        this = event_post.c.id == post_id
        with self._database.write() as connection:
            tries = (connection.scalar(sa.select(event_post.c.tries).where(this)) or 0) + 1
            problem = _reason(error) if tries >= TRIES else None
            connection.execute(
                sa.update(event_post).where(this).values(tries=tries, problem=problem)
            )
        return Intake(posts=1, unreadable=1) if problem else Intake()


def _waiting(provider: str) -> sa.ColumnElement[bool]:
    return (event_post.c.provider == provider) & event_post.c.problem.is_(None)


def _aside(provider: str) -> sa.ColumnElement[bool]:
    return (event_post.c.provider == provider) & event_post.c.problem.is_not(None)


def _next_post(provider: str) -> sa.Select[Any]:
    """Select the oldest that failed least; what somebody else takes is passed over."""
    order = event_post.c.tries, event_post.c.id
    query = sa.select(event_post).where(_waiting(provider)).order_by(*order).limit(1)
    return query.with_for_update(skip_locked=True)


def _small_posts(connection: Connection, provider: str) -> sa.Select[Any]:
    """Select the oldest that never failed, as many as make one large post."""
    fresh = _waiting(provider) & (event_post.c.tries == 0)
    size = sa.func.length(event_post.c.body)
    query = sa.select(event_post.c.id, size).where(fresh).order_by(event_post.c.id)
    chosen, total = list[int](), 0
    for post_id, length in connection.execute(query.limit(_TOGETHER)):
        total += length
        if total > _LARGE:
            break
        chosen.append(post_id)
    these = sa.select(event_post).where(event_post.c.id.in_(chosen), fresh)
    return these.order_by(event_post.c.id).with_for_update(skip_locked=True)


def _take_posts(
    connection: Connection, rows: Sequence[sa.Row[Any]], judgement: Judgement, *, now: datetime
) -> Intake:
    """Take in posts in which everything is in order. Raises for any other, whatever comes up."""
    entries = [one for row in rows for one in judgement.parse(row.body, row.received_at)]
    events = [one.event for one in entries if one.event is not None]
    if len(events) < len(entries):
        raise InputError("An entry is no event.")
    intake = _take_in(connection, events, judgement, now=now)
    posts = event_post.c.id.in_([row.id for row in rows])
    connection.execute(sa.delete(event_post).where(posts))
    return replace(intake, posts=len(rows))


def _take_post(
    connection: Connection, row: sa.Row[Any], judgement: Judgement, *, now: datetime
) -> Intake:
    this = event_post.c.id == row.id
    try:
        entries = judgement.parse(row.body, row.received_at)
    except InputError as error:
        connection.execute(sa.update(event_post).where(this).values(problem=error.what))
        return Intake(posts=1, unreadable=1)
    intake, left = _take_each(connection, entries, judgement, now=now)
    connection.execute(sa.delete(event_post).where(this))
    kept = {"provider": row.provider, "received_at": row.received_at, "tries": row.tries}
    rows = [kept | {"body": orjson.dumps([one.found]), "problem": one.problem} for one in left]
    if rows:
        connection.execute(sa.insert(event_post), rows)
    return replace(intake, aside=len(left))


def _take_each(
    connection: Connection, entries: Sequence[Entry], judgement: Judgement, *, now: datetime
) -> tuple[Intake, list[Entry]]:
    """Take in events all at once, or each for itself where that fails; give what is left."""
    left = [one for one in entries if one.event is None]
    good = [one for one in entries if one.event is not None]
    intake, problem = _try_in(connection, good, judgement, now=now)
    if not problem:
        return intake, left
    taken = Intake(posts=1)
    for one in good:
        intake, problem = _try_in(connection, [one], judgement, now=now)
        if problem:
            left.append(one._replace(problem=problem))
        taken = replace(summed(taken, intake), posts=1)
    return taken, left


def _try_in(
    connection: Connection, entries: Sequence[Entry], judgement: Judgement, *, now: datetime
) -> tuple[Intake, str]:
    """Take events in, or nothing of them and say why. Raises what is not their fault."""
    events = [one.event for one in entries if one.event is not None]
    try:
        with connection.begin_nested():
            return _take_in(connection, events, judgement, now=now), ""
    except sa.exc.StatementError as error:
        if not refusals.is_of_values(error):
            raise
        return Intake(), refusals.told(error).what
    except sa.exc.SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001  # a stranger's event ends no intake
        return Intake(), _reason(error)


def _reason(error: Exception) -> str:
    if isinstance(error, NewsletterError):
        return error.what
    return f"It could not be taken ({type(error).__name__})."


def summed(one: Intake, other: Intake) -> Intake:
    """Add up what became of posts."""
    names = [field.name for field in fields(Intake)]
    return Intake(**{name: getattr(one, name) + getattr(other, name) for name in names})


def _take_in(
    connection: Connection, events: Sequence[Event], judgement: Judgement, *, now: datetime
) -> Intake:
    known = proven_attempts.find(connection, {one.attempt_id for one in events if one.attempt_id})
    sends = {name: one.send_id for name, one in known.items()}
    new = event_rows.insert(connection, events, sends, now=now)
    blocked = {one.canonical for one in new if one.kind is EventKind.BLOCKED and one.canonical}
    effects = judgement.effects(new, sends, _pasts(connection, blocked))
    proven = proven_attempts.prove_all(connection, effects.taken, known, now=now)
    proven += single_mail_rows.prove(connection, _single(events, sends), now=now)
    event_rows.report(connection, effects.reports)
    left = leave_all(connection, effects.leaving, allows=judgement.allows, by=_BY, now=now)
    running = (known[one.attempt_id] for one in effects.taken)
    sends_on = {one.send_id for one in running if one.is_running}
    proven_attempts.complete(connection, sends_on, now=now)
    return Intake(
        posts=1, events=len(new), repeated=len(events) - len(new), proven=proven, left=left
    )


def _single(events: Sequence[Event], sends: Mapping[str, int]) -> dict[str, str | None]:
    """Return the attempts that may be single mails, with the provider's ids."""
    named = [one for one in reversed(events) if one.attempt_id and one.attempt_id not in sends]
    return {one.attempt_id: one.provider_id for one in named if one.attempt_id}


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
