"""Dates as front matter has them, with times and zones, as a date of the publication. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Any
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"(?:[ \t]+(?P=year))?[ \t]*(?P<zone>[Zz]|[+-]\d{1,2}(?::?\d\d)?|[A-Za-z]{2,5})?)?"
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)?")
# Hours from UTC. Of the many names only those that mean one zone, or nearly so.
_NAMED = {"UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "BST": 1, "CET": 1, "CEST": 2, "JST": 9} | {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_YEARS = range(1, 9999)  # a zone may carry the first and the last day over the edge


def in_zone(value: Any, zone: str) -> date | None:
    """Return the date that a moment has in a zone; None for what is no date.

    A date alone is itself, and so is a time without a zone. `value` is a text such as
    `2026-03-01`, `2026-03-01 07:00:00 +0000` or `Sun, 01 Mar 2026 07:00:00 GMT`, or what TOML
    makes of one.
    """
    if isinstance(value, datetime):
        return _there(value, zone)
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    found = _WRITTEN.fullmatch(text)
    try:
        return _there(_moment(found) if found else _mail_moment(text), zone)
    except (ValueError, OverflowError):
        return None


def _moment(found: re.Match[str]) -> datetime:
    parts = [int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")]
    naive = datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001  # its zone comes next
    return naive.replace(tzinfo=_offset(found["zone"])) if found["zone"] else naive


def _offset(written: str) -> timezone:
    """Return a zone of a text such as `Z`, `+0100`, `-05:30` or `EST`. Raises `ValueError`."""
    if written in {"Z", "z"}:
        return UTC
    found = _OFFSET.fullmatch(written)
    if found:
        span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(-span if found[1] == "-" else span)
    if written.upper() not in _NAMED:
        raise ValueError(written)
    return timezone(timedelta(hours=_NAMED[written.upper()]))


def _mail_moment(text: str) -> datetime:
    """Read a date as mails have it. Raises `ValueError`."""
    read = parsedate_tz(text)
    if read is None or not re.search(r"\d{4}", text):
        raise ValueError(text)
    naive = datetime(*read[:6])  # noqa: DTZ001  # its zone comes next
    return naive if read[9] is None else naive.replace(tzinfo=timezone(timedelta(seconds=read[9])))


def _there(moment: datetime, zone: str) -> date:
    if moment.tzinfo is None or moment.year not in _YEARS[1:]:
        return moment.date()
    return moment.astimezone(ZoneInfo(zone)).date()
