"""What colours and sizes each element is shown in (CSS Cascading and Inheritance Level 4).

As a client shows the mail that reads style elements and honours dark styles, on a wide window:
conditions about the window's size do not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from tinycss2 import color4

from newsletter.core.colour import Colour
from newsletter.message.html.document import Element, Page, parse
from newsletter.message.html.selectors import matches
from newsletter.message.html.stylesheets import Declaration, Rule, declarations, styles

Scheme = Literal["light", "dark"]
_Weight = tuple[bool, int, tuple[int, int, int], int]  # important, inline, specificity, order

_SIDES = ("top", "right", "bottom", "left")
_EDGES = tuple(f"edge-{side}" for side in _SIDES)
# Properties that paint; a shorthand and its longhand override each other, so they share names.
_PAINTS: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("color", "display", "font-weight", "opacity", "visibility")},
    "background": ("ground",),
    "background-color": ("ground",),
    "font": ("font",),
    "font-size": ("size",),
    "border": _EDGES,
    "border-color": _EDGES,
    **{f"border-{side}": (f"edge-{side}",) for side in _SIDES},
    **{f"border-{side}-color": (f"edge-{side}",) for side in _SIDES},
}
_BOLD = frozenset({"b", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "th"})
_HEADINGS = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67}  # times the size around
_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
_LIGHT = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)")
_SCREEN = re.compile(r"\b(?:only\s+)?(?:screen|all)\b|\band\b")
_PARTS = re.compile(r"[a-z-]+\([^()]*\)|[^\s()]+", re.IGNORECASE)  # of a value, functions whole
_WHITE = Colour(255, 255, 255)
_LENGTH = re.compile(r"(\d*\.?\d+)(px|pt|em|rem|%)")
_UNITS = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}


@dataclass(frozen=True, slots=True)
class Painted:
    """How one element is shown."""

    colour: Colour
    ground: Colour | None  # None: a picture or a gradient
    size: float  # of its text, in px
    bold: bool
    hidden: bool
    grounded: bool = False  # it has a ground of its own
    edges: frozenset[Colour] = frozenset()  # of its borders


@lru_cache(maxsize=8)
def painted(html: str, scheme: Scheme) -> tuple[tuple[Element, Painted], ...]:
    """Return the body and its elements, in order, as they are shown in one scheme."""
    page = parse(html)
    rules = tuple(_relevant(styles(html).rules, scheme))
    start = _start(page, scheme)
    shown: dict[int, Painted] = {}
    for element in page.elements:
        above = shown.get(id(element.parent), start)
        shown[id(element)] = _paint(element, above, _declared(element, rules), scheme)
    bodies = tuple(page.all("body"))
    return tuple((element, shown[id(element)]) for element in (*bodies, *page.inside))


def _start(page: Page, scheme: Scheme) -> Painted:
    """Return what the client itself paints: a mail that announces dark styles gets a dark page."""
    announced = any(
        meta.get("name") == "color-scheme" and "dark" in meta.get("content")
        for meta in page.all("meta")
    )
    ink, paper = Colour(0, 0, 0), _WHITE
    if scheme == "dark" and announced:
        ink, paper = paper, Colour(18, 18, 18)
    return Painted(ink, paper, size=16.0, bold=False, hidden=False)


def _relevant(rules: Iterable[Rule], scheme: Scheme) -> Iterator[Rule]:
    for rule in rules:
        kept = tuple(_painting(rule.declarations))
        if kept and all(_holds(condition, scheme) for condition in rule.media):
            yield replace(rule, declarations=kept)


def _painting(written: Iterable[Declaration]) -> Iterator[Declaration]:
    return (replace(one, name=name) for one in written for name in _PAINTS.get(one.name, ()))


def _holds(condition: str, scheme: Scheme) -> bool:
    """Say whether one of a media condition's alternatives holds."""
    wanted, other = (_DARK, _LIGHT) if scheme == "dark" else (_LIGHT, _DARK)
    alternatives = [one for one in condition.split(",") if not other.search(one)]
    return any(not _SCREEN.sub("", wanted.sub("", one)).strip() for one in alternatives)


def _declared(element: Element, rules: Iterable[Rule]) -> dict[str, str]:
    """Return the values that win: by importance, then by where they stand, then the last one."""
    found: list[tuple[_Weight, Declaration]] = []
    for order, rule in enumerate(rules):
        weights = [one.specificity() for one in rule.selectors if matches(one, element)]
        if weights:
            heaviest = max(weights)
            found += [((one.important, 0, heaviest, order), one) for one in rule.declarations]
    inline = _painting(declarations(element.get("style")))
    found += [((one.important, 1, (0, 0, 0), 0), one) for one in inline]
    return {one.name: one.value for _, one in sorted(found, key=lambda weighed: weighed[0])}


def _paint(
    element: Element, above: Painted, declared: Mapping[str, str], scheme: Scheme
) -> Painted:
    ground = _ground(declared.get("ground") or element.get("bgcolor"), above.ground)
    return Painted(
        _over(_ink(element, above, declared, scheme), ground or _WHITE),
        ground,
        size=_size(element, above, declared),
        bold=_is_bold(element, above, declared),
        hidden=above.hidden or _is_hidden(declared),
        grounded=ground != above.ground,
        edges=frozenset(_edges(declared, ground or _WHITE)),
    )


def _ink(
    element: Element, above: Painted, declared: Mapping[str, str], scheme: Scheme
) -> color4.Color | Colour:
    if found := _colour(declared.get("color") or element.get("color")):
        return found
    if element.tag == "a" and element.get("href") and "color" not in declared:
        return Colour(0, 0, 238) if scheme == "light" else Colour(158, 158, 255)
    return above.colour


def _ground(written: str, above: Colour | None) -> Colour | None:
    """Return the colour under the text: of a picture, the colour behind it, where there is one."""
    found = next(filter(None, map(_colour, _PARTS.findall(written))), None)
    if found is not None:
        return _over(found, above or _WHITE)
    return None if "(" in written else above


def _edges(declared: Mapping[str, str], ground: Colour) -> Iterator[Colour]:
    for side in _EDGES:
        found = filter(None, map(_colour, _PARTS.findall(declared.get(side, ""))))
        yield from (_over(colour, ground) for colour in found if colour.alpha)


@lru_cache(maxsize=256)
def _colour(written: str | None) -> color4.Color | None:
    found = color4.parse_color(written) if written else None
    return found if isinstance(found, color4.Color) else None


def _over(colour: color4.Color | Colour, ground: Colour) -> Colour:
    """Lay a colour that may let light through over its ground."""
    if isinstance(colour, Colour):
        return colour
    seen = colour.to("srgb")
    return Colour(
        *(
            round(min(max(part, 0.0), 1.0) * 255 * seen.alpha + under * (1 - seen.alpha))
            for part, under in zip(seen.coordinates, ground, strict=True)
        )
    )


def _size(element: Element, above: Painted, declared: Mapping[str, str]) -> float:
    written = declared.get("size") or declared.get("font", "")
    found = _LENGTH.search(written)
    if found is None:
        return above.size * _HEADINGS.get(element.tag, 1.0)
    number, unit = float(found[1]), found[2]
    if unit in {"em", "%"}:
        return above.size * (number if unit == "em" else number / 100)
    return number * _UNITS[unit]


def _is_bold(element: Element, above: Painted, declared: Mapping[str, str]) -> bool:
    written = declared.get("font-weight") or declared.get("font", "")
    if re.search(r"\b(?:bold|bolder|[6-9]00)\b", written):
        return True
    if re.search(r"\b(?:normal|lighter|[1-5]00)\b", written):
        return False
    return element.tag in _BOLD or above.bold


def _is_hidden(declared: Mapping[str, str]) -> bool:
    return (
        declared.get("display") == "none"
        or declared.get("visibility") == "hidden"
        or declared.get("opacity") in {"0", "0.0", "0%"}
    )
