"""Leave nothing of an erased person in an SQLite file, or in the log that lies beside it.

Deleting a row frees its place and keeps what stood there, and pages that were split hold copies of
it. So the file is written anew, and the log is emptied into it. Both need the file for a moment;
while another process reads it, the rest is left, and a mark in the file's head says so.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy.engine import Connection, Engine

_DONE, _TO_REWRITE, _TO_EMPTY_LOG = 0, 1, 2  # the file's `user_version`, which nothing else uses


def mark(connection: Connection) -> None:
    """Note, in the transaction that erases, that the file is to be written anew."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {_TO_REWRITE}")


def finish(engine: Engine, *, patience: float) -> bool:
    """Do what is left of erasures; False: another process holds the file for longer than that.

    Of PostgreSQL nothing is left to us: its own vacuum and its archive of logs decide.
    """
    if engine.dialect.name != "sqlite":
        return True
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        left = _ask(cursor, "PRAGMA user_version")
        if left == _DONE:
            return True
        connection.detach()  # it waits for locks in its own way from here on
        return _finish(cursor, left, milliseconds=round(patience * 1000))
    finally:
        connection.close()


def _finish(cursor: Any, left: int, *, milliseconds: int) -> bool:
    cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
    try:
        if left == _TO_REWRITE:
            cursor.execute("VACUUM")
            cursor.execute(f"PRAGMA user_version = {_TO_EMPTY_LOG}")
        if _ask(cursor, "PRAGMA wal_checkpoint(TRUNCATE)"):
            return False
        cursor.execute(f"PRAGMA user_version = {_DONE}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError:  # locked, or the disk has no room for a second file
        return False
    return True


def _ask(cursor: Any, statement: str) -> int:
    return int(cursor.execute(statement).fetchone()[0])
