"""Turn Wikipedia's hooks and events into statements for a fact of the day. Pure."""

from __future__ import annotations

import re

from newsletter.sources._answer import as_sentence

_OPENING = re.compile(r"^[\s.…]*that[\s.…,]+", re.IGNORECASE)
_POINTER = re.compile(
    r"\s*\((?:[^()]{0,40}\s)?(?:pictured|depicted|shown|featured|illustrated|audio|video)"
    r"(?:[\s,][^()]{0,40})?\)",
    re.IGNORECASE,
)


def statement(hook: str) -> str | None:
    """Make "... that a bridge (pictured) can hum?" say "A bridge can hum.".

    None for a hook that does not begin with "that": it cannot become a statement.
    """
    text = " ".join(hook.split())
    opening = _OPENING.match(text)
    if not opening:
        return None
    return as_sentence(without_pointers(text[opening.end() :]).removesuffix("?").rstrip())


def event(text: str, *, year: int) -> str:
    """Tell what happened in a year of this day."""
    when = str(year) if year > 0 else f"{abs(year)} BC"
    return f"On this day in {when}: {as_sentence(without_pointers(' '.join(text.split())))}"


def without_pointers(text: str) -> str:
    """Take out "(pictured)" and its like, which point at a picture that is not there."""
    return _POINTER.sub("", text).strip()
