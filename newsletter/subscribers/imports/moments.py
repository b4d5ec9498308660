"""Tell a cell that is a date or a moment, in whatever order and form its parts stand. Pure."""

from __future__ import annotations

import re

from newsletter.subscribers.imports.words import folded

_MONTHS = "jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
_OF_MOMENTS = re.compile(rf"\d+(?:st|nd|rd|th|t\d+|z)?|(?:am|pm|utc|gmt|z)|(?:{_MONTHS})[a-z]*")
# As one number: 20240506, 20240506T070809Z, and seconds or milliseconds since 1970.
_IN_ONE = re.compile(r"(?:19|20)\d{6}(?:t?\d{4}(?:\d\d)?z?)?|1\d{9}(?:\d{3})?")


def is_moment(cell: str) -> bool:
    """Say whether a cell looks like a date or a moment."""
    parts = folded(cell).split()
    if len(parts) == 1:
        return _IN_ONE.fullmatch(parts[0]) is not None
    numbers = sum(part[0].isdigit() for part in parts)
    return numbers > 1 and all(map(_OF_MOMENTS.fullmatch, parts))
