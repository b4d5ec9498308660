"""What a segment is made of, and who belongs to it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from newsletter.core.model import Subscriber


def fold(text: str) -> str:
    """Make letters small, one by one; ß, İ and others without a pair stay as they are."""
    return text.lower() if text.isascii() else "".join(map(_fold, text))


def _fold(letter: str) -> str:
    small = letter.lower()
    return small if small.upper() == letter else letter


def forms(letter: str) -> str:
    """Return every letter that folds to this one, which is folded itself: one letter, or two."""
    large = letter.upper()
    return letter + large if large != letter and fold(large) == letter else letter


ATTRIBUTE = "attributes."
BLANKS = " \t"  # around the tags of a list of them


@dataclass(frozen=True, slots=True)
class Like:
    """A field has a value: the parts in this order, with anything between two of them."""

    field: str  # of `FIELDS`, or `attributes.<key>`
    parts: tuple[str, ...]  # folded, at least one; a single one is the whole value


@dataclass(frozen=True, slots=True)
class Since:
    """Somebody came into the list on one of these days, both included, in UTC."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Not:
    """Whoever does not belong to another segment."""

    inner: Segment


@dataclass(frozen=True, slots=True)
class Every:
    """Whoever belongs to all of these."""

    parts: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Whoever belongs to any of these."""

    parts: tuple[Segment, ...]


Segment = Like | Since | Not | Every | Either


def like(field: str, value: str) -> Like:
    """Match a value of a field as it is typed: `*` stands for any run of letters."""
    return Like(field, tuple(fold(value).split("*")))


FIELDS: Mapping[str, Callable[[Subscriber], Sequence[str]]] = {
    "address": lambda one: (one.canonical,),
    "name": lambda one: (one.name,),
    "state": lambda one: (one.state,),
    "zone": lambda one: (one.zone or "",),
    "frequency": lambda one: (one.frequency,),
    "tag": lambda one: [tag.strip(BLANKS) for tag in one.attributes.get("tags", "").split(",")],
}
"""The values of each field; a person without tags has one that is empty."""


def belongs(segment: Segment, one: Subscriber) -> bool:
    """Say whether a subscriber belongs to a segment."""
    match segment:
        case Like(field, parts):
            return any(_fits(fold(value), parts) for value in _values(field, one))
        case Since(first, last):
            day = one.created_at.astimezone(UTC).date()
            return (first is None or first <= day) and (last is None or day <= last)
        case Not(inner):
            return not belongs(inner, one)
        case Every(parts):
            return all(belongs(part, one) for part in parts)
        case Either(parts):
            return any(belongs(part, one) for part in parts)


def _values(field: str, one: Subscriber) -> Sequence[str]:
    if field.startswith(ATTRIBUTE):
        return (one.attributes.get(field.removeprefix(ATTRIBUTE), ""),)
    return FIELDS[field](one)


def _fits(text: str, parts: Sequence[str]) -> bool:
    """Say whether the parts follow each other in the text, from its beginning to its end.

    Taking each part where it first occurs is enough, and never takes long.
    """
    if len(parts) == 1:
        return text == parts[0]
    first, *middle, last = parts
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, stop = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, stop)
        if found < 0:
            return False
        at = found + len(part)
    return True
