"""Read a segment as it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from newsletter.core.errors import UsageError
from newsletter.core.segments.meaning import (
    ATTRIBUTE,
    FIELDS,
    Either,
    Every,
    Like,
    Not,
    Segment,
    Since,
    fold,
)

_LONGEST = 1_000
_DEEPEST = 50
_BROKEN = re.compile("[\x00\ud800-\udfff]")  # what a database takes for no text
_TOKEN = re.compile(
    r"""\s*(?:(?P<bracket>[()])|(?P<term>[a-z_][a-z0-9_.]*:(?:"[^"]*"|[^\s()"]+))|(?P<word>[^\s()]+))""",
    re.IGNORECASE,
)
_DOMAIN, _SINCE = "domain", "since"


def parse(text: str) -> Segment:
    """Read a segment. Raises `UsageError` with the place and what is allowed."""
    if len(text) > _LONGEST:
        raise UsageError(f"The segment has {len(text):,} characters; {_LONGEST:,} is the most.")
    if broken := _BROKEN.search(text):
        raise UsageError(f"The segment has a broken character at {broken.start() + 1}.")
    parser = _Parser(_tokens(text))
    found = parser.either(0)
    parser.end()
    return found


def as_written(text: str) -> str:
    """Return a segment without the blanks around it; empty stays empty. Raises as `parse`."""
    if written := text.strip():
        parse(written)
    return written


def are_same(one: str, other: str) -> bool:
    """Say whether two segments, empty for everyone, say the same. Raises as `parse`."""
    written = as_written(one), as_written(other)
    return written[0] == written[1] or (all(written) and parse(written[0]) == parse(written[1]))


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    at: int
    is_term: bool


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(match[0].strip(), match.start() + 1, match["term"] is not None)
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
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self, depth: int) -> Segment:
        """Read parts joined by `and`."""
        parts = [self.single(depth)]
        while self._take("and"):
            parts.append(self.single(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def single(self, depth: int) -> Segment:
        """Read one term, its opposite, or what is in brackets."""
        if depth > _DEEPEST:
            raise UsageError("The segment has too many brackets inside each other.")
        if self._take("not"):
            return Not(self.single(depth + 1))
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
        if self._next >= len(self._tokens) or not self._tokens[self._next].is_term:
            raise self._fault("a field such as tag:vip")
        field, _, value = self._tokens[self._next].text.partition(":")
        self._next += 1
        return _matching(field.lower(), value.strip('"'))

    def _take(self, word: str) -> bool:
        there = self._next < len(self._tokens)
        if not there or self._tokens[self._next].text.lower() != word:
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
    if field == _SINCE:
        return _since(value)
    if field == _DOMAIN:  # an address has one @
        field, value = "address", f"*@{value}"
    if field not in FIELDS and not field.startswith(ATTRIBUTE):
        raise UsageError(
            f"“{field}” is no field of a segment.",
            hint=f"Fields are {', '.join(sorted([*FIELDS, _DOMAIN, _SINCE]))}, "
            f"and {ATTRIBUTE}<key>.",
        )
    return Like(field, tuple(fold(value).split("*")))


def _since(value: str) -> Since:
    """Read a day, or a stretch of days: `2026-03-01..`, `..2026-03-31`, or both ends."""
    first, dots, last = value.partition("..")
    try:
        begin = date.fromisoformat(first) if first else None
        end = date.fromisoformat(last) if last else None
    except ValueError as error:
        raise _no_days(value) from error
    if begin is None and end is None:
        raise _no_days(value)
    return Since(begin, end if dots else begin)


def _no_days(value: str) -> UsageError:
    return UsageError(
        f"“{value[:40]}” is no day, and no days.",
        hint="Such as since:2026-03-01, since:2026-03-01.. or since:2026-01-01..2026-03-31",
    )
