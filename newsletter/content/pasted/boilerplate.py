"""Take away what the site put around the text: navigation, ratings, the comment section.

Rules 3 and 4 of content.md 4.5. Whole lines only: a paragraph that begins with "Comments" stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.content.pasted.folding import fold, fold_open

_LINES = frozenset(
    {
        "top of page",
        "bottom of page",
        "comments",
        "no ratings yet",
        "add a rating",
        "write a comment",
        "contact",
        "us",
        "tell",
        "become a member",
        "thanks for submitting",
        "share",
        "see all",
        "recent posts",
        "log in",
        "like",
        "reply",
    }
)
_RATED = re.compile(r"rated \d+(?:[.,]\d+)? out of 5 stars")
_COUNTED = re.compile(r"\d[\d.,]*[km]?\+? (?:(?:rating|view|like|comment)s?|min read)")
_COPYRIGHT = re.compile(r"(?:copyright )?(?:©|\(c\)) ?(?:19|20)\d\d\b")
_INVITATION = "bring global news straight to your inbox"
_FIRST_CUT = 2  # a headline may be "Comments"; from the third line on it is the section


def without_furniture(blocks: Sequence[str], *, extra: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the blocks that belong to the edition, in order.

    `extra` are further lines of one publisher's site, compared without case and closing
    punctuation; one that ends in "..." stands for every line with that beginning.
    """
    equal = _LINES | {fold_open(line) for line in extra if not _is_beginning(line)}
    beginnings = tuple(filter(None, (fold_open(line) for line in extra if _is_beginning(line))))
    return tuple(
        block
        for block in _before_comments(blocks)
        if not (
            fold_open(block) in equal or _is_pattern(block) or fold(block).startswith(beginnings)
        )
    )


def _before_comments(blocks: Sequence[str]) -> Sequence[str]:
    for position in range(_FIRST_CUT, len(blocks)):
        line = fold_open(blocks[position])
        if line == "comments" or _RATED.fullmatch(line):
            return blocks[:position]
    return blocks


def _is_pattern(block: str) -> bool:
    line = fold_open(block)
    return (
        _RATED.fullmatch(line) is not None
        or _COUNTED.fullmatch(line) is not None
        or _COPYRIGHT.match(line) is not None
        or line.startswith(_INVITATION)
    )


def _is_beginning(line: str) -> bool:
    return line.rstrip().endswith(("...", "…"))
