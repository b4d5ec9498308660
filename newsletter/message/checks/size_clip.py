"""Gmail shows a message only up to 102,400 bytes of HTML; the rest, with the footer, is clipped."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "size-clip"
LEVEL = Severity.ERROR

LIMIT = 102_400  # bytes of decoded HTML


def check(checked: Checked) -> Iterator[Fault]:
    """Find HTML that Gmail would clip (email-bugs #41)."""
    size = len(checked.html.encode())
    if size >= LIMIT:
        yield Fault(
            f"The HTML has {size:,} bytes; Gmail clips it at {LIMIT:,}.",
            "Shorten the stories, or move one to the website.",
            measured=f"{size:,} bytes",
            limit=f"{LIMIT:,} bytes",
            place=Place(part="html"),
        )
