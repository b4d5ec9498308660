"""Corrections of an earlier edition that the next one tells, beside what its sources give."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from newsletter.core.model.content import CorrectionNote
from newsletter.editions.one_writer import one_writer

FILE = "carried.json"


class CarriedNotes:
    """The notes that wait for editions, beside each; they come with whatever its sources give."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, day: date) -> tuple[CorrectionNote, ...]:
        """Return the notes for an edition; a file that cannot be read holds none."""
        try:
            known = json.loads(self._path(day).read_text(encoding="utf-8"))
            return tuple(
                CorrectionNote(date=date.fromisoformat(one["date"]), text=str(one["text"]))
                for one in known
            )
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def add(self, day: date, note: CorrectionNote) -> None:
        """Let an edition tell a note, once."""
        with one_writer(self._folder):
            notes = dict.fromkeys((*self.of(day), note))
            document = [{"date": one.date.isoformat(), "text": one.text} for one in notes]
            path = self._path(day)
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f"{path.name}.half")
            half.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
            half.replace(path)

    def _path(self, day: date) -> Path:
        return self._folder / day.isoformat() / FILE
