"""Write plain words as Markdown that shows them as they are. Pure."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_\[\]<>&~^|!])")
_LINE_START = re.compile(r"^(?:([#+=-])|(\d{1,9})([.)]))")


def escaped(text: str) -> str:
    """Write words so that Markdown shows them as they are, in one line."""
    return at_line_start(marks_escaped(" ".join(text.split())))


def marks_escaped(text: str) -> str:
    """Escape the marks that mean something anywhere in a line."""
    return _SPECIAL.sub(r"\\\1", text)


def at_line_start(markdown: str) -> str:
    """Escape what would begin a heading, a list or a rule."""
    return _LINE_START.sub(
        lambda found: "\\" + found[1] if found[1] else f"{found[2]}\\{found[3]}", markdown
    )
