"""Tell a paragraph from a short line: what is one is never taken away by guess."""

from __future__ import annotations

import re

from newsletter.content.pasted.bylines import read_byline
from newsletter.content.pasted.dates import is_dateline, is_reading_time
from newsletter.content.pasted.folding import SHORT, is_closed, is_short_and_open, plain
from newsletter.content.pasted.labels import image_credit, is_bare_label, read_feature

_PARAGRAPH = 40  # characters of a sentence that is one for sure
_MANY_WORDS = 12
_FULL_STOP = re.compile("[.…。۔][\"')\\]»]*$")


def is_paragraph(block: str) -> bool:
    """Say whether a line is a paragraph for sure: a long sentence, or longer than any headline."""
    return len(block) > SHORT or (len(block) >= _PARAGRAPH and is_closed(block))


def is_guarded(block: str) -> bool:
    """Say whether a line is too much of a sentence to be navigation."""
    return is_paragraph(block) or len(block.split()) >= _MANY_WORDS


def is_sentence(block: str) -> bool:
    """Say whether a line is part of a text: a paragraph, or a short one with its full stop."""
    return is_paragraph(block) or (
        _FULL_STOP.search(plain(block)) is not None and not is_dateline(block)
    )


def is_metadata(block: str) -> bool:
    """Say whether a line tells who wrote it, or when, and nothing more."""
    return is_dateline(block) or is_reading_time(block) or read_byline(block) is not None


def is_open_line(block: str) -> bool:
    """Say whether a line may be a title in a list: short, open, and no part of its own."""
    return (
        is_short_and_open(block)
        and len(block.split()) < _MANY_WORDS
        and read_feature(block) is None
        and image_credit(block) is None
        and not is_bare_label(block)
    )
