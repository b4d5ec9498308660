"""Outlook's own parts stand in conditional comments; one left open swallows the mail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.findings import Fault, Place, Severity
from newsletter.ports import Checked

CODE = "mso-balance"
LEVEL = Severity.ERROR

_MARKS = re.compile(r"<!(?:--)?\[(if|endif)\b", re.IGNORECASE)


def check(checked: Checked) -> Iterator[Fault]:
    """Find conditional comments that are not closed, or closed without being open."""
    depth, line = 0, 0
    for match in _MARKS.finditer(checked.html):
        depth += 1 if match.group(1).lower() == "if" else -1
        line = checked.html.count("\n", 0, match.start()) + 1
        if depth not in {0, 1}:
            break
    if depth:
        yield Fault(
            "The conditional comments for Outlook do not pair up.",
            "Close each <!--[if mso]> with <![endif]--> in the template.",
            measured=f"{abs(depth)} unpaired",
            limit="0",
            place=Place(part="html", line=line),
        )
