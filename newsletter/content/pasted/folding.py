"""Compare text as people do: case, curly quotes and kinds of dashes make no difference.

Only for matching; what is kept is always the text as printed.
"""

from __future__ import annotations

import re

DASHES = "-‒–—―−"
SHORT = 110  # characters of a headline or an entry of the contents, at most

_FULL_WIDTH = "\uff01\uff08\uff09\uff1a\uff1b\uff1f"
_PLAIN = str.maketrans("‘’‚‛“”„‟‒–—―−" + _FULL_WIDTH, "''''" + '""""' + "-----" + "!():;?")
_CLOSED = re.compile("[.!?…:;,\u3002\u061f\u06d4][\"'»)\\]]*$")


def plain(text: str) -> str:
    """Straighten quotes, dashes and full-width punctuation; the length stays the same."""
    return text.translate(_PLAIN)


def fold(text: str) -> str:
    """Straighten and ignore case."""
    return plain(text).casefold()


def fold_open(text: str) -> str:
    """Fold, and leave out closing punctuation."""
    return fold(text).rstrip(" .!?…:;,")


def is_closed(text: str) -> bool:
    """Say whether a line ends like a sentence: in closing punctuation, perhaps quoted."""
    return _CLOSED.search(plain(text)) is not None


def is_short_and_open(text: str) -> bool:
    """Say whether a line looks like a headline: short, and no sentence (content.md 4.5, 13)."""
    return len(text) <= SHORT and not is_closed(text)
