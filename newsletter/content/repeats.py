"""What counts as the same content again: normalised keys, and texts that are nearly the same. Pure.

Rules of content.md 5.3 and 7.2: a word is known by itself, a quote and a fact by their folded text,
a story by its link and by its headline.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from newsletter.core.model import Edition, Fact, Part, Quote, Repeat, Story, Supply, Word
from newsletter.core.sentences import said

WINDOW = timedelta(days=365)
NEARLY = 0.8  # more than this share of words in common is the same text again

_WITHIN_WORDS = frozenset("'’‘ʼ`´′")  # "isn’t" and "isnt" are one word
_TRACKING = frozenset({"fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "msclkid", "ref_src"})
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One entry of the no-repeat ledger, before it is written."""

    part: Part
    key: str
    text: str  # as readers saw it
    origin: str


class Uses:
    """The uses of one part within a window, ready to be compared with."""

    def __init__(self, used: Iterable[tuple[str, date]]) -> None:
        self._last: dict[str, date] = {}
        for key, day in used:
            self._last[key] = max(day, self._last.get(key, day))

    @cached_property
    def _words(self) -> list[tuple[frozenset[str], date]]:
        return [(frozenset(key.split()), day) for key, day in self._last.items()]

    def last(self, part: Part, supply: Supply) -> date | None:
        """Say when a supply, or one nearly the same, was last used; None: never."""
        found = keys(part, supply)
        days = [self._last[key] for key in found if key in self._last]
        if not days and part in {Part.FACT, Part.QUOTE}:
            days = [day for key in found for day in self._nearly(key)]
        return max(days, default=None)

    def _nearly(self, key: str) -> list[date]:
        words = frozenset(key.split())
        return [day for used, day in self._words if overlap(words, used) > NEARLY]


def keys(part: Part, supply: Supply) -> tuple[str, ...]:
    """Return the keys by which a supply is known again; none when it lacks the part.

    Case, accents, punctuation and the style of quotation marks make no difference.
    """
    return tuple(key for key, _ in _keyed(part, supply))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words two texts have in common, of all their words: 0 to 1."""
    if not one or not other:
        return 0.0
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def folded(text: str) -> str:
    """Return a text in lower case, without accents and punctuation, its words one space apart."""
    flat = text.lower() if text.isascii() else _decomposed(_decomposed(text).casefold())
    return " ".join(flat.translate(_FOLDING).split()) or " ".join(text.split())


def normalised_link(url: str) -> str:
    """Return an address without scheme, `www`, tracking, fragment and final slash."""
    try:
        parts = urlsplit(url.strip())
        host = _host(parts)
    except ValueError:
        return url.strip()
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _is_tracking(pair[0])])
    return host + parts.path.rstrip("/") + (f"?{query}" if query else "")


def part_of(edition: Edition, part: Part) -> Supply:
    """Return a part of an edition as a source would have supplied it."""
    features = {Part.FACT: edition.fact, Part.QUOTE: edition.quote, Part.WORD: edition.word}
    if part is Part.STORY:
        return Supply(stories=edition.stories)
    return Supply(feature=features[part])


def uses(edition: Edition) -> tuple[Use, ...]:
    """List what an edition uses up, for the ledger."""
    origins = {entry.part: entry.origin for entry in edition.background.provenance}
    return tuple(
        Use(part=part, key=key, text=text, origin=origins.get(part, ""))
        for part in Part
        for key, text in _keyed(part, part_of(edition, part))
    )


def describe(repeats: Sequence[Repeat]) -> tuple[str, ...]:
    """Say in full sentences what comes again."""
    return tuple(
        said("The %(part)s was used on %(day)s.", part=one.part, day=one.used_on) for one in repeats
    )


def _keyed(part: Part, supply: Supply) -> list[tuple[str, str]]:
    """Pair each key with the text it stands for."""
    if part is Part.STORY:
        return [pair for story in supply.stories for pair in _story_keys(story)]
    match supply.feature:
        case Fact(whole=text) | Quote(text=text) | Word(word=text):
            return [(folded(text), text)]
    return []


def _story_keys(story: Story) -> list[tuple[str, str]]:
    pairs = [(f"headline {folded(story.headline)}", story.headline)]
    address = normalised_link(story.link) if story.link else ""
    if "/" in address or "?" in address:  # that of a whole site tells nothing of one story
        pairs.append((f"link {address}", story.link or ""))
    return pairs


_decomposed = partial(unicodedata.normalize, "NFKD")


class _Folding(dict[int, str]):
    """What each character becomes, found out once: a library has a million of them."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _folded_character(chr(code))
        return found


def _folded_character(character: str) -> str:
    kind = unicodedata.category(character)[0]
    if kind in "LN":
        return character
    return "" if kind == "M" or character in _WITHIN_WORDS else " "


_FOLDING = _Folding()


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removeprefix("www.")
    port = parts.port
    return host if port in {None, _PORTS.get(parts.scheme)} else f"{host}:{port}"


def _is_tracking(name: str) -> bool:
    return name.lower().startswith("utm_") or name.lower() in _TRACKING
