"""The word of the day of the English Wiktionary, from its feed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsletter.content.feeds import entries as feeds_entries
from newsletter.content.html.tree import Element, parse
from newsletter.content.pasted.parts_of_speech import part_of_speech
from newsletter.content.source import Fetch, SourceOptions
from newsletter.content.sources import _options, _taste
from newsletter.content.web import answers
from newsletter.content.web.links import link, segment
from newsletter.core.errors import SourceError
from newsletter.core.model import Credit, Part, Supply, Word
from newsletter.core.sentences import said

_SERVICE = "Wiktionary"
_CREDIT = "Wiktionary, CC BY-SA 4.0"  # the licence asks for credit, link and its own name
_SITE = "https://en.wiktionary.org"
_FEED = f"{_SITE}/w/api.php?action=featuredfeed&feed=wotd&feedformat=atom"
_NESTED = ("ol", "ul", "dl")  # examples and finer senses
_CHROME = re.compile(r"(?:(?:edit|refresh|view|talk|archive)\W*)+", re.IGNORECASE)
# Labels for grammarians; "(archaic)" or "(nautical)" tell a reader something and stay.
_GRAMMAR = re.compile(
    r"^\((?:(?:un)?countable|(?:in|di)?transitive|ambitransitive|not comparable"
    r"|(?:chiefly|usually) in the plural|[, ]|and|or)+\)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WiktionarySource:
    """The feed of about ten words, the oldest first."""

    ask: Fetch

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the word of the publication date, else that of the day before.

        A word that Wiktionary marks as vulgar or offensive, or that is defined in such words, is
        refused. Raises `SourceError` with the reason.
        """
        fetched = self.ask(_FEED, accept="application/atom+xml, application/xml;q=0.9")
        on, entry = _todays(feeds_entries.entries(fetched, service=_SERVICE), day)
        word = _word(parse(feeds_entries.body(entry)))
        senses = f"{word.definition} {word.extra_sense or ''}"
        if _taste.has_coarse_label(senses) or _taste.is_coarse(senses):
            raise SourceError(
                said(
                    "%(service)s has a word for %(day)s that is not for everybody.",
                    service=_SERVICE,
                    day=on,
                )
            )
        return answers.valid(part, word, service=_SERVICE, origin=f"{_FEED}, the word of {on}")


def make(options: SourceOptions) -> WiktionarySource:
    """Make the source. Options: none."""
    _options.checked_for((Part.WORD,), options, source="wiktionary")
    return WiktionarySource(ask=options.fetch)


def _todays(entries: Sequence[Mapping[str, Any]], day: date) -> tuple[date, Mapping[str, Any]]:
    """Find the newest entry that is fresh; of several of one day the last."""
    dated = [(on, entry) for entry in entries if (on := feeds_entries.day_of(entry))]
    fresh = [pair for pair in dated if answers.is_fresh(pair[0], day)]
    if not fresh:
        raise SourceError(
            said(
                "%(service)s has no word for %(day)s or the day before.", service=_SERVICE, day=day
            )
        )
    return sorted(fresh, key=_day)[-1]


def _word(body: Element) -> Word:
    title = body.by_id("WOTD-rss-title")
    description = body.by_id("WOTD-rss-description")
    if title is None or description is None:
        raise SourceError(
            said(
                "The feed of %(service)s has another form than the one that is known.",
                service=_SERVICE,
            )
        )
    word = title.text()
    senses = [sense for sense in map(_sense, _senses(description)) if sense]
    pos = _pos(body, title)
    return Word(
        word=word,
        definition=senses[0] if senses else "",
        extra_sense=senses[1] if len(senses) > 1 else None,
        pos=part_of_speech(pos) if pos else None,
        pos_raw=pos or None,
        source=Credit(_CREDIT, _link(body, title) or f"{_SITE}/wiki/{segment(word)}"),
    )


def _senses(description: Element) -> Iterator[str]:
    """Yield the items of the outer list, each without what is nested in it; else the blocks."""
    lists = next(description.all("ol"), None)
    if lists is None:
        yield from description.blocks(without=_NESTED)
        return
    for child in lists.children:
        if isinstance(child, Element) and child.tag == "li":
            yield child.text(without=_NESTED)


def _sense(text: str) -> str:
    if _CHROME.fullmatch(text):
        return ""
    return answers.as_sentence(_GRAMMAR.sub("", text))


def _pos(body: Element, title: Element) -> str:
    """Find the first `i` behind the title: "n", "v", "adj", "adv", "proper n"."""
    elements = list(body.walk())
    behind = elements[elements.index(title) + len(list(title.walk())) :]
    return next((one.text() for one in behind if one.tag == "i"), "")


def _link(body: Element, title: Element) -> str | None:
    """Find where the word itself leads: the link around the title, or within it."""
    around = (one for one in body.all("a") if title in one.walk())
    anchor = next(around, None) or next(title.all("a"), None)
    return link(anchor.attributes.get("href", ""), base=f"{_SITE}/wiki/") if anchor else None


def _day(pair: tuple[date, Mapping[str, Any]]) -> date:
    return pair[0]
