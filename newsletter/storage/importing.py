"""Look up and apply an import, set by set, inside one transaction.

The canonical addresses of the file go into a temporary table as they come, so that an address
that repeats is known without keeping the file in memory, and what is looked up or recorded for a
step is one statement over the step's range of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from newsletter.model import SubscriberState
from newsletter.ports import Known, Person, Standing, StateChange
from newsletter.storage.tables import consent, import_run, state_change, subscriber, suppression

_BY = "import"
_CONSENTING = (SubscriberState.ACTIVE, SubscriberState.PENDING)

_row = sa.Table(
    "import_row",
    sa.MetaData(),
    sa.Column("line", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("canonical", sa.Text, nullable=False, unique=True),
    prefixes=["TEMPORARY"],
)


def insert_if_new(
    connection: Connection, table: sa.Table, *, unique: sa.Column[Any]
) -> sqlite.Insert | postgresql.Insert:
    """Begin an insert that leaves out rows whose `unique` value is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=[unique])
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=[unique])


def person_values(person: Person, *, token: str, now: datetime) -> dict[str, Any]:
    """Give the columns of a new subscriber."""
    return {
        "address": person.address,
        "canonical": person.canonical,
        "name": person.name,
        "state": person.state,
        "token": token,
        "zone": person.zone,
        "attributes": dict(person.attributes),
        "created_at": now,
        "changed_at": now,
    }


class SqlImport:
    """`ports.ImportSession` inside the caller's transaction."""

    def __init__(
        self,
        connection: Connection,
        *,
        file: str,
        sha256: str,
        consent: str,
        now: datetime,
        new_token: Callable[[], str],
    ) -> None:
        self._connection = connection
        self._file = file
        self._sha256 = sha256
        self._consent = consent
        self._now = now
        self._new_token = new_token
        self._id: int | None = None
        self._step: sa.ColumnElement[bool] = sa.false()
        self._newest = 0  # the newest subscriber before the step's were added
        connection.execute(sa.schema.CreateTable(_row))

    def look_up(self, step: Sequence[tuple[int, str]]) -> Mapping[int, Standing]:
        """Give the standing for each (line, canonical address) that is new to this import."""
        if not step:
            return {}
        self._step = _row.c.line.between(step[0][0], step[-1][0])
        self._connection.execute(
            insert_if_new(self._connection, _row, unique=_row.c.canonical),
            [{"line": line, "canonical": canonical} for line, canonical in step],
        )
        return {row.line: _standing(row) for row in self._connection.execute(self._standings())}

    def add(self, people: Sequence[Person]) -> None:
        """Write new subscribers with first state and consent."""
        if not people:
            return
        import_id = self._started()
        self._newest = self._connection.scalar(sa.select(sa.func.max(subscriber.c.id))) or 0
        self._connection.execute(
            insert_if_new(self._connection, subscriber, unique=subscriber.c.canonical),
            [
                person_values(person, token=self._new_token(), now=self._now)
                | {"import_id": import_id}
                for person in people
            ],
        )
        self._record_states(import_id)
        self._record_consents(import_id)

    def update(self, people: Sequence[tuple[int, Person]]) -> None:
        """Write name, zone and attributes of subscribers, by id."""
        if not people:
            return
        self._started()
        change = (
            sa.update(subscriber)
            .where(subscriber.c.id == sa.bindparam("of"))
            .values(
                name=sa.bindparam("new_name"),
                zone=sa.bindparam("new_zone"),
                attributes=sa.bindparam("new_attributes", type_=sa.JSON),
                changed_at=self._now,
            )
        )
        self._connection.execute(
            change,
            [
                {
                    "of": subscriber_id,
                    "new_name": person.name,
                    "new_zone": person.zone,
                    "new_attributes": dict(person.attributes),
                }
                for subscriber_id, person in people
            ],
        )

    def change(self, changes: Sequence[tuple[int, StateChange]]) -> None:
        """Write changes of state, by subscriber's id."""
        if not changes:
            return
        self._started()
        self._connection.execute(
            sa.update(subscriber)
            .where(subscriber.c.id == sa.bindparam("of"))
            .values(state=sa.bindparam("new_state"), changed_at=self._now),
            [{"of": of, "new_state": change.to_state} for of, change in changes],
        )
        self._connection.execute(
            sa.insert(state_change),
            [
                {
                    "subscriber_id": of,
                    "at": change.at,
                    "from_state": change.from_state,
                    "to_state": change.to_state,
                    "reason": change.reason,
                    "changed_by": change.by,
                }
                for of, change in changes
            ],
        )

    def finish(self, counts: Mapping[str, int]) -> int | None:
        """Record the counts; give the import's id, or None where nothing was written."""
        if self._id is not None:
            self._connection.execute(
                sa.update(import_run)
                .where(import_run.c.id == self._id)
                .values(counts={str(name): count for name, count in counts.items()})
            )
        return self._id

    def close(self) -> None:
        """Drop the temporary table; the connection may be used again."""
        self._connection.execute(sa.schema.DropTable(_row))

    def _started(self) -> int:
        """Give the import's id; the record of it is written with its first change."""
        if self._id is None:
            self._id = self._connection.scalar(
                sa.insert(import_run)
                .values(file=self._file, sha256=self._sha256, at=self._now, counts={})
                .returning(import_run.c.id)
            )
            assert self._id is not None
        return self._id

    def _standings(self) -> sa.Select[Any]:
        return (
            sa.select(
                _row.c.line,
                subscriber.c.id,
                subscriber.c.state,
                subscriber.c.name,
                subscriber.c.zone,
                subscriber.c.attributes,
                suppression.c.canonical.is_not(None).label("suppressed"),
            )
            .outerjoin(subscriber, subscriber.c.canonical == _row.c.canonical)
            .outerjoin(suppression, suppression.c.canonical == _row.c.canonical)
            .where(self._step)
        )

    def _record_states(self, import_id: int) -> None:
        added = self._added(
            import_id,
            subscriber.c.id,
            sa.literal(self._now, subscriber.c.created_at.type),
            subscriber.c.state,
            sa.literal(f"import of {self._file}"),
            sa.literal(_BY),
        )
        columns = ["subscriber_id", "at", "to_state", "reason", "changed_by"]
        self._connection.execute(sa.insert(state_change).from_select(columns, added))

    def _record_consents(self, import_id: int) -> None:
        """Say where a subscription comes from; somebody who opted out elsewhere gave none."""
        where = sa.literal(f"{self._file}, line ") + sa.cast(_row.c.line, sa.Text)
        added = self._added(
            import_id,
            subscriber.c.id,
            sa.literal(self._now, subscriber.c.created_at.type),
            sa.literal("import"),
            where + sa.literal(f": {self._consent}") if self._consent else where,
        ).where(subscriber.c.state.in_(_CONSENTING))
        columns = ["subscriber_id", "at", "how", "text"]
        self._connection.execute(sa.insert(consent).from_select(columns, added))

    def _added(self, import_id: int, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """Select from the subscribers this step has added."""
        return (
            sa.select(*columns)
            .join_from(_row, subscriber, subscriber.c.canonical == _row.c.canonical)
            # By id, so that the step alone is read; by import, so that nobody else's sign-up is.
            .where(subscriber.c.id > self._newest, subscriber.c.import_id == import_id)
        )


def _standing(row: sa.Row[Any]) -> Standing:
    known = None
    if row.id is not None:
        known = Known(
            id=row.id,
            state=SubscriberState(row.state),
            name=row.name,
            zone=row.zone,
            attributes=row.attributes,
        )
    return Standing(known=known, suppressed=bool(row.suppressed))
