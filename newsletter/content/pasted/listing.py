"""Recognise the lines of a list, and write them as one block of Markdown."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from newsletter.content.escaping import escaped
from newsletter.content.pasted.model import Line

_BULLET = re.compile(r"[●•‣▪◦▸►○■□⁃∙➤➢✓✔] ?(?P<text>.*)")
# These begin other lines as well, so one alone is no list.
_MARK = re.compile(r"(?:[-–—*]|\d{1,3}[.)]|[a-z]\)) (?P<text>\S.*)")


def is_lone_bullet(block: str) -> bool:
    """Say whether a line is a bullet whose text stands on the next line."""
    found = _BULLET.fullmatch(block)
    return found is not None and not found["text"]


def is_bullet(block: str) -> bool:
    """Say whether a line begins with a bullet, which begins nothing but lists."""
    return _BULLET.fullmatch(block) is not None


def without_mark(block: str) -> str:
    """Return a line's text behind its bullet or number, or the line."""
    found = _BULLET.fullmatch(block) or _MARK.fullmatch(block)
    return (found["text"] if found else "") or block


def items(lines: Sequence[Line]) -> frozenset[int]:
    """Return the positions of the lines that belong to lists."""
    return frozenset(line.at for index, line in enumerate(lines) if _is_item(lines, index))


def _is_item(lines: Sequence[Line], index: int) -> bool:
    if _BULLET.fullmatch(lines[index].text) or (index and is_lone_bullet(lines[index - 1].text)):
        return True
    beside = _has_mark(lines, index - 1) or _has_mark(lines, index + 1)
    return beside and _has_mark(lines, index)


def blocks_of_story(lines: Sequence[Line], listed: Collection[int]) -> tuple[str, ...]:
    """Return a story's blocks as Markdown: lists as one block each, all other words escaped."""
    blocks: list[str] = []
    rows: list[str] = []
    for line in lines:
        if line.at in listed:
            text = "" if is_lone_bullet(line.text) else without_mark(line.text)
            rows += [f"- {escaped(text)}"] if text else []
            continue
        blocks += ["\n".join(rows)] if rows else []
        rows = []
        blocks.append(escaped(line.text))
    return (*blocks, "\n".join(rows)) if rows else tuple(blocks)


def _has_mark(lines: Sequence[Line], index: int) -> bool:
    return 0 <= index < len(lines) and _MARK.fullmatch(lines[index].text) is not None
