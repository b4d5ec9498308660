"""Read the labelled lines of a page into fact, quote, word, sentences and others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from newsletter.model import Credit, Fact, OtherFeature, Quote, Word
from newsletter.page.entries import Entry
from newsletter.page.labels import Feature, FeatureKind
from newsletter.page.quote import read_quote
from newsletter.page.word import read_word

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the labelled lines say, and those that could not be read or came twice."""

    fact: Fact | None
    quote: Quote | None
    word: Word | None
    sentences: tuple[str, ...]
    others: tuple[OtherFeature, ...]
    unread: tuple[str, ...]


def read_features(found: Iterable[Entry]) -> Features:
    """Read all labelled lines; the first readable fact, quote and word count, and every other."""
    by_kind: dict[FeatureKind, list[Entry]] = {kind: [] for kind in FeatureKind}
    for entry in found:
        if entry.feature is not None:
            by_kind[entry.feature.kind].append(entry)
    sentences, mute_sentences = _all(by_kind[FeatureKind.SENTENCE], _sentence)
    others, mute_others = _all(by_kind[FeatureKind.OTHER], _other)
    fact, more_facts = _first(by_kind[FeatureKind.FACT], _fact)
    quote, more_quotes = _first(by_kind[FeatureKind.QUOTE], _quote)
    word, more_words = _first(by_kind[FeatureKind.WORD], lambda one: _word(one, sentences))
    return Features(
        fact=fact,
        quote=quote,
        word=word,
        sentences=sentences,
        others=others,
        unread=(*mute_sentences, *mute_others, *more_facts, *more_quotes, *more_words),
    )


def _all(
    found: Sequence[Entry], read: Callable[[Feature], _Part | None]
) -> tuple[tuple[_Part, ...], tuple[str, ...]]:
    """Read every entry; give what could be read, and the lines of what could not."""
    parts: list[_Part] = []
    unread: list[str] = []
    for entry in found:
        part = read(entry.feature) if entry.feature and entry.feature.text else None
        if part is None:
            unread += entry.blocks
        else:
            parts.append(part)
    return tuple(parts), tuple(unread)


def _first(
    found: Sequence[Entry], read: Callable[[Feature], _Part | None]
) -> tuple[_Part | None, tuple[str, ...]]:
    """Read the first entry that can be read; give it, and the lines of all the others."""
    for position, entry in enumerate(found):
        parts, _ = _all([entry], read)
        if parts:
            others = [*found[:position], *found[position + 1 :]]
            return parts[0], _blocks(others)
    return None, _blocks(found)


def _blocks(found: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(block for entry in found for block in entry.blocks)


def _credit(feature: Feature) -> Credit | None:
    return Credit(feature.source) if feature.source else None


def _fact(feature: Feature) -> Fact:
    return Fact(text=feature.text, source=_credit(feature))


def _quote(feature: Feature) -> Quote | None:
    return read_quote(feature.text, source=feature.source)


def _word(feature: Feature, sentences: tuple[str, ...]) -> Word | None:
    return read_word(feature.text, source=feature.source, sentences=sentences)


def _sentence(feature: Feature) -> str:
    return feature.text


def _other(feature: Feature) -> OtherFeature:
    return OtherFeature(label=feature.label, text=feature.text, source=_credit(feature))
