"""The one secret of a publication's site, and who takes their turn at it."""

from __future__ import annotations

import os

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.database import Database, insert_if_new
from newsletter.storage.site.tables import site_key

_BYTES = 32


def secret_of(database: Database, publication: str) -> bytes:
    """Return the site's secret; the first who asks makes it."""
    query = sa.select(site_key.c.secret).where(site_key.c.publication == publication)
    with database.read() as connection:
        found = connection.scalar(query)
    if found is not None:
        return bytes(found)
    with database.write() as connection:
        _make(connection, publication)
        return bytes(connection.execute(query).scalar_one())


def take_turn(connection: Connection, publication: str) -> None:
    """Wait for others who are in the middle of the same: what is counted then stays true.

    On SQLite a transaction that writes is alone anyway.
    """
    if connection.dialect.name == "sqlite":
        return
    mine = sa.select(site_key.c.publication).where(site_key.c.publication == publication)
    while connection.scalar(mine.with_for_update()) is None:
        _make(connection, publication)


def _make(connection: Connection, publication: str) -> None:
    """Make the secret, unless somebody else just did."""
    insert = insert_if_new(connection, site_key, unique=(site_key.c.publication,))
    made = {"publication": publication, "secret": os.urandom(_BYTES)}
    connection.execute(insert.values(made))
