"""Open the database of a publication as this version knows it."""

from __future__ import annotations

from newsletter.core.config.database import DEFAULTS
from newsletter.core.config.database import Database as Options
from newsletter.storage.database import Database, connect


def open_current(url: str, options: Options = DEFAULTS) -> Database:
    """Open the database at an SQLAlchemy address and bring it to this version.

    The migration tool is loaded only where there is something to migrate. Raises `StorageError`.
    """
    opened = connect(url, options)
    try:
        if not opened.is_current():
            from newsletter.storage import migrate

            migrate.upgrade(opened)
        opened.finish_erasing(patience=0.0)
    except BaseException:
        opened.close()
        raise
    return opened
