"""Where a month of events ends, as their keys begin, and how long what is old waits for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# An old row waits so long until all of its partition is old; then it goes in a step, as on SQLite.
LATEST = timedelta(days=45)


def key_of(moment: datetime) -> str:
    """Return how the keys of a moment's events begin."""
    return f"{int(moment.timestamp()):08x}"


def month_of(moment: datetime) -> datetime:
    """Return the first moment of a month, in UTC."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(month: datetime) -> datetime:
    """Return the first moment of the month after one."""
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
