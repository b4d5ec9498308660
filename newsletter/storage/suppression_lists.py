"""How far a provider's suppression lists were read, and what was taken over from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newsletter.core.model.events import Leaving
from newsletter.storage.database import Database, insert_if_new
from newsletter.storage.subscribers.leaving import Allows, leave_all
from newsletter.storage.tables import list_pull

_BY = "provider's list"


@dataclass(frozen=True, slots=True)
class Reached:
    """Where the last pull of a provider's lists ended."""

    tried_at: datetime | None = None
    read_until: datetime | None = None  # everything up to then is taken over; None: nothing yet


class PulledLists:
    """The record of pulls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reached(self, provider: str) -> Reached:
        """Look up how far a provider's lists were read."""
        query = sa.select(list_pull).where(list_pull.c.provider == provider)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return Reached(row.tried_at, row.read_until) if row else Reached()

    def tried(self, provider: str, *, now: datetime) -> None:
        """Record that a pull begins, so that one that fails is not begun again at once."""
        with self._database.write() as connection:
            add = insert_if_new(connection, list_pull, unique=[list_pull.c.provider])
            connection.execute(add.values(provider=provider))
            of_provider = list_pull.c.provider == provider
            connection.execute(sa.update(list_pull).where(of_provider).values(tried_at=now))

    def take_over(self, leaving: Sequence[Leaving], *, allows: Allows, now: datetime) -> int:
        """Apply some rows of a list, in one transaction; count the people who were news."""
        with self._database.write() as connection:
            return leave_all(connection, leaving, allows=allows, by=_BY, now=now)

    def finished(self, provider: str, *, until: datetime) -> None:
        """Record that everything up to a moment is taken over."""
        of_provider = list_pull.c.provider == provider
        with self._database.write() as connection:
            connection.execute(sa.update(list_pull).where(of_provider).values(read_until=until))
