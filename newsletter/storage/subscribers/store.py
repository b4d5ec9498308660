"""The list of a publication, with every state its subscribers were in and consent they gave.

What may change is decided elsewhere (`newsletter.subscribers`) and written here in one
transaction with its record. Nobody is ever deleted here: who opted out stays, so that no import
brings them back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.errors import UsageError
from newsletter.core.model import Subscriber, SubscriberState
from newsletter.core.segments import Segment
from newsletter.core.sentences import said
from newsletter.storage import erased_file
from newsletter.storage.database import Database, insert_if_new
from newsletter.storage.imports.session import Origin, SqlImport
from newsletter.storage.subscribers import (
    erasure,
    history,
    listing,
    membership,
    personal_data,
    profile,
    suppressions,
)
from newsletter.storage.tables import consent as consent_table
from newsletter.storage.tables import (
    state_change,
    subscriber,
)
from newsletter.storage.tokens import new_tokens
from newsletter.subscribers.model import (
    AddressStatus,
    Consent,
    ImportSession,
    KnownSubscriber,
    Listing,
    Marker,
    Person,
    Revision,
    StateChange,
)
from newsletter.subscribers.profile import profile_of

_PAGE = 1_000


class Subscribers:
    """`SubscriberStore` on SQLite and PostgreSQL, and what is read from it: of one publication."""

    def __init__(
        self,
        database: Database,
        publication: str,
        *,
        new_token: Callable[[], str] | None = None,
        marker: Marker | None = None,
    ) -> None:
        self._database = database
        self._publication = publication
        self._new_token = new_token or new_tokens().__next__
        self._marker = marker

    # --- writing -------------------------------------------------------------------------------

    @contextmanager
    def importing(
        self, *, file: str, sha256: str, consent: str, options: str, now: datetime
    ) -> Iterator[ImportSession]:
        """Open an import. Raises `Held` when erased addresses cannot be recognised."""
        with self._database.read() as connection:
            erased = suppressions.refuse_unknown(connection, self._marker)
        origin = Origin(
            publication=self._publication,
            file=file,
            sha256=sha256,
            consent=consent,
            options=options,
            now=now,
        )
        with self._database.session() as session:
            yield SqlImport(
                session,
                origin,
                new_token=self._new_token,
                marker=self._marker if erased else None,
            )

    def add(self, person: Person, *, change: StateChange, consent: Consent) -> Subscriber | None:
        """Write a new subscriber with first state and consent; None: the address is known."""
        values = _person_values(person, token=self._new_token(), now=change.at)
        values["publication"] = self._publication
        with self._database.write() as connection:
            insert = insert_if_new(connection, subscriber, unique=membership.UNIQUE)
            new_id = connection.scalar(insert.values(**values).returning(subscriber.c.id))
            if new_id is None:
                return None
            _write_change(connection, new_id, change)
            _write_consent(connection, new_id, consent)
            return self._find(connection, person.canonical)

    def change(
        self,
        canonical: str,
        decide: Callable[[Subscriber], StateChange],
        *,
        consent: Consent | None = None,
    ) -> Subscriber | None:
        """Ask `decide` about the subscriber as stored, and write its answer in one transaction."""

        def revise(found: Subscriber) -> Revision:
            change = decide(found)
            return Revision(at=change.at, change=change, consent=consent)

        return self.revise(canonical, revise)

    def revise(self, canonical: str, decide: Callable[[Subscriber], Revision]) -> Subscriber | None:
        """Ask `decide` about the subscriber as stored, and write all it says in one transaction."""
        with self._database.write() as connection:
            found = self._find(connection, canonical, for_update=True)
            if found is None:
                return None
            revision = decide(found)
            new = {"changed_at": revision.at, **revision.values}
            if revision.change is not None:
                new["state"] = revision.change.to_state
                _write_change(connection, found.id, revision.change)
            of_person = subscriber.c.id == found.id
            connection.execute(sa.update(subscriber).where(of_person).values(new))
            if revision.consent is not None:
                _write_consent(connection, found.id, revision.consent)
            return self._find(connection, canonical)

    def suppress(self, form: str, *, reason: str, now: datetime, everywhere: bool = False) -> bool:
        """Suppress an address, or a whole domain as `@example.org`; False: it is already."""
        return self.suppress_all([form], reason=reason, now=now, everywhere=everywhere) == 1

    def suppress_all(
        self, forms: Sequence[str], *, reason: str, now: datetime, everywhere: bool = False
    ) -> int:
        """Suppress many addresses in one transaction; return how many were not suppressed yet.

        For this list alone, or `everywhere` for every publication of the database.
        """
        of = self._whose(everywhere=everywhere)
        with self._database.write() as connection:
            return suppressions.suppress_all(
                connection, forms, publication=of, reason=reason, now=now
            )

    def lift(self, form: str, *, everywhere: bool = False) -> bool:
        """Take an address or domain off the suppressions; False: it was not there."""
        of = self._whose(everywhere=everywhere)
        with self._database.write() as connection:
            return suppressions.lift(connection, form, publication=of)

    def forget(self, canonical: str, *, reason: str, now: datetime) -> Mapping[str, int]:
        """Erase a person from every list and keep their keyed hash; count it by table.

        Then `Database.finish_erasing` leaves nothing of them in the file.
        Raises `UsageError` without a key, `Held` when erased addresses are under another one.
        """
        if self._marker is None:
            raise UsageError(
                said("Erasing needs a secret key, so that no import brings the person back."),
                hint="Set NEWSLETTER_SECRET_KEY or NEWSLETTER_SECRET_KEY_FILE, and keep it.",
            )
        with self._database.write() as connection:
            suppressions.refuse_unknown(connection, self._marker)
            erased_file.mark(connection)
            return erasure.erase(connection, canonical, marker=self._marker, reason=reason, now=now)

    # --- reading -------------------------------------------------------------------------------

    def find(self, canonical: str) -> Subscriber | None:
        """Look up a subscriber by canonical address."""
        with self._database.read() as connection:
            return self._find(connection, canonical)

    def holder(self, token: str) -> Subscriber | None:
        """Look up who a reader's own address in a mail of this publication belongs to."""
        with self._database.read() as connection:
            return membership.holder(connection, self._publication, token)

    def status_of(self, canonical: str) -> AddressStatus:
        """Look up how an address stands."""
        with self._database.read() as connection:
            found = self._find(connection, canonical)
            return AddressStatus(
                known=_known(found) if found else None,
                suppressed=suppressions.is_listed(
                    connection, canonical, self._marker, publication=self._publication
                ),
            )

    def history(self, subscriber_id: int) -> history.History:
        """Return every change of state and every consent, oldest first."""
        with self._database.read() as connection:
            return history.of(connection, subscriber_id)

    def held(self, found: Subscriber) -> Mapping[str, Any]:
        """Return what is held on somebody besides the subscriber and their history."""
        with self._database.read() as connection:
            return personal_data.everything(connection, found)

    def everyone(
        self,
        *,
        state: SubscriberState | None = None,
        segment: Segment | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Iterator[Subscriber]:
        """Stream the subscribers, oldest first, as they are in one moment; flat memory."""
        with self._database.read() as connection:
            among = listing.which(connection, self._publication, state=state, segment=segment)
            streaming = connection.execution_options(stream_results=True, yield_per=_PAGE)
            query = sa.select(subscriber).where(among).order_by(subscriber.c.id)
            query = query.limit(limit).offset(offset)
            for row in streaming.execute(query):
                yield membership.as_subscriber(row)

    def count(self, *, state: SubscriberState | None = None, segment: Segment | None = None) -> int:
        """Count the subscribers of a state, of a segment, or all."""
        with self._database.read() as connection:
            among = listing.which(connection, self._publication, state=state, segment=segment)
            return listing.count(connection, among)

    @contextmanager
    def listed(
        self, *, state: SubscriberState | None = None, segment: Segment | None = None
    ) -> Iterator[Listing]:
        """List the subscribers as columns of text, as they are in one moment."""
        with self._database.read() as connection:
            among = listing.which(connection, self._publication, state=state, segment=segment)
            yield listing.of(connection, among)

    def counts(self) -> Mapping[SubscriberState, int]:
        """Count the subscribers in each state, zeroes included."""
        people = sa.func.count().label("people")
        query = sa.select(subscriber.c.state, people).where(membership.on_list(self._publication))
        query = query.group_by(subscriber.c.state)
        with self._database.read() as connection:
            found = {row.state: row.people for row in connection.execute(query)}
        return {state: found.get(state, 0) for state in SubscriberState}

    def stands_suppressed(self, form: str) -> bool:
        """Say whether an address or domain is suppressed as it stands, here or for every list."""
        with self._database.read() as connection:
            return suppressions.stands(connection, form, publication=self._publication)

    def suppressed(self) -> int:
        """Count the suppressed addresses, whether they are subscribers or not."""
        with self._database.read() as connection:
            return suppressions.count(connection, self._publication)

    def _whose(self, *, everywhere: bool) -> str:
        return suppressions.EVERYWHERE if everywhere else self._publication

    def _find(
        self, connection: Connection, canonical: str, *, for_update: bool = False
    ) -> Subscriber | None:
        of = self._publication
        return membership.person(connection, of, canonical, for_update=for_update)


def _person_values(person: Person, *, token: str, now: datetime) -> dict[str, Any]:
    return {
        "address": person.address,
        "canonical": person.canonical,
        "state": person.state,
        "token": token,
        "created_at": now,
        "changed_at": now,
        **profile.stored(person),
    }


def _known(found: Subscriber) -> KnownSubscriber:
    return KnownSubscriber(
        id=found.id, state=found.state, changed_at=found.changed_at, **profile_of(found)
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
