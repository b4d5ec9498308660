"""Which features of HTML and CSS a message uses, as marks that `inboxes.support` knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from newsletter.core.model.clients import NAMES, Family
from newsletter.message.clients.support import Feature, features
from newsletter.message.html.document import Element, parse
from newsletter.message.html.stylesheets import Declaration, Rule, declarations, styles

Where = TypeVar("Where")

_FUNCTION = re.compile(r"(?<![\w-])(-?[a-z][a-z-]*)\(", re.IGNORECASE)
_UNIT = re.compile(r"(?<![\w#.-])[+-]?\d*\.?\d+([a-z]+|%)", re.IGNORECASE)
_WORD = re.compile(r"(?<![\w-])[a-z][a-z-]*(?![\w(-])", re.IGNORECASE)
_PSEUDO = re.compile(r"::?([a-z-]+)", re.IGNORECASE)
_MEDIA_FEATURE = re.compile(r"\(\s*([a-z-]+)", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|url\([^)]*\)", re.IGNORECASE)


@lru_cache(maxsize=4)
def in_elements(html: str) -> tuple[tuple[str, Element], ...]:
    """Return the marks of tags, attributes and style attributes, each with its element."""
    return tuple(
        (mark, element)
        for element in parse(html).elements
        for mark in (*_of_element(element), *_of_declarations(declarations(element.get("style"))))
    )


@lru_cache(maxsize=4)
def in_styles(html: str) -> tuple[tuple[str, int], ...]:
    """Return the marks of style elements, each with its line of the HTML."""
    found = styles(html)
    rules = [(mark, rule.line) for rule in found.rules for mark in _of_rule(rule)]
    at_rules = [
        (mark, rule.line)
        for rule in found.at_rules
        for mark in (f"at:{rule.name}", *_media(rule.prelude))
    ]
    return (*rules, *at_rules)


@dataclass(frozen=True, slots=True)
class Unknown(Generic[Where]):
    """A feature that some of the clients do not know, and where it is used."""

    feature: Feature
    families: tuple[Family, ...]
    places: tuple[Where, ...]

    @property
    def names(self) -> str:
        """Name the clients."""
        return ", ".join(NAMES[family] for family in self.families)


def unknown(
    uses: Iterable[tuple[str, Where]], clients: tuple[Family, ...], *, harmless: frozenset[str]
) -> Iterator[Unknown[Where]]:
    """Return each feature that a client does not know, once, without `harmless` ones (slugs)."""
    places: dict[Feature, list[Where]] = defaultdict(list)
    for mark, where in uses:
        for feature in features(mark):
            places[feature].append(where)
    for feature, found in places.items():
        lacking = feature.lacking(clients)
        if lacking and feature.slug not in harmless:
            yield Unknown(feature, lacking, tuple(found))


def _media(prelude: str) -> Iterator[str]:
    return (f"media:{name.lower()}" for name in _MEDIA_FEATURE.findall(prelude))


def _of_element(element: Element) -> Iterator[str]:
    yield f"element:{element.tag}"
    yield from (f"attribute:{name}" for name in element.attributes)
    if element.tag == "input":
        yield f"input:{element.get('type') or 'text'}"
    if element.tag == "a" and element.get("href")[:1] == "#":
        yield "link:#"


def _of_rule(rule: Rule) -> Iterator[str]:
    yield from _of_declarations(rule.declarations)
    yield from (f"pseudo:{name.lower()}" for name in _PSEUDO.findall(rule.written))


def _of_declarations(written: Iterable[Declaration]) -> Iterator[str]:
    for one in written:
        value = _QUOTED.sub("", one.value.lower())
        yield f"property:{one.name}"
        yield from (f"value:{one.name}:{word}" for word in _WORD.findall(value))
        yield from (f"keyword:{word}" for word in _WORD.findall(value))
        yield from (f"function:{name}" for name in _FUNCTION.findall(value))
        yield from (f"unit:{unit}" for unit in _UNIT.findall(value))
