"""The word of the day of Merriam-Webster, from its feed alone: its pages refuse programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from newsletter.content.feeds import entries
from newsletter.content.html.tree import parse
from newsletter.content.pasted.parts_of_speech import part_of_speech
from newsletter.content.pasted.word import split_senses
from newsletter.content.source import Fetch, SourceOptions
from newsletter.content.sources import _options
from newsletter.content.web import answers
from newsletter.content.web.links import link
from newsletter.core.errors import SourceError
from newsletter.core.model import Credit, Part, Supply, Word
from newsletter.core.sentences import said

_SERVICE = "Merriam-Webster"
_FEED = "https://www.merriam-webster.com/wotd/feed/rss2"
_PAGE = "https://www.merriam-webster.com/word-of-the-day"
_DATED_LINK = re.compile(r"-(\d{4}-\d\d-\d\d)/?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class MerriamWebsterSource:
    """The feed of ten words, the newest first."""

    ask: Fetch

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the word of the publication date, else that of the day before.

        The sentences are the dictionary's own; the press quotation of an entry is never used.
        Raises `SourceError` when the feed is down, is no feed, or has no word as fresh as that.
        """
        fetched = self.ask(_FEED, accept="application/rss+xml, application/xml;q=0.9")
        found = [_dated(entry) for entry in entries.entries(fetched, service=_SERVICE)]
        fresh = [(on, entry) for on, entry in found if on and answers.is_fresh(on, day)]
        if not fresh:
            newest = max((on for on, _ in found if on), default=None)
            if newest is None:
                raise SourceError(
                    said(
                        "%(service)s has no word for %(day)s or the day before; its newest has "
                        "no date.",
                        service=_SERVICE,
                        day=day,
                    )
                )
            raise SourceError(
                said(
                    "%(service)s has no word for %(day)s or the day before; its newest is of "
                    "%(newest)s.",
                    service=_SERVICE,
                    day=day,
                    newest=newest,
                )
            )
        on, entry = max(fresh, key=lambda pair: pair[0])
        origin = f"{_FEED}, the word of {on}"
        return answers.valid(part, _word(entry), service=_SERVICE, origin=origin)


def make(options: SourceOptions) -> MerriamWebsterSource:
    """Make the source. Options: none."""
    _options.checked_for((Part.WORD,), options, source="merriam_webster")
    return MerriamWebsterSource(ask=options.fetch)


def _dated(entry: Mapping[str, Any]) -> tuple[date | None, Mapping[str, Any]]:
    """Find the day of an entry: in its link, its banner, or its publication date."""
    in_link = _DATED_LINK.search(entries.text(entry, "link"))
    if in_link:
        try:
            return date.fromisoformat(in_link[1]), entry
        except ValueError:
            pass  # no date of the calendar; the others may be
    return read_entry(entries.body(entry)).day or entries.day_of(entry), entry


def _word(entry: Mapping[str, Any]) -> Word:
    read = read_entry(entries.body(entry))
    word = entries.text(entry, "title") or read.word
    definition, extra = _senses(read, word=word, short=entries.text(entry, "merriam_shortdef"))
    return Word(
        word=word,
        definition=definition,
        extra_sense=extra,
        pos=part_of_speech(read.pos) if read.pos else None,
        pos_raw=read.pos or None,
        pronunciation=read.pronunciation or None,
        sentences=read.sentences,
        source=Credit(_SERVICE, link(entries.text(entry, "link")) or _PAGE),
    )


def _senses(read: WordEntry, *, word: str, short: str) -> tuple[str, str | None]:
    """Return definition and extra sense; the short definition of the feed where there are none."""
    if not read.senses:
        return answers.as_sentence(short), None
    definition, more = split_senses(read.senses[0], word=word)
    extra = " ".join(filter(None, (more, *read.senses[1:])))
    return definition, extra or None


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
        senses=tuple(_own_senses(own)),
        sentences=tuple(_sentences(own)),
    )


def _heading(line: str) -> tuple[str, str, str]:
    """Part word, pronunciation and part of speech; the second may be missing, bullet and all."""
    word, *middle, pos = (piece.strip() for piece in line.split(_BULLET))
    pronunciations = " ".join(middle).replace("\\", " ").split()
    return word, " ".join(pronunciations).replace(" ,", ","), pos


def _own_senses(lines: Sequence[str]) -> Iterator[str]:
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
