"""Compare text as people do: case, curly quotes and kinds of dashes make no difference.

Only for matching; what is kept is always the text as printed.
"""

from __future__ import annotations

import re

DASHES = "-‒–—―−"
SHORT = 110  # characters of a headline or an entry of the contents, at most

_PLAIN = str.maketrans("‘’‚‛“”„‟‒–—―−:（）", "''''\"\"\"\"-----:()")
_CLOSED = re.compile(r"[.!?…:;,。!?؟۔][\"'”’»)\]]*$")


def plain(text: str) -> str:
    """Straighten quotes, dashes, full-width colons and parentheses; the length stays the same."""
    return text.translate(_PLAIN)


def fold(text: str) -> str:
    """Straighten and ignore case."""
    return plain(text).casefold()


def fold_open(text: str) -> str:
    """Fold, and leave out closing punctuation."""
    return fold(text).rstrip(" .!?…:;,")


def is_closed(text: str) -> bool:
    """Say whether a line ends like a sentence: in closing punctuation, perhaps quoted."""
    return _CLOSED.search(text) is not None


def is_short_and_open(text: str) -> bool:
    """Say whether a line looks like a headline: short, and no sentence (content.md 4.5, 13)."""
    return len(text) <= SHORT and not is_closed(text)
