"""Moments and dates as other programs export them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_TRAILING_UTC = re.compile(r"\s*(?:UTC|GMT)\Z", re.IGNORECASE)
_SPACED_OFFSET = re.compile(r"\s+([+-]\d\d:?\d\d)\Z")
_SECONDS = len("2026-03-01 12:00:00")


def as_moment(text: str) -> datetime | None:
    """Read an ISO 8601 moment, with a blank for the T; without a zone it is UTC.

    None for anything else: `03/04/2021` may be March or April, and nobody guesses.
    """
    text = text.strip()
    if not text or text[-1] not in "0123456789":  # an offset may have a blank before it
        text = _TRAILING_UTC.sub("", text)
    text = _SPACED_OFFSET.sub(r"\1", text) if "+" in text or text.count("-") > 2 else text
    if len(text) < 10 or text[4] != "-":
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def as_moments(texts: Sequence[str]) -> list[datetime | None] | None:
    """Read many texts as `as_moment` does, quickly; None where one has to be looked at alone."""
    parse = datetime.fromisoformat
    try:
        if set(map(len, texts)) == {_SECONDS} and {text[4] for text in texts} == {"-"}:
            return [parse(text + "+00:00") for text in texts]
        return [
            parse(text + "+00:00") if len(text) == _SECONDS and text[4] == "-" else as_moment(text)
            for text in texts
        ]
    except ValueError:
        return None


def as_date(text: str) -> date | None:
    """Read a date as `2026-03-01`; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Say whether a time zone of this name is known, such as `Europe/Berlin`."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
