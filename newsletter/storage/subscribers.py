"""The list of subscribers, with every state they were in and every consent they gave.

What may change is decided elsewhere (`newsletter.subscribers`) and written here in one
transaction with its record. Nobody is ever deleted here: who opted out stays, so that no import
brings them back.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model import Subscriber, SubscriberState
from newsletter.ports import Consent, ImportSession, Known, Person, Standing, StateChange
from newsletter.storage.database import Database
from newsletter.storage.importing import SqlImport, insert_if_new, person_values
from newsletter.storage.tables import consent as consent_table
from newsletter.storage.tables import state_change, subscriber, suppression

_PAGE = 1_000
_TOKEN_BYTES = 16


def random_token() -> str:
    """Give 22 URL-safe characters from 128 random bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that is recorded about one subscriber, oldest first."""

    changes: tuple[StateChange, ...]
    consents: tuple[Consent, ...]


class Subscribers:
    """`ports.SubscriberStore` on SQLite and PostgreSQL, and what is read from it."""

    def __init__(self, database: Database, *, new_token: Callable[[], str] = random_token) -> None:
        self._database = database
        self._new_token = new_token

    # --- writing -------------------------------------------------------------------------------

    @contextmanager
    def importing(
        self, *, file: str, sha256: str, consent: str, now: datetime, dry_run: bool
    ) -> Iterator[ImportSession]:
        """Open an import; an exception inside the block undoes all of it."""
        transaction = self._database.read if dry_run else self._database.write
        with transaction() as connection:
            session = SqlImport(
                connection,
                file=file,
                sha256=sha256,
                consent=consent,
                now=now,
                new_token=self._new_token,
            )
            yield session
            session.close()

    def add(self, person: Person, *, change: StateChange, consent: Consent) -> Subscriber | None:
        """Write a new subscriber with first state and consent; None: the address is known."""
        values = person_values(person, token=self._new_token(), now=change.at)
        with self._database.write() as connection:
            insert = insert_if_new(connection, subscriber, unique=subscriber.c.canonical)
            new_id = connection.scalar(insert.values(**values).returning(subscriber.c.id))
            if new_id is None:
                return None
            _write_change(connection, new_id, change)
            _write_consent(connection, new_id, consent)
            return _subscriber(connection, person.canonical)

    def change(
        self,
        canonical: str,
        decide: Callable[[Subscriber], StateChange],
        *,
        consent: Consent | None = None,
    ) -> Subscriber | None:
        """Ask `decide` about the subscriber as stored, and write its answer in one transaction."""
        with self._database.write() as connection:
            found = _subscriber(connection, canonical, for_update=True)
            if found is None:
                return None
            change = decide(found)
            connection.execute(
                sa.update(subscriber)
                .where(subscriber.c.id == found.id)
                .values(state=change.to_state, changed_at=change.at)
            )
            _write_change(connection, found.id, change)
            if consent is not None:
                _write_consent(connection, found.id, consent)
            return _subscriber(connection, canonical)

    # --- reading -------------------------------------------------------------------------------

    def find(self, canonical: str) -> Subscriber | None:
        """Look up a subscriber by canonical address."""
        with self._database.read() as connection:
            return _subscriber(connection, canonical)

    def standing(self, canonical: str) -> Standing:
        """Look up how an address stands."""
        query = sa.select(sa.exists().where(suppression.c.canonical == canonical))
        with self._database.read() as connection:
            found = _subscriber(connection, canonical)
            return Standing(
                known=_known(found) if found else None, suppressed=bool(connection.scalar(query))
            )

    def history(self, subscriber_id: int) -> History:
        """Give every change of state and every consent, oldest first."""
        changes = sa.select(state_change).where(state_change.c.subscriber_id == subscriber_id)
        given = sa.select(consent_table).where(consent_table.c.subscriber_id == subscriber_id)
        with self._database.read() as connection:
            return History(
                changes=tuple(
                    _change(row) for row in connection.execute(changes.order_by(state_change.c.id))
                ),
                consents=tuple(
                    Consent(at=row.at, how=row.how, text=row.text)
                    for row in connection.execute(given.order_by(consent_table.c.id))
                ),
            )

    def everyone(self, *, state: SubscriberState | None = None) -> Iterator[Subscriber]:
        """Stream the subscribers, oldest first, as they are in one moment; flat memory."""
        query = sa.select(subscriber).order_by(subscriber.c.id)
        if state is not None:
            query = query.where(subscriber.c.state == state)
        with self._database.read() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=_PAGE)
            for row in streaming.execute(query):
                yield _as_subscriber(row)

    def attribute_keys(self) -> tuple[str, ...]:
        """List the keys of all attributes of all subscribers, sorted."""
        keys: set[str] = set()
        query = sa.select(subscriber.c.attributes)
        with self._database.read() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=_PAGE)
            for attributes in streaming.scalars(query):
                keys.update(attributes)
        return tuple(sorted(keys))

    def counts(self) -> Mapping[SubscriberState, int]:
        """Count the subscribers in each state, zeroes included."""
        query = sa.select(subscriber.c.state, sa.func.count().label("people")).group_by(
            subscriber.c.state
        )
        with self._database.read() as connection:
            found = {row.state: row.people for row in connection.execute(query)}
        return {state: found.get(state, 0) for state in SubscriberState}

    def suppressed(self) -> int:
        """Count the suppressed addresses, whether they are subscribers or not."""
        with self._database.read() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(suppression)) or 0


def _subscriber(
    connection: Connection, canonical: str, *, for_update: bool = False
) -> Subscriber | None:
    query = sa.select(subscriber).where(subscriber.c.canonical == canonical)
    row = connection.execute(query.with_for_update() if for_update else query).first()
    return _as_subscriber(row) if row else None


def _as_subscriber(row: sa.Row[Any]) -> Subscriber:
    return Subscriber(
        id=row.id,
        address=row.address,
        canonical=row.canonical,
        name=row.name,
        state=SubscriberState(row.state),
        token=row.token,
        zone=row.zone,
        attributes=row.attributes,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def _known(found: Subscriber) -> Known:
    return Known(
        id=found.id,
        state=found.state,
        name=found.name,
        zone=found.zone,
        attributes=found.attributes,
    )


def _change(row: sa.Row[Any]) -> StateChange:
    return StateChange(
        from_state=SubscriberState(row.from_state) if row.from_state else None,
        to_state=SubscriberState(row.to_state),
        at=row.at,
        reason=row.reason,
        by=row.changed_by,
    )


def _write_change(connection: Connection, subscriber_id: int, change: StateChange) -> None:
    connection.execute(
        sa.insert(state_change).values(
            subscriber_id=subscriber_id,
            at=change.at,
            from_state=change.from_state,
            to_state=change.to_state,
            reason=change.reason,
            changed_by=change.by,
        )
    )


def _write_consent(connection: Connection, subscriber_id: int, consent: Consent) -> None:
    connection.execute(
        sa.insert(consent_table).values(
            subscriber_id=subscriber_id, at=consent.at, how=consent.how, text=consent.text
        )
    )
