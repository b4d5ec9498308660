"""Find the template and the line that a piece of the rendered MJML comes from. Pure."""

from __future__ import annotations

import re

from newsletter.errors import TemplateError
from newsletter.render.environment import MARK
from newsletter.render.guard import Fault

_MARK = re.compile(MARK.format(file="([^\ue001]*)", line="([0-9]+)"))


def origin(fault: Fault, mjml: str, *, marked: str) -> TemplateError:
    """Tell a fault with its template's file and line.

    `marked` is the same MJML rendered with marks. Where it is another one (a template that looks
    at its own output), the line of the rendered MJML has to do.
    """
    lines = mjml.split("\n")
    shown = lines[fault.line - 1].strip()[:100] if 0 < fault.line <= len(lines) else ""
    hint = f"The line begins: {shown}" if shown else ""
    offset = sum(len(line) + 1 for line in lines[: fault.line - 1]) + fault.column
    place = _place(offset, marked) if _MARK.sub("", marked) == mjml else None
    where = "{}, line {}".format(*place) if place else f"The rendered MJML, line {fault.line}"
    return TemplateError(f"{where}: {fault.sentence}.", hint=hint)


def _place(offset: int, marked: str) -> tuple[str, str] | None:
    """Give file and line of the last mark before an offset of the text without marks."""
    place, removed = None, 0
    for mark in _MARK.finditer(marked):
        if mark.start() - removed > offset:
            break
        place, removed = (mark[1], mark[2]), removed + len(mark.group())
    return place
