"""A byline is a name; an address in it is read by everybody who gets or finds the mail."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt

CODE = "byline-address"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[Fault]:
    """Find bylines with an “@”: an address, or a name in a network."""
    for story in checked.edition.stories:
        if story.byline and "@" in story.byline.replace("＠", "@"):
            yield Fault(
                f"The byline of “{excerpt(story.headline)}” has an “@” in it.",
                "Set `byline` in edition.toml to the name alone.",
                measured="an address, or a name in a network",
                limit="a name",
                place=Place(part="edition", excerpt=excerpt(story.headline)),
            )
