"""A line over 998 octets is cut or refused on its way (RFC 5322 section 2.1.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt

CODE = "line-length"
LEVEL = Severity.ERROR

LIMIT = 998  # octets


def check(checked: Checked) -> Iterator[Fault]:
    """Find lines that are too long, in both parts."""
    parts: tuple[tuple[Literal["html", "text"], str, str], ...] = (
        ("html", "HTML", checked.html),
        ("text", "text part", checked.text),
    )
    for part, name, text in parts:
        numbered = enumerate(text.split("\n"), start=1)
        number, longest = max(numbered, key=lambda line: len(line[1].encode()))
        octets = len(longest.encode())
        if octets > LIMIT:
            yield Fault(
                f"A line of the {name} has {octets:,} octets; {LIMIT} are allowed.",
                "Look for a very long address or word.",
                measured=f"{octets:,} octets",
                limit=f"{LIMIT} octets",
                place=Place(part=part, line=number, excerpt=excerpt(longest)),
            )
