"""Clients that honour dark styles need to be told that there are some."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks._html import parse
from newsletter.findings import Fault, Place, Severity
from newsletter.ports import Checked

CODE = "dark-complete"
LEVEL = Severity.WARNING


def check(checked: Checked) -> Iterator[Fault]:
    """Find a message without dark styles, or one that does not announce them."""
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
