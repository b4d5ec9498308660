"""The list as five circles of readers, as an editor thinks of them; each person is in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Subscriber, SubscriberState
from newsletter.core.segments import Segment
from newsletter.storage.database import Database
from newsletter.storage.subscribers import listing, membership
from newsletter.storage.subscribers.suppressions import is_suppressed_now
from newsletter.storage.tables import subscriber
from newsletter.subscribers.circles import Circle
from newsletter.subscribers.model import Listing

_WANTING = (SubscriberState.ACTIVE, SubscriberState.PENDING)
_GONE = (SubscriberState.UNSUBSCRIBED, SubscriberState.COMPLAINED)


class Circles:
    """Who of a publication's list reads it today, and who does not, and why."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def counts(self, *, today: date, segment: Segment | None = None) -> Mapping[Circle, int]:
        """Count the people of each circle, zeroes included."""
        people = sa.func.count()
        with self._database.read() as connection:
            which = self._circle(connection, today)
            among = listing.which(connection, self._publication, segment=segment)
            query = sa.select(which, people).select_from(subscriber).where(among)
            rows = connection.execute(query.group_by(which))
            found = {Circle(circle): count for circle, count in rows}
        return {circle: found.get(circle, 0) for circle in Circle}

    def page(
        self,
        circle: Circle | None,
        *,
        today: date,
        segment: Segment | None = None,
        limit: int,
        offset: int = 0,
    ) -> tuple[Subscriber, ...]:
        """Return some people of a circle, or of all, the newest first."""
        with self._database.read() as connection:
            among = self._among(connection, circle, today, segment)
            query = sa.select(subscriber).where(among).order_by(subscriber.c.id.desc())
            rows = connection.execute(query.limit(limit).offset(offset))
            return tuple(map(membership.as_subscriber, rows))

    def find(self, subscriber_id: int) -> Subscriber | None:
        """Look up somebody of the list by their number."""
        query = sa.select(subscriber).where(
            subscriber.c.id == subscriber_id, membership.on_list(self._publication)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return membership.as_subscriber(row) if row else None

    def circle_of(self, found: Subscriber, *, today: date) -> Circle:
        """Say in which circle somebody is."""
        with self._database.read() as connection:
            query = sa.select(self._circle(connection, today)).where(subscriber.c.id == found.id)
            return Circle(connection.execute(query).scalar_one())

    @contextmanager
    def listed(
        self, circle: Circle | None, *, today: date, segment: Segment | None = None
    ) -> Iterator[Listing]:
        """List people as columns of text, for a file."""
        with self._database.read() as connection:
            yield listing.of(connection, self._among(connection, circle, today, segment))

    def _among(
        self, connection: Connection, circle: Circle | None, today: date, segment: Segment | None
    ) -> sa.ColumnElement[bool]:
        among = listing.which(connection, self._publication, segment=segment)
        return among if circle is None else among & (self._circle(connection, today) == circle)

    def _circle(self, connection: Connection, today: date) -> sa.ColumnElement[str]:
        """Return the circle of a subscriber; the first that fits."""
        state, paused = subscriber.c.state, subscriber.c.paused_until
        suppressed = is_suppressed_now(
            connection, subscriber.c.canonical, publication=self._publication
        )
        # As literals: PostgreSQL takes an expression with parameters for another one each time.
        return sa.case(
            (state.in_(_GONE), _word(Circle.LEFT)),
            (state == SubscriberState.BOUNCED, _word(Circle.UNREACHABLE)),
            (state.in_(_WANTING) & suppressed, _word(Circle.UNREACHABLE)),
            (state == SubscriberState.PENDING, _word(Circle.UNCONFIRMED)),
            (paused > today, _word(Circle.PAUSED)),
            else_=_word(Circle.READING),
        ).label("circle")


def _word(circle: Circle) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{circle}'", sa.Text)
