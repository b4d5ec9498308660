"""What the page of today shows, as values: a sentence, rows with a button each, hints. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from newsletter.web.desk.header import Step, short_date, weekday
from newsletter.web.desk.morning import Figures, Morning, Point
from newsletter.web.desk.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something to do or to know: a bold line, a grey one, a button."""

    title: str
    text: str = ""
    button: str = ""
    path: str = ""  # below the date: where the button leads
    post: str = ""  # what it does instead
    look: str = ""  # of the button: "act" is the one to press, "red" stops something
    ring: str = ""  # a sign before the line
    state: str = ""  # of that sign
    is_named: bool = False  # the line is a name or a headline
    is_below: bool = False  # one of what the row above speaks of


@dataclass(frozen=True, slots=True)
class Hint:
    """What is so, and what it means."""

    tone: str
    title: str
    text: str = ""
    button: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What the page shows."""

    kind: str
    big: str
    when: str = ""
    rows: tuple[Row, ...] = ()
    then: tuple[Row, ...] = ()  # in a card of their own: what comes after
    steps: tuple[Step, ...] = ()
    line: tuple[Point, ...] = ()
    hints: tuple[Hint, ...] = ()
    number: tuple[str, str] = ("", "")  # set large, and what it counts
    progress: tuple[int, int] = (0, 0)
    figures: Figures = ()

    @property
    def now_at(self) -> float:
        """Say how far along its line the morning is, in percent."""
        return next((one.at for one in self.line if one.is_ == "now"), 0)


def next_day(morning: Morning, *, is_main: bool = False) -> Row:
    """Lead to the day after."""
    day = morning.day + timedelta(days=1)
    has = morning.around.next_has_story
    return Row(
        title=_("Next: %(day)s", day=short_date(day)),
        text=_("It has a story by now.") if has else _("You can prepare it now."),
        button=_("Prepare %(weekday)s", weekday=weekday(day)),
        path=f"../{day}/today",
        look="act" if is_main else "",
    )


def hints(morning: Morning) -> tuple[Hint, ...]:
    """Return what is so besides, whatever the edition's state."""
    return tuple(_told(morning))


def _told(morning: Morning) -> Iterator[Hint]:
    around = morning.around
    if around.failed:
        yield Hint("bad", _("It did not begin."), around.failed)
    if around.configured.is_rehearsal:
        yield Hint(
            "plain",
            _("Rehearsal."),
            _("Mails are written to a folder on this machine; nobody gets them."),
            _("Change this"),
            "../settings/",
        )
    if morning.readers == 0 and morning.known.send is None:
        yield Hint(
            "warn",
            _("Nobody reads you yet."),
            _("Bring in a list you have, or put the form on your site."),
            _("Bring in a list"),
            "../readers/",
        )
