"""What stands at the top of every page of the desk. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_STEP = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One page of a date's edition."""

    name: str
    label: str
    path: str  # below the date
    key: str


TABS = (
    Tab(name="paste", label="Paste", path="paste", key="a"),
    Tab(name="write", label="Write", path="write", key="e"),
    Tab(name="look", label="Look", path="", key="v"),
)


def header(here: str, day: date) -> dict[str, Any]:
    """Give the values of the header; `here` names the page that is shown."""
    path = next((tab.path for tab in TABS if tab.name == here), "")
    return {
        "here": here,
        "day": day,
        "long_date": long_date(day),
        "before": f"{day - _STEP}/{path}",
        "after": f"{day + _STEP}/{path}",
        "tabs": TABS,
    }


def long_date(day: date) -> str:
    """Write a date out: "Sunday, 1 March 2026"."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"
