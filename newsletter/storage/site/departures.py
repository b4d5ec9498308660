"""Who left by a link of a mail: from which edition, by which way, and whether they came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Subscriber, SubscriberState
from newsletter.core.model.single_mails import SingleMail
from newsletter.storage.database import Database
from newsletter.storage.single_mails import SingleMails
from newsletter.storage.site.tables import departure
from newsletter.storage.subscribers import membership
from newsletter.storage.tables import subscriber

Way = Literal["one-click", "page"]
UNDO_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Somebody left."""

    id: int
    subscriber_id: int
    at: datetime
    edition: date | None
    way: str
    reason: str
    undo: str
    undone_at: datetime | None


class Departures:
    """Who left one publication."""

    def __init__(self, database: Database, publication: str, *, mails: SingleMails) -> None:
        self._database = database
        self._publication = publication
        self._mails = mails

    def note(
        self,
        left: Subscriber,
        *,
        edition: date | None,
        way: Way,
        undo: str,
        mail: Callable[[], SingleMail] | None,
        now: datetime,
    ) -> None:
        """Write down that somebody left, and what they are mailed, in a joint transaction."""
        values = {
            "subscriber_id": left.id,
            "publication": self._publication,
            "at": now,
            "edition": edition,
            "way": way,
            "undo": undo,
        }
        with self._database.write() as connection:
            connection.execute(sa.insert(departure).values(values))
            if mail is not None:
                self._mails.put(connection, mail(), now=now)

    def open(self, undo: str, *, now: datetime) -> tuple[Departure, Subscriber] | None:
        """Look up who may come back by a link; None: nobody's, too old, or not their last."""
        with self._database.read() as connection:
            return self._open(connection, undo, now=now)

    def undone(self, one: Departure, *, now: datetime) -> bool:
        """Write down that somebody came back; False: they did already."""
        mine = (departure.c.id == one.id) & departure.c.undone_at.is_(None)
        with self._database.write() as connection:
            change = sa.update(departure).where(mine).values(undone_at=now)
            return connection.execute(change).rowcount == 1

    def tell_reason(self, undo: str, reason: str, *, now: datetime) -> bool:
        """Write down why somebody left; False: nobody's."""
        mine = (departure.c.undo == undo) & (departure.c.publication == self._publication)
        recent = departure.c.at > now - UNDO_LASTS
        with self._database.write() as connection:
            change = sa.update(departure).where(mine, recent).values(reason=reason)
            return connection.execute(change).rowcount == 1

    def of(self, subscriber_id: int) -> tuple[Departure, ...]:
        """Return how often somebody left, oldest first."""
        query = sa.select(departure).where(departure.c.subscriber_id == subscriber_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(departure.c.id))
            return tuple(_departure(row) for row in rows)

    def reasons(self, *, since: datetime) -> tuple[tuple[date | None, str, int], ...]:
        """Count who left since a moment, by edition and reason; the latest edition first."""
        people = sa.func.count().label("people")
        query = (
            sa.select(departure.c.edition, departure.c.reason, people)
            .where(departure.c.publication == self._publication, departure.c.at > since)
            .group_by(departure.c.edition, departure.c.reason)
            .order_by(departure.c.edition.desc(), people.desc())
        )
        with self._database.read() as connection:
            rows = connection.execute(query)
            return tuple((row.edition, row.reason, row.people) for row in rows)

    def _open(
        self, connection: Connection, undo: str, *, now: datetime
    ) -> tuple[Departure, Subscriber] | None:
        mine = (departure.c.undo == undo) & (departure.c.publication == self._publication)
        row = connection.execute(sa.select(departure).where(mine)).first()
        if row is None or row.at <= now - UNDO_LASTS:
            return None
        theirs = departure.c.subscriber_id == row.subscriber_id
        last = connection.scalar(sa.select(sa.func.max(departure.c.id)).where(theirs))
        found = connection.execute(
            sa.select(subscriber).where(subscriber.c.id == row.subscriber_id)
        ).first()
        if found is None or last != row.id:
            return None
        reader = membership.as_subscriber(found)
        left = reader.state is SubscriberState.UNSUBSCRIBED
        return (_departure(row), reader) if left or row.undone_at else None


def _departure(row: sa.Row[Any]) -> Departure:
    return Departure(
        id=row.id,
        subscriber_id=row.subscriber_id,
        at=row.at,
        edition=row.edition,
        way=row.way,
        reason=row.reason,
        undo=row.undo,
        undone_at=row.undone_at,
    )
