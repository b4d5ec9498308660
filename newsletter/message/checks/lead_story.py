"""An edition without its lead story is not one."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.content.edition import is_held
from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt

CODE = "lead-story"
LEVEL = Severity.ERROR
BINDING = "An edition without its story is not one."


def check(checked: Checked) -> Iterator[Fault]:
    """Find an edition without a story, or with an empty one.

    Where the publication sends the features alone, an edition without a story needs one of them.
    """
    if is_held(checked.edition, checked.no_story):
        yield Fault(
            said("The edition has no story."),
            said("Run `newsletter new`, or look at the story sources."),
            measured="0 stories",
            limit="1",
            place=Place(part="edition"),
        )
    for number, story in enumerate(checked.edition.stories, start=1):
        text = excerpt(" ".join(story.paragraphs))
        if not story.headline.strip():
            yield _blank(
                said("Story %(number)s has no headline.", number=number),
                said("Give it one."),
                beside=text,
            )
        if not text:
            hint = said("Write it, or remove the story.")
            yield _blank(
                said("Story %(number)s has no text.", number=number), hint, beside=story.headline
            )


def _blank(sentence: str, hint: str, *, beside: str) -> Fault:
    place = Place(part="edition", excerpt=beside)
    return Fault(sentence, hint, measured="0 words", limit="1", place=place)
