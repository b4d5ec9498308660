"""Gmail drops all style elements of a message when they are too long together."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "style-budget"
LEVEL = Severity.ERROR

LIMIT = 16_384  # characters in all style elements together


def check(checked: Checked) -> Iterator[Fault]:
    """Find style elements over Gmail's budget (email-bugs #90)."""
    found = used(checked.html)
    if found > LIMIT:
        yield Fault(
            f"The style elements have {found:,} characters; Gmail takes {LIMIT:,} and drops all.",
            "Move rules from client.css to base.css, or drop some.",
            measured=f"{found:,} characters",
            limit=f"{LIMIT:,} characters",
            place=Place(part="html", tag="style"),
        )


def used(html: str) -> int:
    """Count the characters of all style elements."""
    return sum(len(style.own_text) for style in parse(html).all("style"))
