"""The preheader is the second line of an inbox row."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "preheader"
LEVEL = Severity.WARNING

LEAST, MOST = 40, 140


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find a preheader that is too short, too long, or only repeats the subject."""
    preheader = checked.message.preheader
    if not LEAST <= len(preheader) <= MOST:
        yield (
            f"The preheader has {len(preheader)} characters; {LEAST} to {MOST} are right.",
            "Set `preheader` in edition.toml.",
        )
    if preheader and preheader.casefold() == checked.subject.casefold():
        yield ("The preheader only repeats the subject.", "Set `preheader` in edition.toml.")
