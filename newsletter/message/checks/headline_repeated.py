"""A headline that comes again as the first paragraph was taken along with the text."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt
from newsletter.message.words import known_by

CODE = "headline-repeated"
LEVEL = Severity.WARNING


def check(checked: Checked) -> Iterator[Fault]:
    """Find stories whose first paragraph is their headline, whatever its marks and capitals."""
    for story in checked.edition.stories:
        if not story.paragraphs or not (headline := known_by(story.headline, "text")):
            continue
        if known_by(story.paragraphs[0], story.markup) == headline:
            yield Fault(
                f"The story begins with its headline once more: “{excerpt(story.headline)}”.",
                "Take the first paragraph out of edition.toml.",
                measured="the headline twice",
                limit="once",
                place=Place(part="edition", excerpt=excerpt(story.paragraphs[0])),
            )
