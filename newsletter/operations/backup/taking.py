"""Take a backup: the database as it is at one moment, and the publication's folder beside it.

The database is copied first. Everything is then read back from the finished file, and only a file
that was read to its end without a fault gets the name that was asked for.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from newsletter import __version__
from newsletter.app import App
from newsletter.core.errors import UsageError, Where
from newsletter.delivery.audit import evidence
from newsletter.editions.marks import SEEN, SendMarks
from newsletter.operations import secret_names
from newsletter.operations.backup import archive
from newsletter.operations.backup.manifest import LastSend, Manifest
from newsletter.storage import migrate
from newsletter.storage.backups import contents, postgresql_dump, sqlite_copy
from newsletter.storage.backups.contents import Contents
from newsletter.storage.database import Database, connect
from newsletter.storage.restored import Restoration
from newsletter.storage.sends.ledger import Ledger

FOLDERS = ("content", "editions", "templates")
_LEFT_OUT = {SEEN, ".lock", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup."""

    file: Path
    bytes: int
    manifest: Manifest


def take(app: App, file: Path) -> Backup:
    """Write a backup into `file`, which must not be there yet, and read it back.

    Raises `UsageError` for a file that is there or a folder that is not, and `StorageError` where
    the database or its programs refuse.
    """
    _refuse_place(file)
    taken_at, backup_id = app.clock.now(), uuid.uuid4().hex
    marks = SendMarks(app.files.folder)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as name:
        folder = Path(name)
        copy = folder / "copy"
        is_sqlite = app.settings.database.is_sqlite
        mark = Restoration(taken_at=taken_at, restored_at=None, backup_id=backup_id)
        found, audited = _copied(app, copy, mark)
        sources = dict(_files(app.settings.root))
        manifest = Manifest(
            id=backup_id,
            taken_at=taken_at,
            program=__version__,
            revision=migrate.newest(),
            engine="sqlite" if is_sqlite else "postgresql",
            publication=app.settings.publication.id,
            publications=found.publications,
            counts=found.counts,
            last_send=audited,
            secrets=secret_names.needed(app.settings),
        )
        sources = {manifest.database: copy} | sources
        members = {member: archive.measured(source) for member, source in sources.items()}
        manifest = replace(manifest, members=members)
        finished = folder / "archive"
        archive.write(finished, manifest, sources)
        _read_back(finished, manifest, folder / "again")
        marks.saw_backup(
            backup_id, taken_at
        )  # before the file has its name: a backup nobody saw is no proof
        _rename(finished, file)
    return Backup(file, file.stat().st_size, manifest)


def last_send(database: Database, found: Contents, publication: str) -> LastSend | None:
    """Audit the last edition that was sent of a publication."""
    day = found.last_editions.get(publication)
    if day is None:
        return None
    audit = evidence.audit(Ledger(database), database, publication=publication, day=day)
    send = audit.record.send
    return LastSend(
        edition=day.isoformat(),
        status=str(send.status),
        digest=send.digest,
        recipients=send.recipients,
        complete=audit.complete,
        problems=tuple(audit.problems),
    )


def _refuse_place(file: Path) -> None:
    where = Where(file=str(file), leads=False)
    if file.exists():
        raise UsageError(
            f"{file} is there already, and no backup is written over.",
            hint="Name another file, such as backup-$(date +%F).tar.gz.",
            where=where,
        )
    if not file.parent.is_dir():
        raise UsageError(f"There is no folder {file.parent}.", hint="Make it first.", where=where)


def _copied(app: App, copy: Path, mark: Restoration) -> tuple[Contents, LastSend | None]:
    """Copy the database, check the copy, and return what is in it, with its last send."""
    settings = app.settings
    if not settings.database.is_sqlite:
        found = postgresql_dump.take(app.database, settings.database_url, copy)
        postgresql_dump.check(copy)
        return found, last_send(app.database, found, settings.publication.id)
    sqlite_copy.take(app.database, copy)
    sqlite_copy.check(copy)
    opened = connect(f"sqlite:///{copy}")
    try:
        with opened.read() as connection:
            found = contents.read(connection)
        audited = last_send(opened, found, settings.publication.id)
    finally:
        opened.close()
    sqlite_copy.mark_copy(copy, mark)
    return found, audited


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the publication's own files under the names they have in the archive."""
    if (root / "config.toml").is_file():
        yield "publication/config.toml", root / "config.toml"
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            parts = path.relative_to(root).parts
            name = "/".join(("publication", *parts))
            is_file = path.is_file() and not path.is_symlink()
            is_ours = not _LEFT_OUT & set(parts) and not any(map(_is_ours_to_make, parts))
            if is_file and is_ours and archive.is_inside(name):
                yield name, path


def _is_ours_to_make(part: str) -> bool:
    """Say whether a name is of a folder in which a backup or a restore is at work."""
    return part.startswith((".backup-", ".restore-"))


def _read_back(finished: Path, manifest: Manifest, again: Path) -> None:
    """Read a finished archive to its end and check the database that comes out of it."""
    archive.unpack(finished, {manifest.database: again})
    check = sqlite_copy.check if manifest.engine == "sqlite" else postgresql_dump.check
    check(again)


def _rename(finished: Path, file: Path) -> None:
    with finished.open("rb+") as opened:
        os.fsync(opened.fileno())
    if file.exists():  # somebody else's by now
        raise UsageError(f"{file} is there already.", where=Where(file=str(file), leads=False))
    finished.replace(file)
