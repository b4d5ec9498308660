"""Read how a page opens: the date as its title, the list of contents, the divider.

Rules 5 to 7 of content.md 4.5, after the publisher's layouts since 2023.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from newsletter.content.pasted.folding import fold, fold_open, is_short_and_open
from newsletter.content.pasted.labels import image_credit, is_bare_label, read_feature
from newsletter.content.pasted.listing import without_mark
from newsletter.content.pasted.paragraphs import is_metadata

_DIVIDER = re.compile(r"now,? let'?s dive (?:right )?in(?:to)? (?:to )?(?:today's|the) news")
EVENTS = "upcoming events"


def is_divider(block: str) -> bool:
    """Say whether a line leads over from the greeting to the news."""
    return _DIVIDER.fullmatch(fold_open(block)) is not None


def is_contents_heading(block: str) -> bool:
    """Say whether a line is "Contents:" and nothing more."""
    return fold(block).replace(" ", "") in {"contents:", "contents"}


def contents_length(blocks: Sequence[str], heading: int) -> int:
    """Count the entries that follow the heading at this position.

    Beyond the rule, the list is over where an entry comes again (it is the first story's own
    headline by then), and where anything follows the features, which close the list.
    """
    seen: set[str] = set()
    after_features = False
    for length, block in enumerate(blocks[heading + 1 :]):
        if not _is_entry(block) or fold(without_mark(block)) in seen:
            return length
        if after_features and _is_headline(block):
            return length
        seen.add(fold(without_mark(block)))
        after_features = is_bare_label(block)
    return len(blocks) - heading - 1


def headlines_of(entries: Iterable[str]) -> tuple[str, ...]:
    """Return the entries that announce stories, not features or events; headings are left out."""
    bare = (without_mark(entry) for entry in entries)
    return tuple(entry for entry in bare if _is_headline(entry) and not is_contents_heading(entry))


def _is_entry(block: str) -> bool:
    return (
        is_short_and_open(block)
        and read_feature(block) is None
        and image_credit(block) is None
        and not is_contents_heading(block)
        and not is_divider(block)
    )


def _is_headline(entry: str) -> bool:
    has_words = any(map(str.isalnum, entry))
    return has_words and not (is_bare_label(entry) or is_metadata(entry) or fold(entry) == EVENTS)
