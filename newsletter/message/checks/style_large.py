"""Style elements near Gmail's budget leave no room for the next rule."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.checks.style_budget import LIMIT, used

CODE = "style-large"
LEVEL = Severity.WARNING

NEAR = 12_000  # characters in all style elements together


def check(checked: Checked) -> Iterator[Fault]:
    """Find style elements near the size at which Gmail drops them; above it `style-budget` speaks.

    Gmail drops all of them, not the last one alone (email-bugs #90).
    """
    found = used(checked.html)
    if NEAR < found <= LIMIT:
        yield Fault(
            f"The style elements have {found:,} characters; Gmail takes {LIMIT:,} and drops all.",
            "Move rules from client.css to base.css, or drop some.",
            measured=f"{found:,} characters",
            limit=f"{NEAR:,} characters",
            place=Place(part="html", tag="style"),
        )
