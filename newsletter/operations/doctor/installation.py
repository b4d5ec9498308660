"""Look at the machine and the database: what an edition stands on, without the network."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from zoneinfo import TZPATH

from newsletter.app import App
from newsletter.core.errors import NewsletterError
from newsletter.core.model.checkup import Check
from newsletter.editions.marks import SendMarks
from newsletter.storage import migrate
from newsletter.storage.backups import sqlite_copy

_LEAST_FREE = 500_000_000  # bytes
_WARN_FREE = 2_000_000_000
_BACKUP_WARN = timedelta(days=2)
_ZONES_OLD = timedelta(days=550)  # zone data is published several times a year
_VERSION = re.compile(r"^(?:# version )?(20\d\d)([a-z]*)")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def look(app: App) -> Iterator[Check]:
    """Yield what was found, one line a thing."""
    yield from _database(app)
    yield _disk(app)
    yield _clock()
    yield zones(_zone_version(), today=app.today())
    yield _modes(app)
    yield _backup(app)


def _database(app: App) -> Iterator[Check]:
    try:
        database = app.database
        revision = migrate.version(database)
        waiting = app.restored.waiting()
    except NewsletterError as error:
        yield Check(
            id="database.opens",
            level="problem",
            measured=error.what,
            next=error.hint or "Correct [database] url in config.toml.",
        )
        return
    kind = "SQLite" if app.settings.database.is_sqlite else "PostgreSQL"
    yield Check(id="database.opens", level="ok", measured=f"{kind} answers")
    yield Check(
        id="database.migrations",
        level="ok",
        measured=f"The tables are at revision {revision}, the newest",
    )
    if waiting:
        yield Check(
            id="database.restored",
            level="problem",
            measured=waiting[0],
            rule="A restored database mails nobody twice",
            next="Settle it with `newsletter db restored`.",
        )


def _disk(app: App) -> Check:
    folder = app.settings.root
    if app.settings.database.is_sqlite:
        with suppress(NewsletterError):
            folder = sqlite_copy.file_of(app.settings.database_url).parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check(
            id="machine.disk",
            level="warning",
            measured=f"The free space of {folder} is not known: {error.strerror}",
            next="Look whether the folder is there.",
        )
    return disk(free)


def disk(free: int) -> Check:
    """Judge so many free bytes. Pure."""
    measured = f"{free / 1e9:,.1f} GB free"
    rule = "2 GB free for a morning's rows, and for a backup beside them"
    if free >= _WARN_FREE:
        return Check(id="machine.disk", level="ok", measured=measured, rule=rule)
    return Check(
        id="machine.disk",
        level="problem" if free < _LEAST_FREE else "warning",
        measured=measured,
        rule=rule,
        next="Make room, or set [retention]; `newsletter db size` shows what takes it.",
    )


def _clock() -> Check:
    """Ask the system whether it keeps its clock right."""
    return clock(is_kept=_synchronised())


def clock(*, is_kept: bool | None) -> Check:
    """Judge the state of the system's clock; None: it does not tell. Pure."""
    rule = "The clock is kept right by the network, or editions go out at the wrong moment"
    if is_kept:
        return Check(
            id="machine.clock", level="ok", measured="The clock is synchronised", rule=rule
        )
    told = (
        "The clock is not synchronised"
        if is_kept is False
        else "Whether the clock is synchronised, this system does not say"
    )
    return Check(
        id="machine.clock",
        level="warning" if is_kept is False else "info",
        measured=told,
        rule=rule,
        next="timedatectl set-ntp true, or install chrony.",
    )


def _synchronised() -> bool | None:
    if Path("/run/systemd/timesync/synchronized").exists():
        return True
    program = shutil.which("timedatectl")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # found on the path, words are ours, no shell
            [program, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(done.stdout.strip())


def zones(version: str | None, *, today: date) -> Check:
    """Judge the version of the time zone data, such as "2026a". Pure."""
    rule = "Countries change their clocks; data older than a year and a half misses some"
    found = _VERSION.match(version or "")
    if found is None:
        return Check(
            id="machine.zones",
            level="info",
            measured="The version of the time zone data is not known",
            rule=rule,
            source="IANA tz, several releases a year",
        )
    is_old = today - date(int(found[1]), 1, 1) > _ZONES_OLD
    return Check(
        id="machine.zones",
        level="warning" if is_old else "ok",
        measured=f"Time zone data {found[1]}{found[2]}",
        rule=rule,
        source="IANA tz, several releases a year",
        next="Update the system's tzdata, or pip install -U tzdata." if is_old else "",
    )


def _zone_version() -> str | None:
    for folder in TZPATH:
        for name in ("tzdata.zi", "+VERSION"):
            try:
                with (Path(folder) / name).open(encoding="ascii", errors="replace") as file:
                    return file.readline().strip()
            except OSError:
                continue
    try:
        return metadata.version("tzdata")
    except metadata.PackageNotFoundError:
        return None


def _modes(app: App) -> Check:
    """Look for files with readers' addresses or keys that others may read."""
    if os.name != "posix":
        return Check(id="machine.modes", level="info", measured="Not looked at on this system")
    root = app.settings.root
    private = [*root.glob("newsletter.db*"), *root.glob("*.env"), root / ".env"]
    private += [path for path in root.glob("*.tar.gz") if path.is_file()]
    open_ones = [path.name for path in private if _is_open(path)]
    rule = "What holds addresses or keys is its owner's alone (0600)"
    if not open_ones:
        return Check(
            id="machine.modes",
            level="ok",
            measured="No file with addresses or keys is open to others",
            rule=rule,
        )
    return Check(
        id="machine.modes",
        level="warning",
        measured=f"Others may read {', '.join(sorted(set(open_ones)))}",
        rule=rule,
        next=f"chmod 600 {' '.join(sorted(set(open_ones)))}",
    )


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False


def _backup(app: App) -> Check:
    marks = SendMarks(app.files.folder)
    return backup(marks.last_backup(), now=app.clock.now())


def backup(last: datetime | None, *, now: datetime) -> Check:
    """Judge the age of the last backup. Pure."""
    rule = "A backup no older than two days, on another machine"
    step = "newsletter db backup FILE, each night; newsletter help operating#backup"
    if last is None:
        return Check(
            id="backup.age",
            level="warning",
            measured="No backup was taken of this publication",
            rule=rule,
            next=step,
        )
    is_old = now - last > _BACKUP_WARN
    return Check(
        id="backup.age",
        level="warning" if is_old else "ok",
        measured=f"The last backup is of {last:%Y-%m-%d %H:%M} UTC",
        rule=rule,
        next=step if is_old else "",
    )
