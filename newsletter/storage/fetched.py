"""Answers of addresses and items of feeds, kept in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from newsletter.content.source import SeenItem, StoredAnswer
from newsletter.storage.database import Database
from newsletter.storage.tables import feed_item, fetched

# An address that was not asked for so long is no longer in use.
_FORGET_AFTER = timedelta(days=30)
_LONGEST_KEPT = timedelta(days=1)


class FetchedAnswers:
    """The `AnswerStore` and the `FeedMemory` of a publication's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answer(self, url: str, accept: str) -> StoredAnswer | None:
        """Look up what an address said last."""
        query = sa.select(fetched).where(fetched.c.url == url, fetched.c.accept == accept)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return StoredAnswer(**row) if row else None

    def keep(self, answer: StoredAnswer) -> None:
        """Put an answer in the place of the one before; long unused ones are forgotten."""
        values = asdict(answer)
        with self._database.write() as connection:
            statement = _insert(connection, fetched).values(**values)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["url", "accept"], set_=values)
            )
            # What is gone for good is left alone for longer than others are remembered.
            expires = min(answer.expires, answer.at + _LONGEST_KEPT)
            old = fetched.c.expires < expires - _FORGET_AFTER
            connection.execute(sa.delete(fetched).where(old))

    def seen(self, feed: str) -> tuple[SeenItem, ...]:
        """Return all items of a feed that are remembered."""
        columns = [column for column in feed_item.c if column.name != "feed"]
        query = sa.select(*columns).where(feed_item.c.feed == feed)
        with self._database.read() as connection:
            return tuple(SeenItem(**row) for row in connection.execute(query).mappings())

    def remember(self, feed: str, items: Sequence[SeenItem]) -> None:
        """Add items; one that is known stays as it was seen first."""
        rows = [{"feed": feed} | asdict(item) for item in items]
        if not rows:
            return
        with self._database.write() as connection:
            statement = _insert(connection, feed_item)
            connection.execute(
                statement.on_conflict_do_nothing(index_elements=["feed", "key"]), rows
            )


def _insert(connection: Connection, table: sa.Table) -> Any:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
