"""Dump a PostgreSQL database with its own `pg_dump`, and bring a dump back with `pg_restore`.

Both are PostgreSQL's, not ours to bring along; one that is missing or too old is named. A dump
leaves out the table that marks a restored database, so that a mark set before outlives it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from newsletter.core import private
from newsletter.core.config.masking import masked_text
from newsletter.core.errors import InputError, StorageBusy, StorageError
from newsletter.storage import migrate
from newsletter.storage.backups import contents
from newsletter.storage.backups.contents import Contents
from newsletter.storage.database import Database
from newsletter.storage.partitions import catalog
from newsletter.storage.restored import (
    Restoration,
    insert_mark,
    pause_under_way,
    remove_mark,
    restoration,
)

_HINT = (
    "Install PostgreSQL's client programs of the server's version (postgresql-client), and put "
    "them on the PATH."
)
_LOCAL = re.compile(r"(?m)^pg_(dump|restore): (error|detail|hint): ")
_LONGEST = 300
_HANDED_ON = ("PG", "PATH", "HOME", "SSL", "KRB5", "TMP", "TEMP", "SYSTEMROOT", "LD_LIBRARY_PATH")


def take(database: Database, url: str, file: Path) -> Contents:
    """Dump one state of the database into a file, its owner's alone; say what is in that state.

    Raises `StorageError`.
    """
    private.create(file)
    words = ["--format=custom", "--no-owner", "--no-privileges"]
    words += [f"--exclude-table={restoration.name}*", f"--file={file}"]  # and its sequence
    with database.write(snapshot=True) as connection:
        # Or a partition might be dropped between the snapshot and pg_dump's own locks.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(catalog.LOCK)))
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        _run("pg_dump", [*words, f"--snapshot={snapshot}"], url)
        return contents.read(connection)


def check(file: Path) -> None:
    """Read a dump's list of contents. Raises `InputError` where it is none, or cut off."""
    done = _called("pg_restore", ["--file", os.devnull, str(file)], {})
    if done.returncode:
        raise InputError(f"The dump of the database is broken: {_said(done)}.")


def refuse_in_use(database: Database) -> None:
    """Refuse a database that others are connected to. Raises `StorageBusy`."""
    with database.read() as connection:
        names = connection.exec_driver_sql(
            "SELECT coalesce(nullif(application_name, ''), 'a program without a name')"
            " FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        others = sorted({str(name) for name in names.scalars()})
    if others:
        raise StorageBusy(
            f"Others are connected to the database: {', '.join(others)}.",
            hint="Stop what runs (newsletter schedule, worker, web, cron's line) and what reads "
            "it; then run the same command again. Nothing was changed.",
        )


def put_in_place(database: Database, url: str, file: Path, found: Restoration) -> Contents:
    """Bring a dump into a database, in the place of what is there, in one transaction.

    The mark of the restoration is durable before; it is taken off where the dump was not taken.
    """
    with database.write() as connection:
        insert_mark(connection, found)
        catalog.rename_keys(connection)
    database.close()  # or its own connection would wait for itself
    words = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"]
    try:
        _run("pg_restore", [*words, "--dbname", _address(url)[0], str(file)], url)
    except BaseException:
        with database.write() as connection:
            remove_mark(connection, found)
        raise
    migrate.upgrade(database)
    with database.write() as connection:
        pause_under_way(connection)
        return contents.read(connection)


def _run(program: str, words: Sequence[str], url: str) -> None:
    address, environment = _address(url)
    to = ["--dbname", address] if program == "pg_dump" else []
    done = _called(program, [*to, *words], environment)
    if done.returncode == 0:
        return
    said = _said(done)
    if "server version mismatch" in done.stderr or "unsupported version" in done.stderr:
        raise StorageError(f"{program} is of another version than the server: {said}.", hint=_HINT)
    raise StorageError(f"{program} failed: {said}.", hint="The database was left as it was.")


def _called(
    program: str, words: Sequence[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    found = shutil.which(program)
    if found is None:
        raise StorageError(f"{program} is not installed, and PostgreSQL needs it.", hint=_HINT)
    # libpq has settings of its own there; no key of ours is handed on.
    own = os.environ.items()  # noqa: TID251  # read by nobody here
    inherited = {name: value for name, value in own if name.startswith(_HANDED_ON)}
    return subprocess.run(  # noqa: S603  # found on the path, words are ours, no shell
        [found, *words],
        env=inherited | {"LC_ALL": "C"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _address(url: str) -> tuple[str, dict[str, str]]:
    """Return the address as libpq reads it, and the password beside it: arguments are public."""
    parts = sa.make_url(url)
    query = {name: value for name, value in parts.query.items() if name != "password"}
    password = parts.password or parts.query.get("password")
    plain = sa.URL.create(
        "postgresql",
        username=parts.username,
        host=parts.host,
        port=parts.port,
        database=parts.database,
        query=query,
    )
    environment = {"PGPASSWORD": str(password)} if password else {}
    return plain.render_as_string(hide_password=False), environment


def _said(done: subprocess.CompletedProcess[str]) -> str:
    """Return the first error of a program and its detail; rows it may name are not repeated."""
    told = [line for line in done.stderr.splitlines() if _LOCAL.match(line)]
    if not told:
        return f"it ended with {done.returncode}"
    first = [line for line in told if " error: " in line][:1]
    detail = [line for line in told if " detail: " in line and "version" in line][:1]
    text = "; ".join(masked_text(_LOCAL.sub("", line)).strip() for line in (*first, *detail))
    return text.rstrip(".")[:_LONGEST]
