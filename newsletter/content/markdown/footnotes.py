"""Footnotes become small numbers, and blocks at the end of the story. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mdit_py_plugins.footnote import footnote_plugin

from newsletter.content import blocks
from newsletter.content.markdown.code import substituted
from newsletter.core.model import LeftOut

_READER = blocks.dialect(html=True).use(footnote_plugin, inline=False, move_to_end=False)
_MARK = re.compile(r"(?<!\\)(?:\^\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])+)\]|\[\^([^\]\s]+)\](?!\())")
_LABEL = re.compile(r"[ ]{0,3}\[\^([^\]\s]+)\]:[ \t]*")
_INDENT = re.compile(r"(?:[ ]{1,4}|\t)")
_NO_TEXT = "a footnote that has no text"
_NO_PLACE = "a footnote that nothing points to"


def noted(text: str) -> tuple[str, tuple[str, ...], tuple[LeftOut, ...]]:
    """Return the text with numbers for its footnotes, their blocks, and what was left out.

    Notes are numbered as they are met, those within notes behind the others.
    """
    if "[^" not in text and "^[" not in text:
        return text, (), ()
    notes = _Notes(*_cut(text))
    body = notes.numbered(notes.body)
    definitions = blocks.definitions(body)
    found: list[str] = []
    number = 0
    while number < len(notes.texts):
        number += 1
        text = notes.numbered(notes.texts[number - 1])
        found += _blocks(blocks.join((text, *definitions)), number)
    return body, tuple(found), tuple(notes.left_out())


class _Notes:
    """The notes of a text while its marks are met one by one."""

    def __init__(self, body: str, defined: dict[str, str]) -> None:
        self.body = body
        self.texts: list[str] = []
        self._defined = defined
        self._numbers: dict[str, int] = {}
        self._unknown: list[str] = []

    def numbered(self, text: str) -> str:
        return substituted(_MARK, self._number, text)

    def left_out(self) -> Iterator[LeftOut]:
        for mark in self._unknown:
            yield LeftOut(text=mark, reason=_NO_TEXT)
        for label, text in self._defined.items():
            if label not in self._numbers:
                yield LeftOut(text=" ".join(text.split())[:200], reason=_NO_PLACE)

    def _number(self, found: re.Match[str]) -> str:
        label = (found[2] or "").lower()
        if label and not self._defined.get(label, "").strip():
            self._unknown.append(found.group())
            return ""
        number = self._numbers.get(label) if label else None
        if number is None:
            self.texts.append(self._defined[label] if label else found[1])
            number = len(self.texts)
            self._numbers[label or found.group()] = number
        return f"^{number}^"


def _cut(text: str) -> tuple[str, dict[str, str]]:
    """Return the text without the notes' own, and these by their labels."""
    lines = text.split("\n")
    defined: dict[str, str] = {}
    for token in reversed(_READER.parse(text)):
        if token.type != "footnote_reference_open" or token.level or not token.map:
            continue
        start, end = token.map
        label = _LABEL.match(lines[start])
        if label is None:
            continue
        first, *others = lines[start:end]
        rest = [_INDENT.sub("", line, count=1) if line.strip() else "" for line in others]
        defined[label[1].lower()] = "\n".join([first[label.end() :], *rest]).strip("\n")
        lines[start:end] = [""]
    return "\n".join(lines), dict(reversed(defined.items()))


def _blocks(text: str, number: int) -> list[str]:
    """Return a note's blocks, the number before its first words."""
    found = list(blocks.pieces(text, html=True))
    if found and blocks.dialect().parse(found[0])[0].type == "paragraph_open":
        return [f"^{number}^ {found[0]}", *found[1:]]
    return [f"^{number}^", *found]
