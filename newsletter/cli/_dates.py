"""The dates that people type: 2026-03-01, today, tomorrow, friday. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from newsletter.core.errors import UsageError

# Due moments lie days around a date, in any zone, and Python's calendar ends with these years.
_FIRST, _LAST = date(1900, 1, 1), date(9998, 12, 31)
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read(text: str, *, today: date) -> date:
    """Return the date that is meant; a day of the week is the next one, never today.

    Raises `UsageError` for what is no date, and for one that no edition can have.
    """
    word = text.strip().lower()
    if word in _NEAR:
        return today + timedelta(days=_NEAR[word])
    if word in _DAYS:
        return today + timedelta(days=(_DAYS.index(word) - today.weekday() - 1) % 7 + 1)
    day = _written(text.strip())
    if day is None:
        raise UsageError(
            f"“{text}” is not a date.",
            hint="Write it as YYYY-MM-DD, such as 2026-03-01; or today, tomorrow, friday.",
        )
    if not _FIRST <= day <= _LAST:
        raise UsageError(
            f"{day} is no date an edition can have.",
            hint=f"The first is {_FIRST}, and the last is {_LAST}.",
        )
    return day


def _written(text: str) -> date | None:
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
