"""Moments as feeds write them: RFC 822 with the names of its zones and others, ISO 8601. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_LONGEST = 100
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HALF = r"(?P<half>[ap]\.?m\b\.?)?"
_TIME = rf"(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,]\d+)?)?\s*{_HALF}"
_ZONE = r"\s*(?P<zone>\(?[A-Za-z][\w/+:\-]*\)?|[+\-−]\d{1,2}:?\d{2}|[+\-−]\d{1,2})?.*"
_WRITTEN = (
    re.compile(
        r"(?:[^\W\d]+\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s\-./]+(?P<month>[^\W\d]{3,})\.?"
        rf"[\s\-./,]+(?P<year>\d{{4}}|\d{{2}}),?(?:T|\s+|\s+at\s+){_TIME}{_ZONE}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:[^\W\d]+\.?,?\s+)?(?P<month>[^\W\d]{3,})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?"
        rf",?\s+(?P<year>\d{{4}}),?(?:\s+|\s+at\s+){_TIME}{_ZONE}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:T|\s+){_TIME}{_ZONE}",
        re.IGNORECASE,
    ),
)
# Hours east of Greenwich. Where several zones share a name, that of the most people.
_HOURS = {
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "MET": 1,
    "MEST": 2,
    "MEZ": 1,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "MSD": 4,
    "TRT": 3,
    "WAT": 1,
    "CAT": 2,
    "SAST": 2,
    "EAT": 3,
    "GST": 4,
    "PKT": 5,
    "IST": 5.5,
    "NPT": 5.75,
    "BDT": 6,
    "MMT": 6.5,
    "ICT": 7,
    "WIB": 7,
    "WITA": 8,
    "WIT": 9,
    "HKT": 8,
    "SGT": 8,
    "MYT": 8,
    "PHT": 8,
    "AWST": 8,
    "KST": 9,
    "JST": 9,
    "ACST": 9.5,
    "ACDT": 10.5,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "CHST": 10,
    "SST": -11,
    "HST": -10,
    "HDT": -9,
    "AKST": -9,
    "AKDT": -8,
    "PST": -8,
    "PDT": -7,
    "MST": -7,
    "MDT": -6,
    "CST": -6,
    "CDT": -5,
    "EST": -5,
    "EDT": -4,
    "AST": -4,
    "ADT": -3,
    "NST": -3.5,
    "NDT": -2.5,
    "BRT": -3,
    "BRST": -2,
    "ART": -3,
    "UYT": -3,
    "CLT": -4,
    "CLST": -3,
    "BOT": -4,
    "VET": -4,
    "COT": -5,
    "PET": -5,
    "ECT": -5,
    # Letters as RFC 822 has them.
    **{letter: -hours for hours, letter in enumerate("ABCDEFGHIKLM", 1)},
    **{letter: hours for hours, letter in enumerate("NOPQRSTUVWXY", 1)},
}
_REGIONS = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AT": "America/Halifax",
}
_OFFSET = re.compile(r"(?:GMT|UTC|UT)?([+\-−])(\d{1,2}):?(\d{2})?", re.IGNORECASE)


def moment(text: str) -> datetime | None:
    """Return the moment a feed names, in UTC; None for what is none.

    A time without a zone, or with one nobody knows, is taken for UTC.
    """
    written = " ".join(text[:_LONGEST].split())
    found = next((one for one in (form.fullmatch(written) for form in _WRITTEN) if one), None)
    try:
        local = _read(found) if found else datetime.fromisoformat(written)
        return (local if local.tzinfo else local.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read(found: re.Match[str]) -> datetime:
    """Return the moment of a match. Raises `ValueError` where there is no such day or time."""
    hour = int(found["hour"]) % 24 if int(found["hour"]) == 24 else int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0].lower() == "p" else 0)
    local = datetime(
        _year(found["year"]),
        _month(found["month"]),
        int(found["day"]),
        hour,
        int(found["minute"]),
        min(int(found["second"] or 0), 59),
        tzinfo=_zone((found["zone"] or "").strip("()")),
    )
    return local + timedelta(days=1) if int(found["hour"]) == 24 else local


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 90 else 1900)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _MONTHS.index(text[:3].lower()) + 1


def _zone(name: str) -> tzinfo:
    offset = _OFFSET.fullmatch(name)
    if offset:
        east = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-east if offset[1] != "+" else east)
    if name.upper() in _HOURS:
        return timezone(timedelta(hours=_HOURS[name.upper()]))
    region = _REGIONS.get(name.upper(), name if "/" in name else "UTC")
    try:
        return ZoneInfo(region)
    except (ValueError, OSError, LookupError):
        return UTC
