"""What the operator was told already, so that a tick a minute does not tell it again."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa

from newsletter.storage.database import Database
from newsletter.storage.tables import alert


class ToldAlerts:
    """The alerts of one publication."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def since(self, text: str, moment: datetime) -> bool:
        """Say whether a text was told at or after a moment."""
        query = sa.select(alert.c.told_at).where(*self._place(text))
        with self._database.read() as connection:
            told_at = connection.execute(query).scalar_one_or_none()
        return told_at is not None and told_at >= moment

    def remember(self, text: str, moment: datetime) -> None:
        """Write down that a text was told; what was told before that is forgotten."""
        with self._database.write() as connection:
            connection.execute(sa.delete(alert).where(*self._place(text)))
            connection.execute(
                sa.insert(alert).values(
                    publication=self._publication, digest=_digest(text), told_at=moment
                )
            )

    def _place(self, text: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (alert.c.publication == self._publication, alert.c.digest == _digest(text))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
