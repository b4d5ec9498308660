"""Read a quote: its text, and the author in the last parentheses or after a dash.

Rule 9 of content.md 4.5.
"""

from __future__ import annotations

import re

from newsletter.content.pasted.folding import DASHES, is_closed, plain
from newsletter.core.model import Credit, Quote

_MARKS = r"[.,;:!?…\"']{0,2}"
_PARENTHESIS_AT_END = re.compile(rf"\) ?(?P<marks>{_MARKS})$")
_DASH = re.compile(r" ?-{1,3} ?")
_MARKS_AT_END = re.compile(rf"{_MARKS}$")
_LONGEST_NAME = 60
_UNCAPITALISED = re.compile(
    r"al|and|bin|da|de|del|della|der|di|du|el|ibn|la|of|proverb|saying|the|van|von|y"
)
_PAIRS = {'"': '"', "“": "”", "„": "“”", "«": "»", "‹": "›", "‘": "’", "'": "'"}
_ABBREVIATED = re.compile(r"(?:\b(?:[JS]r|Esq)|\b\w)\.$")


def read_quote(text: str, *, source: Credit | None) -> Quote | None:
    """Read the text behind a quote's label; None where no words of a quote are left."""
    words, author, marks = _by_parenthesis(text) or _by_dash(text) or (text, None, "")
    words = words.rstrip(f" {DASHES}") if author else words
    # Of the marks behind the author only the one that closes the quotation matters.
    enclosed = words + marks.strip(".,;:!?… ")
    quoted = unwrap(enclosed)
    words = quoted if quoted != enclosed else unwrap(words)
    if not words:
        return None
    return Quote(text=words, author=author, source=source)


def unwrap(text: str) -> str:
    """Take off one pair of quotation marks that encloses all of the text."""
    if len(text) < 2 or text[-1] not in _PAIRS.get(text[0], ""):
        return text
    inner = text[1:-1]
    return inner.strip() if _is_one_quotation(inner, opening=text[0], closing=text[-1]) else text


def _is_one_quotation(inner: str, *, opening: str, closing: str) -> bool:
    """Tell “one quotation” from “two,” he said, “of them”, where the first mark inside closes."""
    if opening == closing:
        first = inner.find(closing)
        return first < 0 or first == 0 or inner[first - 1] in " ("
    first_opening = inner.find(opening)
    if closing == "’":  # is the apostrophe, too
        return first_opening < 0
    first_closing = inner.find(closing)
    return first_closing < 0 or 0 <= first_opening < first_closing


def _by_parenthesis(text: str) -> tuple[str, str | None, str] | None:
    """Split before the last balanced group; the author is None where the group is empty."""
    straight = plain(text)
    end = _PARENTHESIS_AT_END.search(straight)
    start = _opening_of(straight, end.start()) if end else None
    if end is None or not start:
        return None
    author = text[start + 1 : end.start()].strip(f" {DASHES}")
    return text[:start].rstrip(), author or None, text[end.start("marks") :]


def _opening_of(text: str, closing: int) -> int | None:
    """Count back from a closing parenthesis to the one it closes."""
    depth = 0
    for position in range(closing, -1, -1):
        depth += {")": 1, "(": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return None


def _by_dash(text: str) -> tuple[str, str | None, str] | None:
    """Split before the last dash that a name follows."""
    for dash in reversed(list(_DASH.finditer(plain(text)))):
        words, name = text[: dash.start()], text[dash.end() :]
        if len(name) > _LONGEST_NAME + 2:
            return None
        name, marks = _without_marks(name)
        if words and _is_separator(dash.group(), text, dash.start()) and _is_name(name):
            return words, name, marks
    return None


def _without_marks(name: str) -> tuple[str, str]:
    start = _MARKS_AT_END.search(plain(name))
    end = start.start() if start else len(name)
    marks = name[end:]
    if marks.startswith(".") and _ABBREVIATED.search(name[: end + 1]):
        return name[: end + 1], marks[1:]
    return name[:end], marks


def _is_separator(dash: str, text: str, start: int) -> bool:
    """Tell a dash from the hyphen in a name: a hyphen needs a space or a sentence before it."""
    printed = text[start : start + len(dash)].strip()
    return dash[0] == " " or printed != "-" or is_closed(text[:start])


def _is_name(name: str) -> bool:
    """Say whether the words up to a comma are capitalised, but for those that names have inside."""
    words = name.partition(",")[0].split()
    if not words or len(name) > _LONGEST_NAME or not words[0][0].isalpha():
        return False
    if words[0][0].islower():
        return False
    return all(not word[0].islower() or _UNCAPITALISED.fullmatch(word) for word in words)
