"""Clients that honour dark styles need to be told that there are some."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks._html import parse
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "dark-complete"
LEVEL = Severity.WARNING


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find a message without dark styles, or one that does not announce them."""
    page = parse(checked.html)
    announced = {m.get("name").lower() for m in page.all("meta") if "dark" in m.get("content")}
    if not {"color-scheme", "supported-color-schemes"} <= announced:
        yield (
            "The HTML does not announce that it has a dark scheme.",
            'Keep <meta name="color-scheme" content="light dark"> and its older twin in the head.',
        )
    if not any("prefers-color-scheme" in style.text for style in page.all("style")):
        yield ("There are no dark styles.", "Give each colour role a dark partner in client.css.")
