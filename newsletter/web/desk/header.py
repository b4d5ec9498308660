"""What stands at the left and on top of the desk's pages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from newsletter.web.desk.words import N_, _

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A place of the desk; `path` is below the token, `key` comes after G."""

    name: str
    label: str
    path: str
    key: str


ROOMS = (
    Room(name="today", label=N_("Today"), path="", key="t"),
    Room(name="calendar", label=N_("Calendar"), path="calendar/", key="c"),
    Room(name="readers", label=N_("Readers"), path="readers/", key="r"),
    Room(name="sends", label=N_("Sends"), path="sends/", key="s"),
    Room(name="settings", label=N_("Settings"), path="settings/", key="e"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the four steps of an edition; `path` is below its date."""

    name: str
    label: str
    path: str
    state: str = "open"  # "done", "here" (the one to take), "amber" (to correct) or "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The day or the month before or after; `path` is below the token."""

    label: str
    path: str


def steps(*, done: int = 0, is_amber: bool = False) -> tuple[Step, ...]:
    """Return the four steps, so many of them done; the next one is to be taken, or to correct."""
    named = (
        ("story", _("Story"), "paste"),
        ("write", _("Write"), "write"),
        ("look", _("Look"), ""),
        ("approve", _("Approved") if done >= 4 else _("Approve"), "?approve"),
    )

    def state(at: int) -> str:
        if at == done:
            return "amber" if is_amber else "here"
        return "done" if at < done else "open"

    return tuple(
        Step(name=name, label=label, path=path, state=state(at))
        for at, (name, label, path) in enumerate(named)
    )


_PATHS = {"today": "today", "paste": "paste", "write": "write", "look": ""}
_STEP_OF = {"paste": "story", "write": "write", "look": "look"}


def header(here: str, day: date, *, taken: Sequence[Step] | None = None) -> dict[str, Any]:
    """Return the header of a page about one edition; `here` names the page.

    `taken` are the steps as far as they are known; the page asks for them where they are not.
    """
    path = _PATHS.get(here, here)
    return {
        "here": here,
        "room": "today",
        "root": "..",
        "day": day,
        "title": long_date(day),
        "before": Beside(label=_("The day before"), path=f"{day - _DAY}/{path}"),
        "after": Beside(label=_("The day after"), path=f"{day + _DAY}/{path}"),
        "steps": tuple(taken or steps(done=-1)),
        "step": _STEP_OF.get(here, ""),
    }


def room_header(here: str, title: str, *, root: str = "..") -> dict[str, Any]:
    """Return the header of a page that is about no single edition; `root` leads to the token."""
    return {"here": here, "room": here, "root": root, "title": title, "day": None}


def month_header(first: date) -> dict[str, Any]:
    """Return the header of the page about a month."""
    before, after = first - _DAY, first + 31 * _DAY
    return {
        **room_header("calendar", f"{_(_MONTHS[first.month - 1])} {first.year}"),
        "before": Beside(label=_("The month before"), path=calendar_path(before)),
        "after": Beside(label=_("The month after"), path=calendar_path(after)),
    }


def calendar_path(day: date) -> str:
    """Return where the month of a date is shown, below the token."""
    return f"calendar/{day.replace(day=1)}"


# Written out for the catalogues: what the system calls them is of the system's language.
_WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
    N_("Sunday"),
)  # fmt: skip
_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


def weekday(day: date) -> str:
    """Name a weekday: "Sunday"."""
    return _(_WEEKDAYS[day.weekday()])


def day_and_month(day: date) -> str:
    """Write a date without weekday and year: "1 March"."""
    return _("%(day)s %(month)s", day=day.day, month=_(_MONTHS[day.month - 1]))


def short_date(day: date) -> str:
    """Write a date without its year: "Sunday, 1 March"."""
    values = {"weekday": weekday(day), "day": day.day, "month": _(_MONTHS[day.month - 1])}
    return _("%(weekday)s, %(day)s %(month)s", **values)


def long_date(day: date) -> str:
    """Write a date out: "Sunday, 1 March 2026"."""
    return _("%(date)s %(year)s", date=short_date(day), year=day.year)
