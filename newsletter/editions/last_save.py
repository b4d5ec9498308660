"""Who saved an edition last, and when: so that somebody who comes second is told by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from newsletter.editions.one_writer import one_writer

FILE = "saved.json"


@dataclass(frozen=True, slots=True)
class LastSave:
    """The name somebody gave at the desk, and the moment."""

    by: str
    at: datetime


class LastSaves:
    """The last saves of a publication's editions; a note beside each, and no proof of anything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, day: date, saved: LastSave, *, fingerprint: str) -> None:
        """Write down who left an edition's file with this fingerprint."""
        document = {"by": saved.by, "at": saved.at.isoformat(), "fingerprint": fingerprint}
        path = self._path(day)
        with one_writer(self._folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f"{path.name}.half")
            half.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
            half.replace(path)

    def of(self, day: date, *, fingerprint: str) -> LastSave | None:
        """Return who left the file as it is; None where nobody told, or a hand came after."""
        try:
            known = json.loads(self._path(day).read_text(encoding="utf-8"))
            if known["fingerprint"] != fingerprint:
                return None
            return LastSave(by=str(known["by"]), at=datetime.fromisoformat(known["at"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _path(self, day: date) -> Path:
        return self._folder / day.isoformat() / FILE
