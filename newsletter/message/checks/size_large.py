"""A message near Gmail's limit leaves no room for what a provider adds."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.checks.size_clip import LIMIT

CODE = "size-large"
LEVEL = Severity.WARNING

NEAR = 80_000  # bytes of decoded HTML


def check(checked: Checked) -> Iterator[Fault]:
    """Find HTML that comes near the size at which Gmail clips; above it `size-clip` speaks."""
    size = len(checked.html.encode())
    if NEAR <= size < LIMIT:
        yield Fault(
            f"The HTML has {size:,} bytes; Gmail clips it at {LIMIT:,}.",
            "Shorten the stories, or move one to the website.",
            measured=f"{size:,} bytes",
            limit=f"{NEAR:,} bytes",
            place=Place(part="html"),
        )
