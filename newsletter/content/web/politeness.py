"""How long an address is left alone after an answer (content.md 6.4). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

ONCE_AN_HOUR = timedelta(hours=1)
AFTER_A_FAILURE = timedelta(minutes=5)  # so that no desk waits twice for a server that is down
AT_MOST = timedelta(days=1)
GONE = timedelta(days=365)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def after_success(headers: Mapping[str, str]) -> timedelta:
    """Return an hour, or longer where the answer says that it holds longer; a day at most."""
    named = _MAX_AGE.search(headers.get("cache-control", ""))
    seconds = int(named.group(1)) if named else 0
    return min(max(ONCE_AN_HOUR, timedelta(seconds=seconds)), AT_MOST)


def after_refusal(status: int, headers: Mapping[str, str], *, now: datetime) -> timedelta:
    """Return the time a server that said no is left alone: what it asks for, a day at most.

    What is gone for good (410) is asked for no more; after a year the address may be another's.
    """
    if status == 410:
        return GONE
    asked = retry_after(headers, now=now)
    if asked is not None:
        return min(max(asked, AFTER_A_FAILURE), AT_MOST)
    return ONCE_AN_HOUR if status == 429 else AFTER_A_FAILURE


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Read `Retry-After`, in seconds or as a date; None where there is none, or none to read."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), AT_MOST)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(until - now, timedelta(0))
