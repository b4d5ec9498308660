"""An edition without its lead story is not one."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.edition import is_held
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "lead-story"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find an edition without a story, or with an empty one.

    Where the publication sends the features alone, an edition without a story needs one of them.
    """
    if is_held(checked.edition, checked.no_story):
        yield ("The edition has no story.", "Run `newsletter new`, or look at the story sources.")
    for number, story in enumerate(checked.edition.stories, start=1):
        if not story.headline.strip():
            yield (f"Story {number} has no headline.", "Give it one.")
        if not any(paragraph.strip() for paragraph in story.paragraphs):
            yield (f"Story {number} has no text.", "Write it, or remove the story.")
