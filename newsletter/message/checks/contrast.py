"""Text that hardly differs from its ground cannot be read (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from newsletter.core.colour import READABLE, READABLE_LARGE, Colour, contrast
from newsletter.core.model.findings import Fault, Severity
from newsletter.message.check import Checked
from newsletter.message.html.cascade import Painted, Scheme, painted
from newsletter.message.html.document import Element

CODE = "contrast"
LEVEL = Severity.ERROR

_SHEETS: dict[Scheme, str] = {"light": "base.css", "dark": "the dark styles of client.css"}


class _Pair(NamedTuple):
    """A colour on its ground, with the least contrast its texts need."""

    ink: Colour
    ground: Colour
    least: float


def check(checked: Checked) -> Iterator[Fault]:
    """Find text with too little contrast, in light and in dark; each pair of colours once.

    Text over a picture or a gradient is not judged, nor what is hidden.
    """
    told: set[_Pair] = set()
    for scheme in _SHEETS:
        pairs: dict[_Pair, list[Element]] = defaultdict(list)
        for element, shown in painted(checked.html, scheme):
            if pair := _pair(element, shown):
                pairs[pair].append(element)
        for pair, elements in pairs.items():
            if pair not in told and contrast(pair.ink, pair.ground) < pair.least:
                yield _fault(pair, elements, scheme)
                told.add(pair)


def _pair(element: Element, shown: Painted) -> _Pair | None:
    if shown.hidden or shown.ground is None:
        return None
    if not (element.own_text.strip() or element.get("alt").strip()):
        return None
    large = shown.size >= 24 or (shown.bold and shown.size >= 18.66)
    return _Pair(shown.colour, shown.ground, READABLE_LARGE if large else READABLE)


def _fault(pair: _Pair, elements: list[Element], scheme: Scheme) -> Fault:
    ratio = contrast(pair.ink, pair.ground)
    return Fault(
        f"Text in {pair.ink.written} on {pair.ground.written}, in {len(elements)} place(s), has a "
        f"contrast of {_floor(ratio)} in the {scheme} scheme; {pair.least} is the least.",
        f"Change one of the two colours in {_SHEETS[scheme]}.",
        measured=f"{_floor(ratio)} : 1",
        limit=f"{pair.least} : 1",
        place=elements[0].place,
    )


def _floor(ratio: float) -> str:
    """Write a ratio so that one that fails never reads as if it passed."""
    return f"{int(ratio * 100) / 100:.2f}"
