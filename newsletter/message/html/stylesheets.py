"""The style sheets of a message, read once for all checks (CSS Syntax Module Level 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2

from newsletter.message.html.document import Element, parse
from newsletter.message.html.selectors import Selector, selectors


@dataclass(frozen=True, slots=True)
class Declaration:
    """One property with its value, as written."""

    name: str  # in small letters
    value: str
    important: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations for what its selectors match, where all its conditions hold."""

    selectors: tuple[Selector, ...]
    declarations: tuple[Declaration, ...]
    media: tuple[str, ...]  # of the style element and the @media rules around it, in small letters
    written: str  # the selectors as written
    line: int  # of the HTML


@dataclass(frozen=True, slots=True)
class AtRule:
    """An @ rule by its name, with what stands before its block."""

    name: str
    prelude: str
    line: int


@dataclass(frozen=True, slots=True)
class Styles:
    """All style elements of a message, in order."""

    rules: tuple[Rule, ...]
    at_rules: tuple[AtRule, ...]


@lru_cache(maxsize=4)
def styles(html: str) -> Styles:
    """Read the style elements; broken rules are left out, as a mail client would."""
    rules: list[Rule] = []
    at_rules: list[AtRule] = []
    for element in parse(html).all("style"):
        media = element.get("media").lower()
        reader = _Reader(element, rules, at_rules)
        reader.read(_rules(element.own_text), media=(media,) if media else ())
    return Styles(tuple(rules), tuple(at_rules))


@lru_cache(maxsize=1024)  # a mail repeats the same few style attributes
def declarations(style: str) -> tuple[Declaration, ...]:
    """Read a style attribute; broken declarations are left out."""
    return tuple(_declarations(style))


class _Reader:
    """Collects the rules of one style element, those within @ rules included."""

    def __init__(self, element: Element, rules: list[Rule], at_rules: list[AtRule]) -> None:
        self._line = element.line - 1
        self._rules, self._at_rules = rules, at_rules

    def read(self, nodes: Iterable[Any], *, media: tuple[str, ...]) -> None:
        for node in nodes:
            if node.type == "qualified-rule":
                self._rules.append(self._rule(node, media))
            elif node.type == "at-rule":
                self._at_rule(node, media)

    def _rule(self, node: Any, media: tuple[str, ...]) -> Rule:
        written = tinycss2.serialize(node.prelude).strip()
        return Rule(
            selectors(written),
            tuple(_declarations(node.content)),
            media=media,
            written=written,
            line=self._line + node.source_line,
        )

    def _at_rule(self, node: Any, media: tuple[str, ...]) -> None:
        prelude = tinycss2.serialize(node.prelude).strip().lower()
        name = node.lower_at_keyword
        self._at_rules.append(AtRule(name, prelude, self._line + node.source_line))
        if name == "media" and node.content is not None:
            self.read(_rules(node.content), media=(*media, prelude))


def _rules(text: str | list[Any]) -> list[Any]:
    found: list[Any] = tinycss2.parse_rule_list(text, skip_comments=True, skip_whitespace=True)
    return found


def _declarations(text: str | list[Any]) -> Iterator[Declaration]:
    for node in tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration":
            value = tinycss2.serialize(node.value).strip()
            yield Declaration(node.lower_name, value, node.important)
