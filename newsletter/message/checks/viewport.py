"""Without a viewport a phone shows the mail as a shrunken desktop page."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "viewport"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[Fault]:
    """Find a document that does not ask for the device's own width."""
    metas = parse(checked.html).all("meta")
    asked = [m.get("content") for m in metas if m.get("name").lower() == "viewport"]
    if not any("width=device-width" in content.replace(" ", "") for content in asked):
        yield Fault(
            "The HTML does not ask phones for their own width.",
            'Keep <meta name="viewport" content="width=device-width, …"> in the head.',
            measured=", ".join(asked) or "none",
            limit="width=device-width",
            place=Place(part="html", tag="head"),
        )
