"""Read an entry of Merriam-Webster's word feed: word, pronunciation, senses, sentences. Pure.

The rules of content.md 1.1: paragraphs are nested in paragraphs, so the text is read as a list of
blocks; the bullets, not the tags, tell word, pronunciation and part of speech apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from newsletter.sources._markup import parse

_BANNER = re.compile(r".{0,40}Word of the Day for (\w+ \d{1,2}, \d{4}) is: ?", re.IGNORECASE)
_BULLET = "•"
_EXAMPLE = re.compile(r"(?:^|(?<=\s))//\s*")
# From here on: the press quotation, which is a third party's, and the history of the word.
_END = re.compile(r"see the entry\b|examples?:|did you know\?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEntry:
    """What the description of an entry holds; everything may be missing."""

    day: date | None
    word: str
    pronunciation: str  # without backslashes: "LUL", "LUL or LULL"
    pos: str  # as printed: "noun phrase"
    senses: tuple[str, ...]  # the paragraphs of the definition
    sentences: tuple[str, ...]  # the dictionary's own examples


def read_entry(markup: str) -> WordEntry:
    """Read the description of an entry."""
    blocks = parse(markup).blocks()
    banner = next(filter(None, map(_BANNER.match, blocks)), None)
    lines = [line for line in (_BANNER.sub("", block) for block in blocks) if line]
    start = next((at for at, line in enumerate(lines) if _BULLET in line), None)
    word, pronunciation, pos = _heading(lines[start]) if start is not None else ("", "", "")
    below = lines[start + 1 :] if start is not None else lines
    own = list(takewhile(lambda line: not _END.match(line), below))
    return WordEntry(
        day=_day(banner[1]) if banner else None,
        word=word,
        pronunciation=pronunciation,
        pos=pos,
        senses=tuple(_senses(own)),
        sentences=tuple(_sentences(own)),
    )


def _heading(line: str) -> tuple[str, str, str]:
    """Part word, pronunciation and part of speech; the second may be missing, bullet and all."""
    word, *middle, pos = (piece.strip() for piece in line.split(_BULLET))
    pronunciations = " ".join(middle).replace("\\", " ").split()
    return word, " ".join(pronunciations).replace(" ,", ","), pos


def _senses(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        before = _EXAMPLE.split(line)[0].strip()
        if before:
            yield before


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    """Yield the examples; several may stand in one paragraph."""
    for line in lines:
        yield from (one.strip() for one in _EXAMPLE.split(line)[1:] if one.strip())


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(f"{text} +0000", "%B %d, %Y %z").date()
    except ValueError:
        return None
