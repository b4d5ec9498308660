"""Readers notice what they had before; only an editor may want it so."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model import Severity
from newsletter.ports import Checked
from newsletter.repeats import describe

CODE = "repeat"
LEVEL = Severity.WARNING


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find a part that readers had, or nearly had, within a year."""
    for sentence in describe(checked.edition.repeats):
        yield (sentence, "Put another in its place, or leave it if it is meant to come again.")
