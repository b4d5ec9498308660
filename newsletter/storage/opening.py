"""Open the database of a publication as this version knows it."""

from __future__ import annotations

from newsletter.storage.database import Database, connect


def open_current(url: str) -> Database:
    """Open the database at an SQLAlchemy address and bring it to this version.

    The migration tool is loaded only where there is something to migrate. Raises `StorageError`.
    """
    opened = connect(url)
    if not opened.is_current():
        from newsletter.storage import migrate

        migrate.upgrade(opened)
    return opened
