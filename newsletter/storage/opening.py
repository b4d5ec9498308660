"""Open the database of a publication as this version knows it."""

from __future__ import annotations

import logging
from datetime import datetime

from newsletter.core.config.database import DEFAULTS
from newsletter.core.config.database import Database as Options
from newsletter.storage.database import Database, connect
from newsletter.storage.subscribers import moved

log = logging.getLogger(__name__)


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


def open_list(
    url: str, options: Options = DEFAULTS, *, publication: str, now: datetime
) -> Database:
    """Open the database for a publication, and log once what became of the list there was.

    Raises `StorageError`.
    """
    opened = open_current(url, options)
    try:
        tell_of_list(opened, publication=publication, now=now)
    except BaseException:
        opened.close()
        raise
    return opened


def tell_of_list(database: Database, *, publication: str, now: datetime) -> None:
    """Make a publication's what is nobody's, and log it, once."""
    told = moved.take(database, publication, now=now)
    if told is not None:
        log.warning(told.sentence, extra={"event": "list.moved", "publication": publication})
