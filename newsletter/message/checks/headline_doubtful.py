"""Another line of a copied page may be the headline as well."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.content.pasted.model import PERHAPS
from newsletter.core.model import Part
from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "headline-doubtful"
LEVEL = Severity.WARNING

_HINT = "Look which one it is: press it on the desk's Paste, or correct the headline."


def check(checked: Checked) -> Iterator[Fault]:
    """Find a lead whose page has other lines that may be its headline."""
    if not checked.edition.stories:
        return
    headline = checked.edition.stories[0].headline
    others = [
        one.text
        for entry in checked.edition.background.provenance
        if entry.part is Part.STORY and entry.source == "page"
        for one in entry.left_out
        if one.reason == PERHAPS
    ]
    if others and headline not in others:
        yield Fault(
            f"The lead's headline may be another line of the page: “{'”, “'.join(others)}”.",
            _HINT,
            measured=f"{len(others) + 1} lines",
            limit="1 line",
            place=Place(part="edition", excerpt=headline),
        )
