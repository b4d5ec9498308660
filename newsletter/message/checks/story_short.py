"""A story of a few words is mostly a teaser, or what was left of a page that could not be read."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt
from newsletter.message.words import count, plain

CODE = "story-short"
LEVEL = Severity.WARNING

LEAST = 40


def check(checked: Checked) -> Iterator[Fault]:
    """Find stories of under 40 words; where words are not parted by spaces, of as much text."""
    for story in checked.edition.stories:
        words = sum(count(plain(block, story.markup)) for block in story.paragraphs)
        if 0 < words < LEAST:  # one without any is the business of `lead-story`
            yield Fault(
                said(
                    "“%(words)s” has %(words_2)s words.",
                    words=excerpt(story.headline),
                    words_2=words,
                ),
                said("Look whether its source had more; a note so short may be meant."),
                measured=f"{words} words",
                limit=f"{LEAST} words",
                place=Place(part="edition", excerpt=excerpt(story.headline)),
            )
