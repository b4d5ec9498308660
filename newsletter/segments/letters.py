"""Letters without regard to case, so that a program and every database compare them alike.

Databases differ in what they take for the small form of a letter, and from Python. So a letter is
the same as another only where each is the other's only other form, and a database is given both.
"""

from __future__ import annotations


def fold(text: str) -> str:
    """Make letters small, one by one; ß, İ and others without a pair stay as they are."""
    return text.lower() if text.isascii() else "".join(map(_fold, text))


def _fold(letter: str) -> str:
    small = letter.lower()
    return small if small.upper() == letter else letter


def forms(letter: str) -> str:
    """Give every letter that folds to this one, which is folded itself: one letter, or two."""
    large = letter.upper()
    return letter + large if large != letter and fold(large) == letter else letter
