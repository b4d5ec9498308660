"""Read the labelled lines of a page into fact, quote, word, sentences and others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from newsletter.content.pasted.entries import Entry
from newsletter.content.pasted.labels import Feature, FeatureKind
from newsletter.content.pasted.model import Features
from newsletter.content.pasted.quote import read_quote
from newsletter.content.pasted.word import read_word
from newsletter.core.model import Credit, Fact, OtherFeature, Quote, Word

_Part = TypeVar("_Part")


def read_features(found: Sequence[Entry]) -> tuple[Features, tuple[str, ...]]:
    """Return what the labelled lines say, and those that could not be read or were one too many."""
    features, unread = sort_features(found)
    return features, tuple(block for entry in unread for block in entry.blocks)


def sort_features(found: Sequence[Entry]) -> tuple[Features, tuple[Entry, ...]]:
    """Return what the labelled lines say, and the entries of which nothing was taken.

    The first readable fact, quote and word count, and every other feature.
    """
    sentences = _readable(found, FeatureKind.SENTENCE, lambda one: one.text)
    texts = tuple(text for _, text in sentences)
    others = _readable(found, FeatureKind.OTHER, _other)
    facts = _readable(found, FeatureKind.FACT, _fact)[:1]
    quotes = _readable(found, FeatureKind.QUOTE, _quote)[:1]
    words = _readable(found, FeatureKind.WORD, lambda one: _word(one, texts))[:1]
    read = {entry for entry, _ in (*sentences, *others, *facts, *quotes, *words)}
    features = Features(
        fact=facts[0][1] if facts else None,
        quote=quotes[0][1] if quotes else None,
        word=words[0][1] if words else None,
        sentences=texts,
        others=tuple(other for _, other in others),
    )
    unread = (entry for entry in found if entry.feature is not None and entry not in read)
    return features, tuple(unread)


def _readable(
    found: Sequence[Entry], kind: FeatureKind, read: Callable[[Feature], _Part | None]
) -> list[tuple[Entry, _Part]]:
    """Pair the entries of a kind with what they say, without those that say nothing readable."""
    parts: list[tuple[Entry, _Part]] = []
    for entry in found:
        feature = entry.feature
        if feature is None or feature.kind is not kind or not feature.text:
            continue
        part = read(feature)
        if part is not None:
            parts.append((entry, part))
    return parts


def _credit(feature: Feature) -> Credit | None:
    return Credit(feature.source) if feature.source else None


def _fact(feature: Feature) -> Fact:
    return Fact(text=feature.text, source=_credit(feature))


def _quote(feature: Feature) -> Quote | None:
    return read_quote(feature.text, source=_credit(feature))


def _word(feature: Feature, sentences: tuple[str, ...]) -> Word | None:
    return read_word(feature.text, source=_credit(feature), sentences=sentences)


def _other(feature: Feature) -> OtherFeature:
    return OtherFeature(label=feature.label, text=feature.text, source=_credit(feature))
