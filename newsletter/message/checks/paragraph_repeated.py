"""A paragraph that comes twice is a slip of the paste, or a teaser that was taken along."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt
from newsletter.message.words import count, known_by, plain

CODE = "paragraph-repeated"
LEVEL = Severity.WARNING

LEAST = 6  # words; a refrain, a “Yes.” or a rule of stars may come again


def check(checked: Checked) -> Iterator[Fault]:
    """Find stories with one paragraph twice; each paragraph once, whatever its marks."""
    for story in checked.edition.stories:
        known: set[str] = set()
        told: set[str] = set()
        for block in story.paragraphs:
            words = plain(block, story.markup)
            key = known_by(block, story.markup)
            if key in known and key not in told and count(words) >= LEAST:
                told.add(key)
                yield Fault(
                    said("A paragraph of “%(words)s” comes twice.", words=excerpt(story.headline)),
                    said("Take one of the two out of edition.toml."),
                    measured="twice",
                    limit="once",
                    place=Place(part="edition", excerpt=excerpt(words)),
                )
            known.add(key)
