"""What an account counted: requests by category and day, from the mail it took. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from newsletter.sandbox.drafts import Draft, Mail
from newsletter.sandbox.exchange import Problem

_MOST_CATEGORIES = 10
_LONGEST = timedelta(days=366)


def by_category(
    query: Mapping[str, str], taken: Iterable[Mail | Draft], *, today: date
) -> list[dict[str, Any]] | Problem:
    """Answer GET /v3/categories/stats, or say what is wrong with the question."""
    names = [name for name in query.get("categories", "").split(",") if name]
    if not 0 < len(names) <= _MOST_CATEGORIES:
        return Problem("categories is required: 1 to 10 names.", "categories")
    if query.get("aggregated_by", "day") != "day":
        return Problem("This sandbox counts by day.", "aggregated_by")
    try:
        first = date.fromisoformat(query["start_date"])
        last = date.fromisoformat(query.get("end_date", today.isoformat()))
    except (KeyError, ValueError):
        return Problem("start_date must be a date, YYYY-MM-DD.", "start_date")
    if not timedelta(0) <= last - first <= _LONGEST:
        return Problem("end_date must not be before start_date.", "end_date")
    counted = _counted(taken)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [
        {
            "date": day.isoformat(),
            "stats": [_stat(name, counted.get((day, name), 0)) for name in names],
        }
        for day in days
    ]


def _counted(taken: Iterable[Mail | Draft]) -> dict[tuple[date, str], int]:
    counts: dict[tuple[date, str], int] = {}
    for one in taken:
        for name in one.categories:
            key = _day(one), name
            counts[key] = counts.get(key, 0) + 1
    return counts


def _day(one: Mail | Draft) -> date:
    return (one.at if isinstance(one, Mail) else datetime.fromtimestamp(one.due, UTC)).date()


def _stat(name: str, requests: int) -> dict[str, Any]:
    metrics = {"requests": requests, "processed": requests, "delivered": requests}
    return {"type": "category", "name": name, "metrics": metrics}
