"""A small language for parts of the list: `tag:vip and zone:Europe/* and not state:bounced`.

It knows nothing but fields, `and`, `or`, `not` and brackets; there is nothing in it that could
reach the database or the machine. Values are compared without regard to case, `*` stands for any
run of letters, and a value with blanks goes in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.errors import UsageError
from newsletter.model import Subscriber

Segment = Callable[[Subscriber], bool]
"""Says whether a subscriber belongs to it. Pure."""

_LONGEST = 1_000
_DEEPEST = 50
_TOKEN = re.compile(
    r"""\s*(?:(?P<bracket>[()])|(?P<term>[a-z_][a-z0-9_.]*:(?:"[^"]*"|[^\s()"]+))|(?P<word>[^\s()]+))""",
    re.IGNORECASE,
)
_FIELDS: dict[str, Callable[[Subscriber], Sequence[str]]] = {
    "address": lambda one: (one.canonical,),
    "domain": lambda one: (one.canonical.rpartition("@")[2],),
    "name": lambda one: (one.name,),
    "state": lambda one: (one.state,),
    "zone": lambda one: (one.zone or "",),
    "frequency": lambda one: (one.frequency,),
    "tag": lambda one: [tag.strip() for tag in one.attributes.get("tags", "").split(",")],
}
_ATTRIBUTE = "attributes."


def parse(text: str) -> Segment:
    """Read a segment. Raises `UsageError` with the place and what is allowed."""
    if len(text) > _LONGEST:
        raise UsageError(f"The segment has {len(text):,} characters; {_LONGEST:,} is the most.")
    parser = _Parser(_tokens(text))
    found = parser.either(0)
    parser.end()
    return found


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(match[0].strip(), match.start() + 1)
        for match in _TOKEN.finditer(text)
        if match[0].strip()
    ]


class _Parser:
    """Reads `or` of `and` of `not`; each method takes what is its own."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def either(self, depth: int) -> Segment:
        """Read parts joined by `or`."""
        parts = [self.both(depth)]
        while self._take("or"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else lambda one: any(part(one) for part in parts)

    def both(self, depth: int) -> Segment:
        """Read parts joined by `and`."""
        parts = [self.single(depth)]
        while self._take("and"):
            parts.append(self.single(depth))
        return parts[0] if len(parts) == 1 else lambda one: all(part(one) for part in parts)

    def single(self, depth: int) -> Segment:
        """Read one term, its opposite, or what is in brackets."""
        if depth > _DEEPEST:
            raise UsageError("The segment has too many brackets inside each other.")
        if self._take("not"):
            inner = self.single(depth + 1)
            return lambda one: not inner(one)
        if self._take("("):
            inner = self.either(depth + 1)
            if not self._take(")"):
                raise self._fault("a closing bracket")
            return inner
        return self._term()

    def end(self) -> None:
        """Be sure that nothing is left over."""
        if self._next < len(self._tokens):
            raise self._fault("`and` or `or`")

    def _term(self) -> Segment:
        if self._next >= len(self._tokens):
            raise self._fault("a field such as tag:vip")
        field, colon, value = self._tokens[self._next].text.partition(":")
        if not colon:
            raise self._fault("a field such as tag:vip")
        self._next += 1
        return _matching(field.casefold(), value.strip('"'))

    def _take(self, word: str) -> bool:
        there = self._next < len(self._tokens)
        if not there or self._tokens[self._next].text.casefold() != word:
            return False
        self._next += 1
        return True

    def _fault(self, wanted: str) -> UsageError:
        if self._next >= len(self._tokens):
            return UsageError(f"The segment ends where {wanted} is expected.")
        token = self._tokens[self._next]
        return UsageError(
            f"The segment has “{token.text[:40]}” at character {token.at}, where {wanted} is "
            "expected.",
            hint="Such as: tag:vip and (zone:Europe/* or domain:example.org) and not name:Ann",
        )


def _matching(field: str, value: str) -> Segment:
    values = _values_of(field)
    parts = value.casefold().split("*")
    return lambda one: any(_fits(text.casefold(), parts) for text in values(one))


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


def _values_of(field: str) -> Callable[[Subscriber], Sequence[str]]:
    if field.startswith(_ATTRIBUTE):
        key = field.removeprefix(_ATTRIBUTE)
        return lambda one: (one.attributes.get(key, ""),)
    if field not in _FIELDS:
        raise UsageError(
            f"“{field}” is no field of a segment.",
            hint=f"Fields are {', '.join(sorted(_FIELDS))}, and attributes.<key>.",
        )
    return _FIELDS[field]
