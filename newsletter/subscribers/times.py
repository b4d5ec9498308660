"""Moments and dates as other programs export them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_TRAILING_UTC = re.compile(r"\s*(?:UTC|GMT)\Z", re.IGNORECASE)
_SPACED_OFFSET = re.compile(r"\s+([+-]\d\d:?\d\d)\Z")


def as_moment(text: str) -> datetime | None:
    """Read an ISO 8601 moment, with a blank for the T; without a zone it is UTC.

    None for anything else: `03/04/2021` may be March or April, and nobody guesses.
    """
    text = _SPACED_OFFSET.sub(r"\1", _TRAILING_UTC.sub("", text.strip()))
    if len(text) < 10 or text[4] != "-":
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
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
