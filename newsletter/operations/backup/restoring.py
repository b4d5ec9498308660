"""Bring a backup back: all of it is judged before anything is changed, and nothing is lost.

What was there before is kept beside. The database comes back marked as restored, whatever comes
of it later: `delivery/restored.py` decides from that mark what may still go out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsletter.core.clock import Clock
from newsletter.core.config import settings as configuration
from newsletter.core.config.settings import Settings
from newsletter.core.errors import InputError, StorageError, UsageError, Where
from newsletter.editions.marks import SendMarks
from newsletter.operations import secret_names
from newsletter.operations.backup import archive
from newsletter.operations.backup.manifest import Manifest
from newsletter.storage import migrate
from newsletter.storage.backups import contents, postgresql_dump, sqlite_copy
from newsletter.storage.database import Database, connect
from newsletter.storage.restored import Restoration, mark

_ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What became of a restore."""

    manifest: Manifest
    restored_at: datetime
    counts: Mapping[str, int]
    kept: Path | None  # the database that was there before, or a dump of it
    missing_secrets: tuple[str, ...]
    folder_kept: bool


def restore(settings: Settings, file: Path, *, clock: Clock) -> Restored:
    """Put a backup's database in the place of the publication's; its folder stays as it is.

    Raises `InputError` for a file that is no whole backup, or another publication's, `StorageBusy`
    while others use the database, `StorageError` for one of a newer version. Nothing is changed
    then.
    """
    manifest = archive.read_manifest(file)
    refuse_unfit(manifest, settings, file)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=_near(settings)) as name:
        copy = Path(name) / "database"
        archive.unpack(file, {manifest.database: copy})
        now = clock.now()
        marks = SendMarks(settings.root / "editions")
        found = Restoration(
            taken_at=manifest.taken_at,
            restored_at=now,
            backup_id=manifest.id,
            # Another host of a shared database has an `editions/` of its own.
            folder_kept=settings.database.is_sqlite and marks.knows_backup(manifest.id),
        )
        put = _into_sqlite if settings.database.is_sqlite else _into_postgresql
        kept, counts = put(settings, copy, found)
    present = secret_names.present(settings)
    return Restored(
        manifest=manifest,
        restored_at=now,
        counts=counts,
        kept=kept,
        missing_secrets=tuple(one for one in manifest.secrets if one not in present),
        folder_kept=found.folder_kept,
    )


def unpack_folder(file: Path, folder: Path) -> None:
    """Write the publication's own files of a backup into a new folder.

    Raises `UsageError` for a folder that has something in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is not empty, and a backup is written over nothing.",
            hint="Name a new folder; or leave --to out, to bring back the database alone.",
            where=Where(file=str(folder), leads=False),
        )
    manifest = archive.read_manifest(file)
    inside = "publication/"
    archive.unpack(file, {})  # judged to its end before the first file is written
    folder.mkdir(parents=True, exist_ok=True)
    archive.unpack(
        file,
        {
            name: folder / name.removeprefix(inside)
            for name in manifest.members
            if name.startswith(inside)
        },
    )
    if not (folder / configuration.FILE_NAME).is_file():
        raise InputError(f"{file} has no config.toml in it.", hint="Write one beside content/.")


def refuse_unfit(manifest: Manifest, settings: Settings, file: Path) -> None:
    """Refuse a backup of another publication, of another kind of database or a newer version."""
    where = Where(file=str(file), leads=False)
    own = settings.publication.id
    if own != manifest.publication and own not in manifest.publications:
        held = ", ".join(dict.fromkeys((manifest.publication, *manifest.publications)))
        raise InputError(
            f"{file} is a backup of the publication {held}, and this one is {own}.",
            hint="Name its own config.toml with --config, or [publication] id as it was.",
            where=where,
        )
    engine = "sqlite" if settings.database.is_sqlite else "postgresql"
    if engine != manifest.engine:
        raise InputError(
            f"{file} holds a database of {_ENGINES[manifest.engine]}, and [database] url names "
            f"{_ENGINES[engine]}.",
            hint="Name a database of that kind: NEWSLETTER_DATABASE__URL=…",
            where=where,
        )
    if not migrate.knows(manifest.revision):
        raise StorageError(
            f"{file} was made by a newer version ({manifest.program}, revision "
            f"{manifest.revision}).",
            hint=f"Install version {manifest.program} of the newsletter, then restore it again.",
            where=where,
        )


def _near(settings: Settings) -> Path:
    """Return a folder on the disk the database is to be on."""
    if not settings.database.is_sqlite:
        return settings.root
    folder = sqlite_copy.file_of(settings.database_url).parent
    if not folder.is_dir():
        raise StorageError(
            f"The folder {folder} of the database does not exist.",
            hint="Create it, or correct [database] url in config.toml.",
        )
    return folder


def _into_sqlite(
    settings: Settings, copy: Path, found: Restoration
) -> tuple[Path | None, Mapping[str, int]]:
    target = sqlite_copy.file_of(settings.database_url)
    sqlite_copy.refuse_in_use(target)
    sqlite_copy.check(copy)
    opened = connect(f"sqlite:///{copy}")
    try:
        counts = _brought_up(opened, found)
    finally:
        opened.close()
    assert found.restored_at is not None
    return sqlite_copy.put_in_place(copy, target, now=found.restored_at), counts


def _brought_up(opened: Database, found: Restoration) -> Mapping[str, int]:
    """Bring a copy to this version, mark it, and count what is in it."""
    migrate.upgrade(opened)
    with opened.write() as connection:
        mark(connection, found)
        return contents.read(connection).counts


def _into_postgresql(
    settings: Settings, copy: Path, found: Restoration
) -> tuple[Path | None, Mapping[str, int]]:
    url = settings.database_url
    opened = connect(url, settings.database)
    try:
        postgresql_dump.check(copy)
        postgresql_dump.refuse_in_use(opened)
        kept = None
        if migrate.version(opened) is not None:
            kept = settings.root / f"newsletter.dump.before-{found.restored_at:%Y%m%d-%H%M%S}"
            postgresql_dump.take(opened, url, kept)
        return kept, postgresql_dump.put_in_place(opened, url, copy, found).counts
    finally:
        opened.close()
