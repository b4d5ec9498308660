"""Which way a text runs, and small raised and lowered signs as plain text has them."""

from __future__ import annotations

import unicodedata
from typing import Literal

from markupsafe import Markup

Direction = Literal["ltr", "rtl"]
_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def direction(text: str) -> Direction | None:
    """Return the way most letters of a text run; None where it has none."""
    kinds = [unicodedata.bidirectional(character) for character in text]
    rightward = kinds.count("L")
    leftward = sum(kind in _RIGHT_TO_LEFT for kind in kinds)
    if not rightward and not leftward:
        return None
    return "rtl" if leftward > rightward else "ltr"


def turned(text: str | None, *, runs: str | None) -> Markup:
    """Return the attribute `dir`, with a space before it, of a text that runs against the mail."""
    words = text.striptags() if isinstance(text, Markup) else text
    own = other_direction(words or "", runs=runs)
    return Markup(' dir="{}"').format(own) if own else Markup("")


def sided(figure: str, *, runs: str) -> Markup:
    """Return the attribute `dir` of a figure that is not to be turned: a sign stays before it."""
    own = direction(figure) or "ltr"
    return Markup(' dir="{}"').format(own) if own != runs else Markup("")


def other_direction(text: str, *, runs: str | None) -> Direction | None:
    """Return the way a text runs, where it is not the mail's."""
    own = direction(text) if runs else None
    return own if own != runs else None


def raised(text: str) -> str:
    """Write a superscript in plain text: `6` as ⁶, `st` as it is, anything else as `^(…)`."""
    return _small(text, _RAISED, mark="^")


def lowered(text: str) -> str:
    """Write a subscript in plain text: `2` as ₂, letters as they are, anything else as `_(…)`."""
    return _small(text, _LOWERED, mark="_")


def _small(text: str, signs: dict[int, int], *, mark: str) -> str:
    if all(ord(character) in signs for character in text):
        return text.translate(signs)
    return text if text.isalpha() else f"{mark}({text})"
