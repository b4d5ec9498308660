"""The words of a story as its reader sees them, to count and to compare them. Pure."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from newsletter.content.repeats import folded
from newsletter.core.model import Markup

_READER = MarkdownIt("commonmark", {"html": False})
_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
# Scripts whose words are not parted by spaces: Han, kana, Thai, Lao, Khmer, Burmese.
_UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LETTERS = 2.5  # of such a script to a word, more or less


def plain(block: str, markup: Markup) -> str:
    """Return the words of a block, without its marks."""
    if markup == "text":
        return block
    inline = [token for token in _READER.parse(block) if token.children or token.content]
    return " ".join(
        part.content
        for token in inline
        for part in (token.children or [token])
        if part.type != "image"
    )


def known_by(block: str, markup: Markup) -> str:
    """Return what a block is known by: its words without capitals, accents and marks."""
    return folded(plain(block, markup))


def count(text: str) -> int:
    """Count the words."""
    unparted = len(_UNPARTED.findall(text))
    return len(_WORD.findall(_UNPARTED.sub(" ", text))) + round(unparted / _LETTERS)
