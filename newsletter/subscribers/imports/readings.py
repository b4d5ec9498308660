"""How a column says whether somebody wants mail: by words, yes or no, a moment, or a count. Pure.

A reading turns a cell into a state, or into None where it cannot. Which reading a column has is
told by its program or by `--map`, or guessed from its name and its first cells; a guess that later
cells do not bear out becomes a question (`questions`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from newsletter.core.model import SubscriberState
from newsletter.subscribers.imports.words import (
    ACTIVE,
    BOUNCED,
    COMPLAINED,
    NO,
    NOTHING,
    PENDING,
    UNSUBSCRIBED,
    WORDS,
    YES,
    folded,
    worst,
)

Reading = Callable[[str], SubscriberState | None]
_MONTHS = "jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
_OF_MOMENTS = re.compile(rf"\d+(?:st|nd|rd|th|t\d+|z)?|(?:am|pm|utc|gmt|z)|(?:{_MONTHS})[a-z]*")
# As one number: 20240506, 20240506T070809Z, and seconds or milliseconds since 1970.
_IN_ONE = re.compile(r"(?:19|20)\d{6}(?:t?\d{4}(?:\d\d)?z?)?|1\d{9}(?:\d{3})?")


def is_moment(cell: str) -> bool:
    """Say whether a cell looks like a date or a moment, in whatever form its parts stand."""
    parts = folded(cell).split()
    if len(parts) == 1:
        return _IN_ONE.fullmatch(parts[0]) is not None
    numbers = sum(part[0].isdigit() for part in parts)
    return numbers > 1 and all(map(_OF_MOMENTS.fullmatch, parts))


def _wish(cell: str) -> SubscriberState | None:
    word = folded(cell)
    if word in YES:
        return ACTIVE
    if word in NO:
        return UNSUBSCRIBED
    return WORDS.get("" if word in NOTHING else word)


def _event(cell: str, *, state: SubscriberState, anything: bool) -> SubscriberState | None:
    """Read what is there only once something happened: a yes, a moment, a count, a reason."""
    word = folded(cell)
    if _is_nothing(word):
        return ACTIVE
    if word in YES or word.isdigit() or is_moment(cell):
        return state
    said = WORDS.get(word)
    if said is not None:
        return said if said in {ACTIVE, PENDING} else worst((said, state))
    return state if anything else None


def _consent(cell: str, *, no: SubscriberState) -> SubscriberState | None:
    """Read a consent that is there or is not; who says nothing has not given it yet."""
    word = folded(cell)
    if word in YES or is_moment(cell):
        return ACTIVE
    if word in NOTHING:
        return PENDING
    return no if word in NO else WORDS.get(word)


def _said_yes(cell: str) -> SubscriberState:
    return _consent(cell, no=UNSUBSCRIBED) or PENDING


def _nothing(cell: str) -> SubscriberState | None:
    word = folded(cell)
    return ACTIVE if _is_nothing(word) else WORDS.get(word)


def _is_nothing(word: str) -> bool:
    return word in NOTHING or word in NO or set(word) <= {"0", " "}


def _word(cell: str) -> SubscriberState | None:
    return WORDS.get(folded(cell))


READINGS: Mapping[str, Reading] = {
    "subscription": _word,
    "wants_mail": _wish,
    "opt_in": partial(_consent, no=UNSUBSCRIBED),
    "opted_in": _said_yes,  # whatever is no yes is none
    "confirmed": partial(_consent, no=PENDING),
    # Whatever stands in these means that it happened.
    "left_at": partial(_event, state=UNSUBSCRIBED, anything=True),
    "bounced_at": partial(_event, state=BOUNCED, anything=True),
    "complained_at": partial(_event, state=COMPLAINED, anything=True),
    # In these only what is plainly a yes, a moment, a count or a state.
    "waiting": partial(_event, state=PENDING, anything=False),
    "opted_out": partial(_event, state=UNSUBSCRIBED, anything=False),
    "bounced": partial(_event, state=BOUNCED, anything=False),
    "complained": partial(_event, state=COMPLAINED, anything=False),
    "soft_bounces": _nothing,  # too few of them end a subscription, and nobody knows how many
}
"""How a cell is read, by the field that `formats` and `columns` know the column by."""


def state_of(
    cell: str, reading: str, words: Mapping[str, SubscriberState]
) -> SubscriberState | None:
    """Read a cell; `words` are those that a program has besides, or means otherwise."""
    if reading == "subscription" and words:
        said = words.get(folded(cell))
        if said is not None:
            return said
    return READINGS[reading](cell)
