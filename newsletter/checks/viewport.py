"""Without a viewport a phone shows the mail as a shrunken desktop page."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks._html import parse
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "viewport"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find a document that does not ask for the device's own width."""
    metas = parse(checked.html).all("meta")
    asked = [m.get("content") for m in metas if m.get("name").lower() == "viewport"]
    if not any("width=device-width" in content.replace(" ", "") for content in asked):
        yield (
            "The HTML does not ask phones for their own width.",
            'Keep <meta name="viewport" content="width=device-width, …"> in the head.',
        )
