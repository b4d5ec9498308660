"""Bring a database to this version of the tables, and refuse one from a newer version."""

from __future__ import annotations

import alembic.command
import alembic.config
import alembic.util
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from newsletter.core.errors import StorageError
from newsletter.storage.database import Database

_SCRIPTS = "newsletter.storage:migrations"
_LOCK = 0x6E6577736C  # any number, as long as every process takes the same


def version(database: Database) -> str | None:
    """Return the revision a database is at; None for an empty one."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the revision this version of the program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def knows(revision: str) -> bool:
    """Say whether this version of the program knows a revision of the tables."""
    try:
        ScriptDirectory.from_config(_config()).get_revision(revision)
    except alembic.util.CommandError:
        return False
    return True


def upgrade(database: Database) -> bool:
    """Run the migrations that are missing, in one transaction; return whether there were any.

    Of several processes at once one does it and the others wait. Raises `StorageError` for a
    database of a newer version; nothing is changed then.
    """
    with database.write() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's write lock is that already
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        # Read only now: whoever held the lock may have done it all.
        current = MigrationContext.configure(connection).get_current_revision()
        if current == newest():
            return False
        _refuse_newer(current)
        config = _config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
    return True


def _refuse_newer(current: str | None) -> None:
    if current is not None and not knows(current):
        raise StorageError(
            f"The database was written by a newer version (revision {current}).",
            hint="Install that version of the newsletter again, or restore an older backup.",
        )


def _config() -> alembic.config.Config:
    config = alembic.config.Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.set_main_option("path_separator", "os")
    return config
