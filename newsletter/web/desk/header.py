"""What stands at the top of every page of the desk. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of the header; `path` is below the token."""

    name: str
    label: str
    path: str
    key: str


_OF_A_DAY = (
    Link(name="today", label="Today", path="today", key="h"),
    Link(name="paste", label="Paste", path="paste", key="a"),
    Link(name="write", label="Write", path="write", key="e"),
    Link(name="look", label="Look", path="", key="v"),
)


def header(here: str, day: date) -> dict[str, Any]:
    """Return the header of a page about one date; `here` names the page."""
    path = next((link.path for link in _OF_A_DAY if link.name == here), "")
    return {
        "here": here,
        "title": long_date(day),
        "steps": (
            Link(name="‹", label="The day before", path=f"{day - _DAY}/{path}", key="["),
            Link(name="›", label="The day after", path=f"{day + _DAY}/{path}", key="]"),
        ),
        "tabs": (
            *(replace(link, path=f"{day}/{link.path}") for link in _OF_A_DAY),
            _calendar(day),
        ),
    }


def month_header(first: date) -> dict[str, Any]:
    """Return the header of the page about a month."""
    before, after = first - _DAY, first + 31 * _DAY
    return {
        "here": "calendar",
        "title": f"{first:%B} {first.year}",
        "steps": (
            Link(name="‹", label="The month before", path=_calendar(before).path, key="["),
            Link(name="›", label="The month after", path=_calendar(after).path, key="]"),
        ),
        "tabs": (Link(name="today", label="Today", path="", key="h"), _calendar(first)),
    }


def long_date(day: date) -> str:
    """Write a date out: "Sunday, 1 March 2026"."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def _calendar(day: date) -> Link:
    path = f"calendar/{day.replace(day=1)}"
    return Link(name="calendar", label="Calendar", path=path, key="c")
