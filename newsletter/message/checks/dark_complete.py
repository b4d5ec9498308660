"""Clients that honour dark styles need to be told of them, and to be given all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from newsletter.core.colour import Colour
from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.cascade import painted
from newsletter.message.html.document import Element, parse

CODE = "dark-complete"
LEVEL = Severity.WARNING

BRIGHT = 0.4  # relative luminance from which on a ground or a line dazzles at night
_PROPERTY = {"ground": "background-color", "border": "border-color"}


def check(checked: Checked) -> Iterator[Fault]:
    """Find a mail without announced dark styles, and what stays bright in them."""
    page = parse(checked.html)
    announced = {m.get("name").lower() for m in page.all("meta") if "dark" in m.get("content")}
    if not {"color-scheme", "supported-color-schemes"} <= announced:
        yield Fault(
            "The HTML does not announce that it has a dark scheme.",
            'Keep <meta name="color-scheme" content="light dark"> and its older twin in the head.',
            measured=", ".join(sorted(announced)) or "none",
            limit="color-scheme and supported-color-schemes",
            place=Place(part="html", tag="head"),
        )
    if not any("prefers-color-scheme" in style.text for style in page.all("style")):
        yield Fault(
            "There are no dark styles.",
            "Give each colour role a dark partner in client.css.",
            measured="0 rules",
            limit="1 and more in @media (prefers-color-scheme: dark)",
            place=Place(part="html", tag="head"),
        )
        return
    yield from _bright(checked.html)


def _bright(html: str) -> Iterator[Fault]:
    """Find each colour of a ground or a border that stays bright in the dark styles, once.

    A border that is bright in the dark alone is meant: a rule drawn in ink.
    """
    found: dict[tuple[str, Colour], list[Element]] = defaultdict(list)
    for (element, dark), (_, light) in zip(
        painted(html, "dark"), painted(html, "light"), strict=True
    ):
        if dark.hidden:
            continue
        if dark.grounded and dark.ground:
            found["ground", dark.ground].append(element)
        for edge in sorted(dark.edges & light.edges):
            found["border", edge].append(element)
    for (what, colour), elements in found.items():
        if colour.luminance > BRIGHT:
            yield Fault(
                f"The {what} {colour.written} stays bright in the dark, {len(elements)} time(s).",
                f"Give its class a {_PROPERTY[what]} in the dark styles of client.css.",
                measured=f"luminance {colour.luminance:.2f}",
                limit=f"luminance {BRIGHT}",
                place=elements[0].place,
            )
