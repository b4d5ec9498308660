"""What lies beside `editions/DATE/` and outlives a restored database: that a send was begun.

`editions/DATE.sent.json` is written before the send is frozen, so its absence in a folder that
stayed where it was proves that the edition did not go out from this machine. Which backups a
folder saw, and that it is the same folder still, stands in `editions/.backups.json`; an archive
leaves that out, and a copy of the folder has another number in its file system.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

SEEN = ".backups.json"
_MOST_SEEN = 400  # backups: the oldest are forgotten


class SendMarks:
    """The marks of a publication's sends."""

    def __init__(self, folder: Path, *, ending: str = "") -> None:
        """Take the folder of the editions; marks of another kind of send have their own ending."""
        self._folder, self._ending = folder, ending

    def path(self, day: date) -> Path:
        """Say where the mark of an edition is, or would be."""
        return self._folder / f"{day.isoformat()}{self._ending}.sent.json"

    def begin(self, day: date, *, digest: str, now: datetime) -> None:
        """Write down, durably, that the send of an edition begins."""
        document = {"edition": day.isoformat(), "digest": digest, "begun_at": now.isoformat()}
        _write(self.path(day), document)

    def begun(self, day: date) -> datetime | None:
        """Return when the send of an edition was begun; None where no mark tells.

        A mark that cannot be read is one of long ago.
        """
        try:
            document = json.loads(self.path(day).read_text(encoding="utf-8"))
            moment = datetime.fromisoformat(document["begun_at"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            return datetime.min.replace(tzinfo=UTC)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def saw_backup(self, backup_id: str, taken_at: datetime) -> None:
        """Write down that a backup was taken beside this folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        seen = {**self._seen(), backup_id: taken_at.isoformat()}
        kept = dict(list(seen.items())[-_MOST_SEEN:])
        _write(self._folder / SEEN, {"folder": self._number(), "backups": kept})

    def knows_backup(self, backup_id: str) -> bool:
        """Say whether this is the very folder beside which a backup was taken."""
        return backup_id in self._seen()

    def last_backup(self) -> datetime | None:
        """Return when the last backup beside this folder was taken; None: there was none."""
        moments = [datetime.fromisoformat(one) for one in self._seen().values()]
        return max(moments, default=None)

    def _seen(self) -> dict[str, str]:
        try:
            document: Any = json.loads((self._folder / SEEN).read_text(encoding="utf-8"))
            if document["folder"] != self._number():
                return {}
            return {str(name): str(at) for name, at in document["backups"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _number(self) -> int:
        return self._folder.stat().st_ino


def _write(path: Path, document: dict[str, Any]) -> None:
    """Write a file whole or not at all, and have it on the disk before returning."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
