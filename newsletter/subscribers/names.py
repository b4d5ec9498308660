"""Names and other values of a person: text that can stand in a message and in a subject.

Control characters become one space, so that no line break reaches a header; everything else,
quotes, emoji, right-to-left letters, stays as given (sendgrid.md, case 21).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.core.sentences import said
from newsletter.subscribers.addresses import Refused

LONGEST = 500
_NAME = said("name")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str, *, what: str = _NAME) -> str | Refused:
    """Return a value as it is stored: trimmed, control characters replaced by one space.

    Refuses broken characters (lone surrogates) and more than 500 characters; `what` names the
    value in the reason. Cleaning twice changes nothing more.
    """
    value = text.strip()
    if not value.isprintable():
        value = _CONTROL.sub(" ", value).strip()
        if _SURROGATE.search(value):
            return Refused(said("The %(what)s has a broken character.", what=what))
    if len(value) > LONGEST:
        return Refused(
            said(
                "The %(what)s has %(count)s characters; %(most)s is the most.",
                what=what,
                count=f"{len(value):,}",
                most=LONGEST,
            )
        )
    return value


def cut(text: str, *, what: str = _NAME) -> str | Refused:
    """Return a value as `clean` does, but cut where it is too long; only broken ones are refused.

    Cutting twice changes nothing more.
    """
    value = clean(text, what=what)
    if not isinstance(value, Refused) or len(text) <= LONGEST:
        return value
    shorter = _CONTROL.sub(" ", text.strip()).strip()[:LONGEST]
    return clean(shorter, what=what)


def are_plain(cells: Sequence[str]) -> bool:
    """Say whether all these cells are values as they stand, blanks around them aside.

    Nothing to clean is in them, nothing too long, and no mark against formulas before them.
    """
    text = " ".join(("", *cells))
    return text.isprintable() and " '" not in text and max(map(len, cells)) <= LONGEST
