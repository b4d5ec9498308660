"""The word of the day of Merriam-Webster, from its feed alone: its pages refuse programs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsletter.core.errors import SourceError
from newsletter.core.model import Credit, Part, Supply, Word
from newsletter.page.senses import split_senses
from newsletter.page.speech import part_of_speech
from newsletter.sources import _answer, _entries, _options
from newsletter.sources._links import link
from newsletter.sources._word_entry import WordEntry, read_entry
from newsletter.sourcing import Fetch, SourceOptions

_SERVICE = "Merriam-Webster"
_FEED = "https://www.merriam-webster.com/wotd/feed/rss2"
_PAGE = "https://www.merriam-webster.com/word-of-the-day"
_DATED_LINK = re.compile(r"-(\d{4}-\d\d-\d\d)/?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class MerriamWebsterSource:
    """The feed of ten words, the newest first."""

    ask: Fetch

    def fetch(self, part: Part, day: date) -> Supply:
        """Give the word of the publication date, else that of the day before.

        The sentences are the dictionary's own; the press quotation of an entry is never used.
        Raises `SourceError` when the feed is down, is no feed, or has no word as fresh as that.
        """
        fetched = self.ask(_FEED, accept="application/rss+xml, application/xml;q=0.9")
        found = [_dated(entry) for entry in _entries.entries(fetched, service=_SERVICE)]
        fresh = [(on, entry) for on, entry in found if on and _answer.is_fresh(on, day)]
        if not fresh:
            newest = max((on for on, _ in found if on), default=None)
            raise SourceError(
                f"{_SERVICE} has no word for {day} or the day before; its newest "
                + (f"is of {newest}." if newest else "has no date.")
            )
        on, entry = max(fresh, key=lambda pair: pair[0])
        origin = f"{_FEED}, the word of {on}"
        return _answer.valid(part, _word(entry), service=_SERVICE, origin=origin)


def make(options: SourceOptions) -> MerriamWebsterSource:
    """Make the source. Options: none."""
    _options.checked_for((Part.WORD,), options, source="merriam_webster")
    return MerriamWebsterSource(ask=options.fetch)


def _dated(entry: Mapping[str, Any]) -> tuple[date | None, Mapping[str, Any]]:
    """Find the day of an entry: in its link, its banner, or its publication date."""
    in_link = _DATED_LINK.search(_entries.text(entry, "link"))
    if in_link:
        try:
            return date.fromisoformat(in_link[1]), entry
        except ValueError:
            pass  # no date of the calendar; the others may be
    return read_entry(_entries.body(entry)).day or _entries.day_of(entry), entry


def _word(entry: Mapping[str, Any]) -> Word:
    read = read_entry(_entries.body(entry))
    word = _entries.text(entry, "title") or read.word
    definition, extra = _senses(read, word=word, short=_entries.text(entry, "merriam_shortdef"))
    return Word(
        word=word,
        definition=definition,
        extra_sense=extra,
        pos=part_of_speech(read.pos) if read.pos else None,
        pos_raw=read.pos or None,
        pronunciation=read.pronunciation or None,
        sentences=read.sentences,
        source=Credit(_SERVICE, link(_entries.text(entry, "link")) or _PAGE),
    )


def _senses(read: WordEntry, *, word: str, short: str) -> tuple[str, str | None]:
    """Give definition and extra sense; the short definition of the feed where there are none."""
    if not read.senses:
        return _answer.as_sentence(short), None
    definition, more = split_senses(read.senses[0], word=word)
    extra = " ".join(filter(None, (more, *read.senses[1:])))
    return definition, extra or None
