"""A rest between ticks: while nothing that a tick looks at has changed, none needs to look.

A tick that found nothing due writes down until when nothing will be, and what it looked at: the
database's file, the configuration, the files of the editions at hand. `newsletter run` reads that
first, with the standard library alone; all else would cost most of a second each minute. Only for
SQLite, whose file tells of every change.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from newsletter import __version__

FILE_NAME = ".newsletter-run.json"
Signature = dict[str, list[int] | None]  # by path: moment of the last change and size


@dataclass(frozen=True, slots=True)
class Note:
    """What the last run of a publication left behind."""

    rest: Mapping[str, Any]  # empty: the next tick has to look
    told: str = ""  # what waits for a person, as it was told last

    def report(
        self, file: Path, environment: Mapping[str, str], now: datetime
    ) -> Mapping[str, Any] | None:
        """Return what a tick would report now, where that is known; None: it has to look."""
        rest = self.rest
        try:
            begun, until = (datetime.fromisoformat(rest[key]) for key in ("at", "until"))
            if not begun <= now < until or rest["settings"] != settings_mark(file, environment):
                return None
            is_unchanged = signature(rest["files"]) == rest["files"]
        except (KeyError, TypeError, ValueError):
            return None
        report: Mapping[str, Any] = rest["report"]
        return report if is_unchanged else None


def read(root: Path) -> Note:
    """Read the note of a publication's folder; an empty one where there is none, or none such."""
    try:
        document = json.loads((root / FILE_NAME).read_text(encoding="utf-8"))
        return Note(dict(document["rest"]), str(document["told"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Note({})


def write(root: Path, note: Note) -> None:
    """Keep a note; where it cannot be, the next tick looks."""
    temporary = root / f"{FILE_NAME}.{os.getpid()}"
    with suppress(OSError):
        text = json.dumps({"rest": dict(note.rest), "told": note.told})
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(root / FILE_NAME)


def signature(paths: Iterable[str]) -> Signature:
    """Say of each file when it was changed and how large it is; None where there is none."""
    found: Signature = {}
    for path in paths:
        try:
            stat = os.stat(path)  # noqa: PTH116  # a hundred times a second, perhaps
            found[path] = [stat.st_mtime_ns, stat.st_size]
        except OSError:
            found[path] = None
    return found


def settings_mark(file: Path, environment: Mapping[str, str]) -> str:
    """Return a mark of all that decides the settings, and of this program; no secret is in it."""
    told = sorted(f"{k}={v}" for k, v in environment.items() if k.startswith("NEWSLETTER_"))
    settings = [one for one in told if "__" in one.partition("=")[0]]
    mark = hashlib.sha256("\0".join([__version__, str(file.resolve()), *settings]).encode())
    with suppress(OSError):
        mark.update(file.read_bytes())
    return mark.hexdigest()


def watched(database_url: str, root: Path, days: Iterable[str]) -> list[str]:
    """List the files whose change a tick would see; none for a database that is no file."""
    scheme, separator, name = database_url.partition(":///")
    if not separator or not scheme.startswith("sqlite") or name in {"", ":memory:"}:
        return []
    database = [f"{name}{end}" for end in ("", "-wal", "-journal")]
    editions = [root / "editions" / day / "edition.toml" for day in days]
    return [*database, *(str(path) for path in editions)]
