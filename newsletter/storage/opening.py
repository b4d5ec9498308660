"""Open the database of a publication as this version knows it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from newsletter.core.clock import Clock
from newsletter.core.config.database import DEFAULTS, SQLITE
from newsletter.core.config.database import Database as Options
from newsletter.core.errors import StorageAway, StorageBusy
from newsletter.storage.database import REVISION, Database, connect
from newsletter.storage.subscribers import moved

_ASK_AGAIN = 1.0  # seconds
log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def when_it_answers(
    ask: Callable[[], Answer], *, clock: Clock, wants_to_stop: Callable[[], bool] = lambda: False
) -> Answer | None:
    """Return what needs the database, waiting while that is away; None when asked to stop before.

    For what stays running: it may be started while a server starts, or while a standby takes over.
    Raises `StorageError` for what does not pass by itself.
    """
    told = ""
    while not wants_to_stop():
        try:
            return ask()
        except (StorageAway, StorageBusy) as error:
            if error.what != told:
                log.warning("database.away %s", error.what)
                told = error.what
        clock.sleep(_ASK_AGAIN)
    return None


def open_current(url: str, options: Options = DEFAULTS) -> Database:
    """Open the database at an SQLAlchemy address and bring it to this version.

    The migration tool is loaded only where there is something to migrate. Raises `StorageError`.
    """
    opened = connect(url, options)
    try:
        if not opened.is_current():
            from newsletter.storage import migrate

            copy_before_upgrade(opened, url)
            migrate.upgrade(opened)
        opened.finish_erasing(patience=0.0)
    except BaseException:
        opened.close()
        raise
    return opened


def copy_before_upgrade(opened: Database, url: str) -> Path | None:
    """Copy an SQLite file beside itself before its tables change; return where it is.

    None where there is nothing to change, nothing yet, or another kind of database, which takes
    all migrations or none. Raises `StorageError` where there is no room: nothing is changed then.
    """
    from newsletter.storage import migrate

    before = migrate.version(opened)
    is_file = url.startswith(SQLITE) and url.partition(":///")[2] not in {"", ":memory:"}
    if before in {None, REVISION} or not migrate.knows(str(before)) or not is_file:
        return None
    from newsletter.storage.backups import sqlite_copy

    file = sqlite_copy.file_of(url)
    copy = file.with_name(f"{file.name}.before-upgrade-from-{before}")
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    sqlite_copy.take(opened, unfinished)
    unfinished.replace(copy)
    told = {"event": "database.copied"}
    log.info("The database was copied to %s before its upgrade.", copy, extra=told)
    return copy


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
