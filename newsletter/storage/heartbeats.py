"""What the heartbeat's server was told of each date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from newsletter.storage.alarm_tables import heartbeat
from newsletter.storage.database import Database

_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The last signal of a date."""

    signal: str
    arrived: bool
    tries: int
    tried_at: datetime


class Heartbeats:
    """The signals of one publication."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def last(self, day: date) -> Beat | None:
        """Return the last signal of a date; None: there was none."""
        query = sa.select(heartbeat).where(self._place(day))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Beat(signal=row.signal, arrived=row.arrived, tries=row.tries, tried_at=row.tried_at)

    def write(self, day: date, beat: Beat) -> None:
        """Write a signal down in place of the one before; forget those of long ago."""
        ours = heartbeat.c.publication == self._publication
        old = sa.and_(ours, heartbeat.c.edition < day - _KEPT)
        with self._database.write() as connection:
            connection.execute(sa.delete(heartbeat).where(sa.or_(self._place(day), old)))
            connection.execute(
                sa.insert(heartbeat).values(
                    publication=self._publication,
                    edition=day,
                    signal=beat.signal,
                    arrived=beat.arrived,
                    tries=beat.tries,
                    tried_at=beat.tried_at,
                )
            )

    def _place(self, day: date) -> sa.ColumnElement[bool]:
        return sa.and_(heartbeat.c.publication == self._publication, heartbeat.c.edition == day)
