"""The preheader is the second line of an inbox row."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "preheader"
LEVEL = Severity.WARNING

LEAST, MOST = 40, 140
_HINT = "Set `preheader` in edition.toml."


def check(checked: Checked) -> Iterator[Fault]:
    """Find a preheader that is too short, too long, or only repeats the subject."""
    preheader = checked.message.preheader
    place = Place(part="preheader", excerpt=preheader)
    if not LEAST <= len(preheader) <= MOST:
        yield Fault(
            f"The preheader has {len(preheader)} characters; {LEAST} to {MOST} are right.",
            _HINT,
            measured=f"{len(preheader)} characters",
            limit=f"{LEAST} to {MOST} characters",
            place=place,
        )
    if preheader and preheader.casefold() == checked.subject.casefold():
        yield Fault(
            "The preheader only repeats the subject.",
            _HINT,
            measured="the subject",
            limit="something else",
            place=place,
        )
