"""Outlook's own parts stand in conditional comments; a slip in them breaks the mail only there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.clients.outlook import uncovered
from newsletter.message.html.document import parse, unbalanced

CODE = "mso-balance"
LEVEL = Severity.ERROR

_MARKS = re.compile(r"<!(?:--)?\[(if|endif)\b", re.IGNORECASE)
_PIXELS = re.compile(r"(?<![-\w])width\s*:\s*(\d+)(?:\.\d+)?px")


def check(checked: Checked) -> Iterator[Fault]:
    """Find comments for Outlook that do not pair up, and what they uncover that is not whole.

    Uncovered, tags have to pair up as well, and no cell may be wider than the mail's own table.
    """
    if fault := _unpaired(checked.html):
        yield fault
        return
    seen = uncovered(checked.html)
    if found := unbalanced(seen):
        tag, line = found
        yield Fault(
            f"As Outlook sees it, a <{tag}> has no partner.",
            "Open and close it in the same conditional comment, or in a pair of them.",
            measured=f"<{tag}> without its partner",
            limit="pairs",
            place=Place(part="html", line=line),
        )
    yield from _too_wide(seen)


def _unpaired(html: str) -> Fault | None:
    depth = 0
    for match in _MARKS.finditer(html):
        depth += 1 if match[1].lower() == "if" else -1
        if depth not in {0, 1}:
            return _unpaired_at(html, match.start())
    return _unpaired_at(html, len(html)) if depth else None


def _unpaired_at(html: str, offset: int) -> Fault:
    return Fault(
        "The conditional comments for Outlook do not pair up.",
        "Close each <!--[if mso]> with <![endif]--> in the template.",
        measured="one alone",
        limit="pairs",
        place=Place(part="html", line=html.count("\n", 0, offset) + 1),
    )


def _too_wide(seen: str) -> Iterator[Fault]:
    """Find the first cell or table that is wider than the first table, which is the mail's."""
    widths = ((e, _width(e.get("width"), e.get("style"))) for e in parse(seen).all("table", "td"))
    known = [(element, width) for element, width in widths if width]
    for element, width in known[1:]:
        if width > known[0][1]:
            yield Fault(
                f"In Outlook a <{element.tag}> is {width} px wide, in a mail of {known[0][1]} px.",
                "Look for a padding or a width that is no whole number of px in the template.",
                measured=f"{width} px",
                limit=f"{known[0][1]} px",
                place=Place(part="html", line=element.line, excerpt=element.place.excerpt),
            )
            return


def _width(attribute: str, style: str) -> int:
    found = _PIXELS.search(style)
    return max(int(attribute) if attribute.isdecimal() else 0, int(found[1]) if found else 0)
