"""Look up and apply an import range by range, each range in one transaction of its own.

Who is fresh is added by the database itself, from the staged rows; only people who are known and
differ, or are suppressed, pass through Python.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from newsletter.errors import TryLater
from newsletter.model import Frequency, SubscriberState
from newsletter.storage import importing_updates, runs, staging
from newsletter.storage.database import Session
from newsletter.storage.staging import staged
from newsletter.storage.suppressing import is_suppressed
from newsletter.storage.tables import consent, import_run, state_change, subscriber
from newsletter.subscribing import Decide, ImportRun, Known, Marker, Person, Row, Sorted, Standing

BY = "import"
_CONSENTING = (SubscriberState.ACTIVE, SubscriberState.PENDING)
_SUPPRESSED = is_suppressed(staged.c.canonical, staged.c.mark)
_SAME = (
    subscriber.c.state.in_(_CONSENTING)
    & staged.c.state.in_(_CONSENTING)
    & sa.or_(staged.c.name == "", staged.c.name == subscriber.c.name)
    & sa.or_(staged.c.zone.is_(None), staged.c.zone == subscriber.c.zone)
    & sa.or_(staged.c.frequency.is_(None), staged.c.frequency == subscriber.c.frequency)
    & sa.or_(staged.c.paused_until.is_(None), staged.c.paused_until == subscriber.c.paused_until)
    & sa.cast(staged.c.attributes, sa.Text).in_(("{}", sa.cast(subscriber.c.attributes, sa.Text)))
)
_KIND = sa.case(
    (_SUPPRESSED, "other"), (subscriber.c.id.is_(None), "fresh"), (_SAME, "same"), else_="other"
)
_JOINED = sa.outerjoin(staged, subscriber, subscriber.c.canonical == staged.c.canonical)


def insert_if_new(
    connection: Connection, table: sa.Table, *, unique: sa.Column[Any]
) -> sqlite.Insert | postgresql.Insert:
    """Begin an insert that leaves out rows whose `unique` value is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=[unique])
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=[unique])


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What an import is recorded with."""

    file: str
    sha256: str
    consent: str
    options: str
    now: datetime


class SqlImport:
    """`ports.ImportSession` on a connection of its own."""

    def __init__(
        self,
        session: Session,
        origin: Origin,
        *,
        new_token: Callable[[], str],
        marker: Marker | None,
    ) -> None:
        self._session = session
        self._origin = origin
        self._new_token = new_token
        self._marker = marker
        with session.transaction(write=False) as connection:
            staging.create(connection)

    def stage(self, rows: Sequence[Row]) -> int:
        """Keep rows for this session; return how many repeat an address of an earlier row."""
        with self._session.transaction(write=False) as connection:
            return staging.fill(connection, rows, new_token=self._new_token, mark=self._marker)

    def look_up(self, first: int, last: int) -> Sorted:
        """Say how the rows of these lines stand in the list at this moment."""
        with self._session.transaction(write=False) as connection:
            return _sorted(connection, first, last)

    def unfinished(self) -> ImportRun | None:
        """Give the import of the same file that was begun and not finished."""
        with self._session.transaction(write=False) as connection:
            return runs.unfinished(connection, self._origin.sha256)

    def begin(self) -> ImportRun:
        """Record that the import begins."""
        origin = self._origin
        with self._session.transaction(write=True) as connection:
            return runs.begin(
                connection,
                file=origin.file,
                sha256=origin.sha256,
                options=origin.options,
                at=origin.now,
            )

    def apply(self, run: ImportRun, first: int, last: int, decide: Decide) -> ImportRun:
        """Apply a range in one transaction: look up, add who is fresh, write what is decided."""
        with self._session.transaction(write=True) as connection:
            _claim(connection, run, last)
            updates, counts = decide(_sorted(connection, first, last))
            _add_fresh(connection, run, _between(first, last), consent_text=self._origin.consent)
            importing_updates.write(connection, run.id, updates, now=run.at)
            total = dict(Counter(run.counts) + Counter(counts))
            runs.update(connection, run.id, counts=total)
        return replace(run, reached=last, counts=total)

    def finish(self, run: ImportRun, counts: Mapping[str, int], *, now: datetime) -> None:
        """Record that an import is done, with its final counts."""
        with self._session.transaction(write=True) as connection:
            runs.update(connection, run.id, state="done", counts=dict(counts), finished_at=now)


def _between(first: int, last: int) -> sa.ColumnElement[bool]:
    return staged.c.line.between(first, last)


def _claim(connection: Connection, run: ImportRun, last: int) -> None:
    """Move the run on from where this process knows it; nobody else may have."""
    moved = connection.execute(
        sa.update(import_run)
        .where(
            import_run.c.id == run.id,
            import_run.c.reached == run.reached,
            import_run.c.state == runs.APPLYING,
        )
        .values(reached=last)
    )
    if moved.rowcount != 1:
        raise TryLater(
            f"Another process is at work on import {run.id}.",
            hint=f"`newsletter imports show {run.id}` says how far it is.",
        )


def _sorted(connection: Connection, first: int, last: int) -> Sorted:
    counts = (
        sa.select(_KIND.label("kind"), staged.c.state, sa.func.count().label("people"))
        .select_from(_JOINED)
        .where(_between(first, last))
        .group_by(sa.text("1"), staged.c.state)
    )
    found = connection.execute(counts).all()
    others = any(row.kind == "other" for row in found)
    return Sorted(
        fresh={SubscriberState(row.state): row.people for row in found if row.kind == "fresh"},
        same=sum(row.people for row in found if row.kind == "same"),
        others=_others(connection, first, last) if others else (),
    )


def _others(connection: Connection, first: int, last: int) -> tuple[tuple[Row, Standing], ...]:
    stored = [
        subscriber.c[name].label(f"known_{name}")
        for name in ("id", "state", "name", "zone", "attributes", "frequency", "paused_until")
    ]
    query = (
        sa.select(staged, *stored, _SUPPRESSED.label("suppressed"))
        .select_from(_JOINED)
        .where(_between(first, last), _KIND == "other")
        .order_by(staged.c.line)
    )
    return tuple((_row(row), _standing(row)) for row in connection.execute(query))


def _row(row: sa.Row[Any]) -> Row:
    return Row(
        row.line,
        Person(
            address=row.address,
            canonical=row.canonical,
            name=row.name,
            zone=row.zone,
            attributes=row.attributes,
            state=SubscriberState(row.state),
            frequency=Frequency(row.frequency) if row.frequency else None,
            paused_until=row.paused_until,
            signed_up=row.signed_up,
            evidence=row.evidence,
        ),
    )


def _standing(row: sa.Row[Any]) -> Standing:
    known = None
    if row.known_id is not None:
        known = Known(
            id=row.known_id,
            state=SubscriberState(row.known_state),
            name=row.known_name,
            zone=row.known_zone,
            attributes=row.known_attributes,
            frequency=Frequency(row.known_frequency),
            paused_until=row.known_paused_until,
        )
    return Standing(known=known, suppressed=bool(row.suppressed))


def _add_fresh(
    connection: Connection, run: ImportRun, rows: sa.ColumnElement[bool], *, consent_text: str
) -> None:
    newest = connection.scalar(sa.select(sa.func.max(subscriber.c.id))) or 0
    moment = sa.literal(run.at, subscriber.c.created_at.type)
    same = ("address", "canonical", "name", "state", "token", "zone", "attributes", "paused_until")
    people = (
        sa.select(
            *(staged.c[name] for name in same),
            sa.func.coalesce(staged.c.frequency, Frequency.DAILY),
            sa.literal(run.id),
            moment,
            moment,
        )
        .select_from(_JOINED)
        .where(rows, _KIND == "fresh")
        .order_by(staged.c.line)
    )
    insert = insert_if_new(connection, subscriber, unique=subscriber.c.canonical)
    columns = [*same, "frequency", "import_id", "created_at", "changed_at"]
    connection.execute(insert.from_select(columns, people))
    # By id, so that this range alone is read; by import, so that nobody else's sign-up is.
    added = (subscriber.c.id > newest) & (subscriber.c.import_id == run.id)
    _record_states(connection, run, added)
    _record_consents(connection, run, added, text=consent_text)


def _record_states(connection: Connection, run: ImportRun, added: sa.ColumnElement[bool]) -> None:
    people = sa.select(
        subscriber.c.id,
        sa.literal(run.at, subscriber.c.created_at.type),
        subscriber.c.state,
        sa.literal(f"import of {run.file}"),
        sa.literal(BY),
    ).where(added)
    columns = ["subscriber_id", "at", "to_state", "reason", "changed_by"]
    connection.execute(sa.insert(state_change).from_select(columns, people))


def _record_consents(
    connection: Connection, run: ImportRun, added: sa.ColumnElement[bool], *, text: str
) -> None:
    """Say where a subscription comes from; somebody who opted out elsewhere gave none."""
    where = sa.literal(f"{run.file}, line ") + sa.cast(staged.c.line, sa.Text)
    words = where + sa.literal(f": {text}") if text else where
    people = (
        sa.select(
            subscriber.c.id,
            sa.func.coalesce(staged.c.signed_up, sa.literal(run.at, staged.c.signed_up.type)),
            sa.literal(BY),
            words + sa.case((staged.c.evidence == "", ""), else_="; " + staged.c.evidence),
        )
        .join_from(subscriber, staged, subscriber.c.canonical == staged.c.canonical)
        .where(added, subscriber.c.state.in_(_CONSENTING))
        .order_by(subscriber.c.id)
    )
    columns = ["subscriber_id", "at", "how", "text"]
    connection.execute(sa.insert(consent).from_select(columns, people))
