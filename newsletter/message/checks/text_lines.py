"""Lines over 78 columns are broken anywhere (RFC 5322 section 2.1.1)."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt

CODE = "text-lines"
LEVEL = Severity.WARNING

LIMIT = 78


def check(checked: Checked) -> Iterator[Fault]:
    """Find lines of the text part that are too long and could have been broken."""
    numbered = enumerate(checked.text.split("\n"), start=1)
    long = [
        (number, line) for number, line in numbered if len(line) > LIMIT and " " in line.strip()
    ]
    if long:
        number, line = long[0]
        yield Fault(
            f"{len(long)} lines of the text part are over {LIMIT} characters: {line[:40]}…",
            "Put the reader's fields and addresses on lines of their own in the .txt.j2.",
            measured=f"{max(len(line) for _, line in long)} characters",
            limit=f"{LIMIT} characters",
            place=Place(part="text", line=number, excerpt=excerpt(line)),
        )
