"""Boxes of Docusaurus, Pandoc and MkDocs: their label in bold, their text as text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.content.markdown.code import Code
from newsletter.core.model import LeftOut

_COLONS = re.compile(
    r"[ \t]*:{3,}[ \t]*(?P<name>[A-Za-z][\w-]*)?[ \t]*(?:\[(?P<title>[^\]]*)\])?"
    r"(?P<words>[^{\[\]]*?)(?:\{[^{}]*\})?[ \t]*:*[ \t]*"
)
_MARKS = re.compile(
    r"[ ]{0,3}(?:!!!|\?\?\?\+?)[ \t]+(?P<name>[\w -]+?)(?:[ \t]+\"(?P<title>[^\"]*)\")?[ \t]*"
)
# Other names, such as “columns”, only say how a box looks.
_LABELS = frozenset(
    {"note", "notes", "tip", "info", "warning", "caution", "danger", "important", "hint", "success"}
    | {"example", "question", "quote", "summary", "abstract", "details", "attention", "error"}
)


def in_markdown(text: str) -> tuple[str, tuple[LeftOut, ...]]:
    """Return the text with boxes as paragraphs below their labels; nothing is left out."""
    if ":::" not in text and "!!!" not in text and "???" not in text:
        return text, ()
    return "\n".join(_lines(text)), ()


def _lines(text: str) -> Iterator[str]:
    code = Code(text)
    place, is_inside = 0, False  # of a box whose text is indented
    for line in text.split("\n"):
        is_code = code.has(place + len(line) - len(line.lstrip()))
        place += len(line) + 1
        indented = _MARKS.fullmatch(line)
        box = None if is_code else indented or (_COLONS.fullmatch(line) if ":::" in line else None)
        if box:
            is_inside = indented is not None
            yield from ("", *_label(box), "")
        elif is_inside and (not line.strip() or line.startswith(("    ", "\t"))):
            yield line[1:] if line.startswith("\t") else line[4:]
        else:
            is_inside = False
            yield line


def _label(box: re.Match[str]) -> Iterator[str]:
    """Yield the label of a box as a line of its own, where it has one."""
    groups = box.groupdict()
    name = (groups["name"] or "").lower()
    title = groups["title"] or (groups.get("words") or "").strip()
    if title or name in _LABELS:
        yield f"**{title or name.capitalize()}**"
