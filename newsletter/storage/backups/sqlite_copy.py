"""Copy an SQLite database while others use it, check the copy, and put one in its place."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from newsletter.core import private
from newsletter.core.errors import InputError, StorageBusy, StorageError
from newsletter.storage.database import Database, connect
from newsletter.storage.restored import Restoration, mark

_LOG = ("-wal", "-shm", "-journal")


def take(database: Database, file: Path) -> None:
    """Write one state of the database into a file, its owner's alone; others go on writing."""
    private.create(file)
    source = database.engine.raw_connection()
    try:
        driver = source.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        with closing(sqlite3.connect(file)) as copy:
            driver.backup(copy)  # in one step: a writer meanwhile makes it begin anew otherwise
    except sqlite3.Error as error:
        raise StorageError(
            f"The database could not be copied to {file}: {error}.",
            hint="Is there room on that disk?",
        ) from error
    finally:
        source.close()


def file_of(url: str) -> Path:
    """Return the file an SQLite address names. Raises `StorageError` for a database in memory."""
    name = url.partition(":///")[2]
    if name in {"", ":memory:"}:
        raise StorageError("A database in memory has no file.", hint="Name one in [database] url.")
    return Path(name)


def check(file: Path) -> None:
    """Read every page of a copy. Raises `InputError` where one is broken."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            told = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
            broken = copy.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise InputError(f"The copy of the database is broken: {error}.") from error
    if told != ["ok"]:
        raise InputError(f"The copy of the database is broken: {told[0]}.")
    if broken is not None:
        raise InputError(f"In the copy of the database, rows of {broken[0]} lead nowhere.")


def mark_copy(file: Path, found: Restoration) -> None:
    """Mark a copy as one, so that whoever puts it in place mails nobody twice."""
    copy = connect(f"sqlite:///{file}")
    try:
        with copy.write() as connection:
            mark(connection, found)
    finally:
        copy.close()


def refuse_in_use(file: Path) -> None:
    """Refuse a file that another program has open. Raises `StorageBusy`.

    Leaving the log behind needs the file alone, which is what is asked for here.
    """
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, timeout=1.0)) as database:
            database.execute("PRAGMA journal_mode = DELETE").fetchall()
            database.execute("BEGIN EXCLUSIVE")
            database.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        raise StorageBusy(
            f"Another program uses the database {file.name}.",
            hint="Stop what runs (newsletter schedule, worker, preview, and cron's line); then "
            "run the same command again. Nothing was changed.",
        ) from error
    except sqlite3.DatabaseError:
        return  # what is there is no database; it is put aside like one


def put_in_place(copy: Path, file: Path, *, now: datetime) -> Path | None:
    """Put a copy where the database is; return where the one before is kept, if there was one."""
    refuse_in_use(file)
    kept = None
    if file.exists():
        kept = file.with_name(f"{file.name}.before-{now:%Y%m%d-%H%M%S}")
        file.replace(kept)
    for end in _LOG:  # of the old database: beside the new one it would be taken for its own
        log = file.with_name(file.name + end)
        with suppress(FileNotFoundError):
            log.replace(kept.with_name(kept.name + end)) if kept else log.unlink()
    copy.replace(file)
    _keep_on_disk(file)
    return kept


def _keep_on_disk(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())
    if os.name != "posix":
        return
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
