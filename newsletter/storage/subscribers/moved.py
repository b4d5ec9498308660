"""Say once what became of the one list that every publication of a database had.

The migration that made a list of each knew no publication for those whom nobody had mailed: they
are of the first that opens the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.database import Database
from newsletter.storage.tables import import_run, list_move, subscriber

NOBODY = ""  # stands for no publication yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a publication has of the list that was everybody's."""

    publication: str
    subscribers: int
    adopted: int  # of them: whom no publication had mailed
    others: tuple[str, ...]  # publications that have a part of it, too

    @property
    def sentence(self) -> str:
        """Say it to an operator."""
        told = (
            f"Each publication of a database has its own list now. {self.publication} has "
            f"{self.subscribers:,} subscribers of the list there was"
        )
        if self.others:
            told += f", those whom it mailed, as has: {', '.join(self.others)}"
        if self.adopted and (self.others or self.adopted != self.subscribers):
            told += (
                f". {self.adopted:,} of them nobody had mailed, so they are on the list of the "
                "first publication that was opened"
            )
        return f"{told}."


def take(database: Database, publication: str, *, now: datetime) -> Moved | None:
    """Make a publication's what is nobody's; None: it was told all before."""
    news = list_move.c.publication.in_((NOBODY, publication)) & list_move.c.told_at.is_(None)
    with database.read() as connection:
        if not connection.scalar(sa.select(sa.exists().where(news))):
            return None
    with database.write() as connection:
        query = sa.select(list_move).where(news).with_for_update()
        found = {row.publication: row.subscribers for row in connection.execute(query)}
        if not found:
            return None
        if NOBODY in found:
            _adopt(connection, publication)
        connection.execute(sa.update(list_move).where(news).values(told_at=now))
        others = sa.select(list_move.c.publication).where(
            list_move.c.publication.not_in((NOBODY, publication))
        )
        return Moved(
            publication=publication,
            subscribers=sum(found.values()),
            adopted=found.get(NOBODY, 0),
            others=tuple(connection.scalars(others.order_by(list_move.c.publication))),
        )


def _adopt(connection: Connection, publication: str) -> None:
    """Give nobody's people and imports to a publication, but whom it has by now."""
    known = subscriber.alias()
    has = sa.exists().where(
        known.c.canonical == subscriber.c.canonical, known.c.publication == publication
    )
    left = (subscriber.c.publication == NOBODY) & ~has
    connection.execute(sa.update(subscriber).where(left).values(publication=publication))
    nobodys = import_run.c.publication == NOBODY
    connection.execute(sa.update(import_run).where(nobodys).values(publication=publication))
