"""What the commands around backups say: of one that was taken, one that is back, one in doubt."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from newsletter.cli import _shell
from newsletter.core.errors import UsageError

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.core.config.settings import Settings
    from newsletter.operations.backup.manifest import LastSend
    from newsletter.operations.backup.restoring import Restored
    from newsletter.operations.backup.taking import Backup


def backup_document(done: Backup) -> dict[str, Any]:
    """Return a backup in the words of the JSON contract."""
    found = done.manifest
    return {
        "file": str(done.file),
        "bytes": done.bytes,
        "taken_at": found.taken_at.isoformat(),
        "revision": found.revision,
        "counts": dict(found.counts),
        "files": len(found.members) - 1,
        "last_send": asdict(found.last_send) if found.last_send else None,
        "secrets": list(found.secrets),
    }


def show_backup(done: Backup) -> None:
    """Tell what is in a backup, and what is not."""
    found = done.manifest
    _shell.tell(f"Wrote {done.file}, {done.bytes:,} bytes, and read it back: it is whole.")
    _show_counts(found.counts)
    _shell.tell(f"Beside the database: {len(found.members) - 1:,} files of the publication.")
    _show_last(found.last_send)
    _shell.tell(f"Not in it, and needed wherever it is restored: {', '.join(found.secrets)}.")
    _shell.next_step("keep it on another machine, with those keys in another place.")


def restored_document(done: Restored) -> dict[str, Any]:
    """Return a restore in the words of the JSON contract."""
    return {
        "taken_at": done.manifest.taken_at.isoformat(),
        "restored_at": done.restored_at.isoformat(),
        "counts": dict(done.counts),
        "kept": str(done.kept) if done.kept else None,
        "folder_kept": done.folder_kept,
        "missing_secrets": list(done.missing_secrets),
    }


def show_restored(done: Restored, to: Path | None) -> None:
    """Tell what is back, what was kept, and what is held from now on."""
    _shell.tell(f"Restored the database as it was at {done.manifest.taken_at:%Y-%m-%d %H:%M} UTC.")
    _show_counts(done.counts)
    if done.kept:
        _shell.tell(f"The one before is kept: {done.kept}")
    _shell.tell(
        "It is marked as restored: what may have gone out since the backup is held until evidence "
        "says that it did not."
    )
    if done.missing_secrets:
        _shell.note(f"Not set here, and needed: {', '.join(done.missing_secrets)}.")
    here = f" --config {to}" if to else ""
    _shell.next_step(f"newsletter db restored{here}, then newsletter doctor{here}")


def ask_to_replace(file: Path, settings: Settings) -> None:
    """Ask before a database is replaced. Raises `UsageError` where nobody can be asked."""
    from newsletter.core.config.masking import masked_text

    name = masked_text(settings.database_url)
    if not sys.stdin.isatty():
        raise UsageError(
            f"This replaces the database {name}, and nobody can be asked here.",
            hint="Give --yes to do it; the database before is kept beside.",
        )
    typer.confirm(f"Replace the database {name} by the one of {file}?", abort=True, err=True)


def take_word(publication: App, text: str, *, went_out: bool, as_json: bool) -> None:
    """Keep an operator's word about an edition."""
    day = _shell.day_of(publication, text)
    resumes = publication.restored.say(day, went_out=went_out)
    if as_json:
        return
    word = "went out" if went_out else "did not go out"
    _shell.tell(f"Noted: the edition of {day} {word} after the backup was taken.")
    if resumes:
        _shell.next_step(f"newsletter send resume --date {day} (--kind weekly for a digest)")
    elif not went_out:
        _shell.next_step("the next `newsletter run` sends it when it is due.")


def state(publication: App) -> dict[str, Any]:
    """Return what is known of the last restoration, in the words of the JSON contract."""
    found = publication.restored.records.last()
    if found is None:
        return {"restored": False, "taken_at": None, "restored_at": None, "waiting": []}
    return {
        "restored": True,
        "taken_at": found.taken_at.isoformat(),
        "restored_at": found.restored_at.isoformat() if found.restored_at else None,
        "waiting": list(publication.restored.waiting()),
    }


def show_state(told: Mapping[str, Any]) -> None:
    """Tell what is known of the last restoration."""
    if not told["restored"]:
        _shell.tell("This database was not restored from a backup.")
        return
    since = told["restored_at"] or "a moment nobody noted"
    _shell.tell(f"It is a copy of {told['taken_at']}, in use since {since}.")
    for sentence in told["waiting"]:
        _shell.tell(f"  • {sentence}")
    if not told["waiting"]:
        _shell.tell("No send waits for your word.")


def _show_counts(counts: Mapping[str, int]) -> None:
    _shell.table([[name, f"{count:,}"] for name, count in counts.items()])


def _show_last(last: LastSend | None) -> None:
    if last is None:
        _shell.tell("No edition was sent yet.")
        return
    proved = "its audit is complete" if last.complete else "its audit is NOT complete"
    _shell.tell(
        f"Last edition: {last.edition}, {last.recipients:,} recipients, {last.status}; {proved}."
    )
    for problem in last.problems:
        _shell.tell(f"  • {problem}")
