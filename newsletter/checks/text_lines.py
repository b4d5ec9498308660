"""Lines over 78 columns are broken anywhere (RFC 5322 section 2.1.1)."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "text-lines"
LEVEL = Severity.WARNING

LIMIT = 78


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find lines of the text part that are too long and could have been broken."""
    long = [line for line in checked.text.split("\n") if len(line) > LIMIT and " " in line.strip()]
    if long:
        yield (
            f"{len(long)} lines of the text part are over {LIMIT} characters: {long[0][:40]}…",
            "Put the reader's fields and addresses on lines of their own in the .txt.j2.",
        )
