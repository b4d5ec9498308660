"""Find the template and the line that a piece of the rendered MJML comes from. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from pathlib import Path

from newsletter.core.errors import TemplateError, Where
from newsletter.message.render.jinja import MARK
from newsletter.message.render.mjml import Fault

_MARK = re.compile(MARK.format(file="([^\ue001]*)", line="([0-9]+)"))


class Marked:
    """A rendered template whose every piece is known by file and line."""

    def __init__(self, marked: str) -> None:
        """Take the text with its marks out of it."""
        self.text = _MARK.sub("", marked)
        self._starts: list[int] = []
        self._places: list[tuple[Path, int]] = []
        removed = 0
        for mark in _MARK.finditer(marked):
            self._starts.append(mark.start() - removed)
            self._places.append((Path(mark[1]), int(mark[2])))
            removed += len(mark.group())

    def place(self, offset: int) -> tuple[Path, int] | None:
        """Return file and line of the last mark before an offset of the text."""
        before = bisect_right(self._starts, offset)
        return self._places[before - 1] if before else None


def origin(fault: Fault, mjml: str, *, marked: Marked) -> TemplateError:
    """Tell a fault with its template's file and line.

    `marked` is the same MJML rendered once more. Where it is another one (a template that looks
    at its own output), the line of the rendered MJML has to do.
    """
    lines = mjml.split("\n")
    shown = lines[fault.line - 1].strip()[:100] if 0 < fault.line <= len(lines) else ""
    hint = f"The line begins: {shown}" if shown else ""
    offset = sum(len(line) + 1 for line in lines[: fault.line - 1]) + fault.column
    place = marked.place(offset) if marked.text == mjml else None
    where = (
        Where(file=str(place[0]), line=place[1])
        if place
        else Where(place="The rendered MJML", line=fault.line)
    )
    return TemplateError(f"{fault.sentence}.", hint=hint, where=where)
