"""Say in the message, once, what everybody's values have in common. Pure.

A reader's own addresses differ in the token alone, and a value without marks of HTML is the same
under both tags of its field. So the rest is put into the message itself, and a person's part of
the request has each thing once: a third of the bytes, and fewer substitutions, of which a request
may have only so many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from newsletter.core.model import Attempt, Message
from newsletter.core.model.recipients import Wrapped
from newsletter.message import merge

_Values = Mapping[str, Sequence[str]]  # tag → everybody's value


def folded(attempt: Attempt) -> Attempt:
    """Return an attempt that says the same to everybody with fewer and shorter values."""
    values, written = _folded(attempt.recipients.substitutions)
    if not written:
        return attempt
    return replace(
        attempt,
        message=_with(attempt.message, tuple(written.items())),
        recipients=replace(attempt.recipients, substitutions=values),
    )


def _folded(substitutions: _Values) -> tuple[_Values, Mapping[str, str]]:
    """Return what is left of the values, and what the message has in place of each tag."""
    values: dict[str, Sequence[str]] = {}
    written: dict[str, str] = {}
    tags: dict[int, str] = {}  # by the column that it is: all of them live meanwhile
    for tag, column in substitutions.items():
        core = column.column if isinstance(column, Wrapped) else column
        first = tags.setdefault(id(core), tag)
        values.setdefault(first, core)
        text = f"{column.before}{first}{column.after}" if isinstance(column, Wrapped) else first
        if text != tag:
            written[tag] = text
    return values, written


@lru_cache(maxsize=8)
def _with(message: Message, written: tuple[tuple[str, str], ...]) -> Message:
    """Write texts in place of tags; of one pass, since a text may have the tag itself in it."""
    texts = dict(written)
    return replace(
        message,
        subject=merge.fill(message.subject, texts),
        html=merge.fill(message.html, texts),
        text=merge.fill(message.text, texts),
    )
