"""Which elements a CSS selector matches (Selectors Level 3, as far as mails use it)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import cssselect
from cssselect import parser

from newsletter.message.html.document import Element

Selector = cssselect.Selector

_COMPARE: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda found, asked: found == asked,
    "~=": lambda found, asked: asked in found.split(),
    "|=": lambda found, asked: found == asked or found.startswith(f"{asked}-"),
    "^=": lambda found, asked: bool(asked) and found.startswith(asked),
    "$=": lambda found, asked: bool(asked) and found.endswith(asked),
    "*=": lambda found, asked: bool(asked) and asked in found,
    "!=": lambda found, asked: found != asked,
}


@lru_cache(maxsize=512)
def selectors(written: str) -> tuple[Selector, ...]:
    """Read the selectors of a rule; one that cannot be read spoils the rule: there are none."""
    try:
        return tuple(cssselect.parse(written))
    except cssselect.SelectorError:
        return ()


def matches(selector: Selector, element: Element) -> bool:
    """Say whether an element is meant, in a document nobody points at or has touched."""
    tag, classes = _asked(selector)
    if tag not in {"*", element.tag} or not classes <= element.classes:
        return False  # most elements; the rest is dear
    return selector.pseudo_element is None and _matches(selector.parsed_tree, element)


@lru_cache(maxsize=1024)
def _asked(selector: Selector) -> tuple[str, frozenset[str]]:
    """Return the tag, or `*`, and the classes that the element itself has to have."""
    found, tree = set(), selector.parsed_tree
    while not isinstance(tree, parser.Element):
        if isinstance(tree, parser.Class):
            found.add(tree.class_name)
        tree = tree.subselector if isinstance(tree, parser.CombinedSelector) else tree.selector
    return str(tree.element or "*"), frozenset(found)


def _matches(tree: parser.Tree, element: Element) -> bool:
    match tree:
        case parser.Element():
            return tree.element in {None, "*", element.tag}
        case parser.Class():
            return tree.class_name in element.classes and _matches(tree.selector, element)
        case parser.Hash():
            return tree.id == element.get("id") and _matches(tree.selector, element)
        case parser.Attrib():
            return _has(tree, element) and _matches(tree.selector, element)
        case parser.Negation():
            inner = _matches(tree.subselector, element)
            return not inner and _matches(tree.selector, element)
        case parser.Pseudo():
            return _is_state(tree.ident, element) and _matches(tree.selector, element)
        case parser.CombinedSelector():
            return _matches(tree.subselector, element) and any(
                _matches(tree.selector, other) for other in _related(tree.combinator, element)
            )
    return False


def _has(tree: parser.Attrib, element: Element) -> bool:
    if tree.attrib not in element.attributes:
        return False
    if tree.operator == "exists" or tree.value is None:
        return True
    return _COMPARE[tree.operator](element.get(tree.attrib), tree.value.value or "")


def _is_state(name: str, element: Element) -> bool:
    """Know the states that hold without a reader; nothing is hovered, visited or focused."""
    match name.lower():
        case "root":
            return element.parent is None
        case "first-child":
            return element.before is None
        case "link" | "any-link":
            return element.tag == "a" and bool(element.get("href"))
    return False


def _related(combinator: str, element: Element) -> Iterator[Element]:
    if combinator == ">":
        yield from [element.parent] if element.parent else []
    elif combinator == " ":
        yield from element.parent.ancestors() if element.parent else ()
    elif combinator == "+":
        yield from [element.before] if element.before else []
    elif combinator == "~":
        before = element.before
        while before is not None:
            yield before
            before = before.before
