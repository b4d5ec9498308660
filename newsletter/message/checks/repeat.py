"""Readers notice what they had before; only an editor may want it so."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.content.repeats import WINDOW, describe
from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked

CODE = "repeat"
LEVEL = Severity.WARNING


def check(checked: Checked) -> Iterator[Fault]:
    """Find a part that readers had, or nearly had, within a year."""
    for sentence in describe(checked.edition.background.repeats):
        yield Fault(
            sentence,
            said("Put another in its place, or leave it if it is meant to come again."),
            measured="used within a year",
            limit=f"{WINDOW.days} days apart",
            place=Place(part="edition", excerpt=sentence),
        )
