"""The imports of a list: which there were, and taking one back without hurting anybody.

Who was added and never touched since goes as if they had never been there. Who has got an edition
stays, unsubscribed, so that the link in it still works and no mail follows. Whoever changed since
the import, by their own hand or anybody's, is left as they are. What another import changed counts
for nothing once that is taken back, too: in whatever order imports are taken back, the list is as
it was before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.errors import NothingToDo, UsageError
from newsletter.core.model import SubscriberState
from newsletter.core.sentences import said
from newsletter.storage.database import Database
from newsletter.storage.imports import runs
from newsletter.storage.imports.updates import CHANGED_AT, VALUES, set_values
from newsletter.storage.subscribers import profile
from newsletter.storage.subscribers.history import changed_when_added
from newsletter.storage.tables import (
    consent,
    import_change,
    import_run,
    recipient,
    state_change,
    subscriber,
)
from newsletter.subscribers.model import ImportRun

_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What became of the people of an import that was taken back."""

    removed: int  # added by it, or by one that was taken back before, and untouched since
    unsubscribed: int  # the same, but mailed since
    restored: int  # changed by it, and now as before
    kept: int  # changed again since, so left alone


class Imports:
    """The record of a publication's imports."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def all(self) -> tuple[ImportRun, ...]:
        """List the imports, newest first."""
        with self._database.read() as connection:
            return runs.newest_first(connection, self._publication)

    def find(self, import_id: int) -> ImportRun:
        """Look up an import. Raises `UsageError` when there is none."""
        with self._database.read() as connection:
            return _found(connection, self._publication, import_id)

    def undo(self, import_id: int, *, now: datetime) -> Undone:
        """Take an import back, in one transaction. Raises `NothingToDo` when it was already."""
        with self._database.write() as connection:
            run = _found(connection, self._publication, import_id)
            if run.state == runs.UNDONE:
                raise NothingToDo(
                    said("Import %(import_id)s was taken back already.", import_id=import_id)
                )
            changed = sa.select(sa.func.count()).select_from(import_change).where(_of(import_id))
            kept = connection.scalar(changed) or 0
            restored = _restore(connection, run, now=now)
            runs.update(connection, import_id, state=runs.UNDONE, undone_at=now)
            unsubscribed = _unsubscribe_mailed(connection, import_id, now=now)
            removed = _remove_untouched(connection, import_id)
            kept += _count(connection, subscriber.c.import_id == import_id) - unsubscribed
            kept -= restored
            for other in _taken_back_before(connection, import_id):
                stay = _unsubscribe_mailed(connection, other, now=now)
                go = _remove_untouched(connection, other)
                unsubscribed, removed = unsubscribed + stay, removed + go
                restored -= stay + go
        return Undone(removed=removed, unsubscribed=unsubscribed, restored=restored, kept=kept)


def _found(connection: Connection, publication: str, import_id: int) -> ImportRun:
    run = runs.find(connection, publication, import_id)
    if run is None:
        raise UsageError(
            said("There is no import %(import_id)s.", import_id=import_id),
            hint="`newsletter subscribers imports list` shows them all.",
        )
    return run


def _of(import_id: int) -> sa.ColumnElement[bool]:
    return import_change.c.import_id == import_id


def _count(connection: Connection, which: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(subscriber).where(which)
    return connection.scalar(query) or 0


def _taken_back_before(connection: Connection, import_id: int) -> Sequence[int]:
    """Return the other imports that are taken back and had added whom this one changed."""
    query = (
        sa.select(subscriber.c.import_id)
        .join(import_change, import_change.c.subscriber_id == subscriber.c.id)
        .join(import_run, import_run.c.id == subscriber.c.import_id)
        .where(_of(import_id), import_run.c.state == runs.UNDONE, import_run.c.id != import_id)
    )
    return connection.scalars(query.distinct().order_by(subscriber.c.import_id)).all()


def _untouched(import_id: int) -> sa.ColumnElement[bool]:
    """Match who an import added and nothing has happened to since, but what was taken back."""
    return (
        (subscriber.c.import_id == import_id)
        & (subscriber.c.changed_at == subscriber.c.created_at)
        & sa.not_(changed_when_added())
    )


def _unsubscribe_mailed(connection: Connection, import_id: int, *, now: datetime) -> int:
    mailed = sa.select(recipient.c.subscriber_id)
    which = _untouched(import_id) & subscriber.c.id.in_(mailed)
    which &= subscriber.c.state.in_((SubscriberState.ACTIVE, SubscriberState.PENDING))
    moment = sa.literal(now, subscriber.c.created_at.type)
    gone = sa.literal(str(SubscriberState.UNSUBSCRIBED))
    reason = sa.literal(_reason(import_id))
    steps = sa.select(
        subscriber.c.id, moment, subscriber.c.state, gone, reason, sa.literal("operator")
    )
    ids = tuple(connection.scalars(sa.select(subscriber.c.id).where(which)))
    columns = ["subscriber_id", "at", "from_state", "to_state", "reason", "changed_by"]
    for start in range(0, len(ids), _PAGE):
        page = subscriber.c.id.in_(ids[start : start + _PAGE])
        connection.execute(sa.insert(state_change).from_select(columns, steps.where(page)))
        connection.execute(
            sa.update(subscriber)
            .where(page)
            .values(state=SubscriberState.UNSUBSCRIBED, changed_at=now)
        )
    return len(ids)


def _remove_untouched(connection: Connection, import_id: int) -> int:
    mailed = sa.select(recipient.c.subscriber_id)
    standing = sa.select(import_run.c.id).where(import_run.c.state != runs.UNDONE)
    changed = sa.select(import_change.c.subscriber_id).where(
        import_change.c.import_id.in_(standing)
    )
    which = _untouched(import_id) & subscriber.c.id.not_in(mailed) & subscriber.c.id.not_in(changed)
    # The people are marked first: once their steps are gone nobody could tell them any more.
    connection.execute(sa.update(subscriber).where(which).values(import_id=-import_id))
    ids = sa.select(subscriber.c.id).where(subscriber.c.import_id == -import_id)
    for table in (state_change, consent, import_change):
        connection.execute(sa.delete(table).where(table.c.subscriber_id.in_(ids)))
    gone = sa.delete(subscriber).where(subscriber.c.import_id == -import_id)
    return connection.execute(gone).rowcount


def _restore(connection: Connection, run: ImportRun, *, now: datetime) -> int:
    """Return people back the values they had, where nothing has changed since; page by page."""
    restored = 0
    for page in _pages(connection, run):
        rows = [row for row in page if _values(row) == _said(row.after)]
        before = {row.subscriber_id: _before(row, run.at, row.changed_at) for row in rows}
        _go_further_back(connection, before, run)
        set_values(connection, tuple(before.items()), now=now)
        steps = [
            {
                "subscriber_id": row.subscriber_id,
                "at": now,
                "from_state": row.state,
                "to_state": before[row.subscriber_id]["state"],
                "reason": _reason(run.id),
                "changed_by": "operator",
            }
            for row in rows
            if before[row.subscriber_id]["state"] != row.state
        ]
        if steps:
            connection.execute(sa.insert(state_change), steps)
        restored += len(rows)
    return restored


def _go_further_back(
    connection: Connection, before: dict[int, Mapping[str, Any]], run: ImportRun
) -> None:
    """Pass over the values that earlier imports had set, where they are taken back themselves."""
    query = (
        sa.select(import_change, import_run.c.at)
        .join(import_run, import_run.c.id == import_change.c.import_id)
        .where(
            import_change.c.subscriber_id.in_(before),
            import_run.c.id < run.id,
            import_run.c.state == runs.UNDONE,
        )
    )
    for row in connection.execute(query.order_by(import_run.c.id.desc())):
        later = before[row.subscriber_id]
        if _said(row.after) == _said(later):
            changed_at = later.get(CHANGED_AT)
            then = datetime.fromisoformat(changed_at) if changed_at else None
            before[row.subscriber_id] = _before(row, row.at, then)


def _before(row: sa.Row[Any], at: datetime, changed_at: datetime | None) -> Mapping[str, Any]:
    """Return how somebody was before an import that changed them at a moment.

    Where they changed again, if only there and back, they are not as of then: it was their doing.
    """
    if changed_at == at:
        return dict(row.before)
    since = {CHANGED_AT: changed_at.isoformat()} if changed_at else {}
    return _said(row.before) | since


def _reason(import_id: int) -> str:
    return f"import {import_id} was taken back"


def _pages(connection: Connection, run: ImportRun) -> Iterator[list[sa.Row[Any]]]:
    query = (
        sa.select(import_change, *(subscriber.c[name] for name in (*VALUES, CHANGED_AT)))
        .join(subscriber, subscriber.c.id == import_change.c.subscriber_id)
        .where(_of(run.id))
        .order_by(import_change.c.subscriber_id)
        .limit(_PAGE)
    )
    last = 0
    while page := connection.execute(query.where(import_change.c.subscriber_id > last)).all():
        yield list(page)
        last = page[-1].subscriber_id


def _values(row: sa.Row[Any]) -> Mapping[str, Any]:
    """Return what an import may change, as somebody has it now."""
    return {**profile.as_json(row), "state": row.state}


def _said(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was kept of somebody, without when they had changed."""
    return {name: value for name, value in profile.complete(document).items() if name != CHANGED_AT}
