"""A line over 998 octets is cut or refused on its way (RFC 5322 section 2.1.1)."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "line-length"
LEVEL = Severity.ERROR

LIMIT = 998  # octets


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find lines that are too long, in both parts."""
    for part, text in (("HTML", checked.html), ("text part", checked.text)):
        longest = max((len(line.encode()) for line in text.split("\n")), default=0)
        if longest > LIMIT:
            yield (
                f"A line of the {part} has {longest:,} octets; {LIMIT} are allowed.",
                "Look for a very long address or word.",
            )
