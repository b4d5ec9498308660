"""Single signs: raised and lowered ones, and the quotation marks of a language. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsletter.content.escaping import marks_escaped

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_NUMBERS = re.compile(r"[0-9+\-−=()]+")
_POWERS = re.compile(r"[0-9+\-−=()ni]+")
# "1st" reads as well as what stands above the line, and looks calmer in a mail.
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "re", "e", "ère", "ème", "º", "ª", "o", "a"})
_MARKS = {
    "de": ("„“", "‚‘"),
    "cs": ("„“", "‚‘"),
    "fr": ("«\N{NO-BREAK SPACE}|\N{NO-BREAK SPACE}»", "“”"),
    "es": ("«»", "“”"),
    "it": ("«»", "“”"),
    "pt": ("“”", "‘’"),
    "ru": ("«»", "„“"),
    "uk": ("«»", "„“"),
    "pl": ("„”", "«»"),
    "sv": ("””", "’’"),
    "fi": ("””", "’’"),
    "ar": ("«»", "“”"),
    "ja": ("「」", "『』"),
    "zh": ("“”", "‘’"),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """A raised or lowered text, as Markdown and as plain words."""

    markdown: str
    plain: str


def raised(words: str) -> Sign:
    """Write what stands above the line: in signs of Unicode where there are such, else marked."""
    if words.casefold() in _ORDINALS:
        return Sign(marks_escaped(words), words)
    if _POWERS.fullmatch(words):
        return Sign(words.translate(_RAISED), words.translate(_RAISED))
    return _marked(words, "^")


def lowered(words: str) -> Sign:
    """Write what stands below the line: in signs of Unicode where there are such, else marked."""
    if _NUMBERS.fullmatch(words):
        return Sign(words.translate(_LOWERED), words.translate(_LOWERED))
    return _marked(words, "~")


def quotation_marks(language: str, *, depth: int) -> tuple[str, str]:
    """Return the marks around a quotation; those of one within another where `depth` is odd."""
    pairs = _MARKS.get(language.lower().partition("-")[0], ("“”", "‘’"))
    pair = pairs[depth % 2]
    opening, parted, closing = pair.partition("|")
    return (opening, closing) if parted else (pair[0], pair[-1])


def _marked(words: str, mark: str) -> Sign:
    """Mark words; Markdown lets no space stand between these marks."""
    held = marks_escaped(words).replace(" ", "\N{NO-BREAK SPACE}")
    return Sign(f"{mark}{held}{mark}" if words else "", words)
