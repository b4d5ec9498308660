"""What the page of readers shows: which of them, who they are, what happened to them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from newsletter.core.model import Frequency, Subscriber, SubscriberState
from newsletter.storage.sends.recent import RecentCopy
from newsletter.storage.subscribers.history import History
from newsletter.subscribers.circles import Circle
from newsletter.subscribers.model import Consent, StateChange
from newsletter.web.desk.error_words import spoken
from newsletter.web.desk.header import long_date, short_date
from newsletter.web.desk.words import N_, _

PAGE = 50
_MOST = 10**9  # of a number in an address
CIRCLES: Mapping[Circle, str] = {
    Circle.READING: N_("Reading"),
    Circle.UNCONFIRMED: N_("Not confirmed yet"),
    Circle.PAUSED: N_("On a pause"),
    Circle.LEFT: N_("Left"),
    Circle.UNREACHABLE: N_("Cannot be reached"),
}
FREQUENCIES: Mapping[Frequency, str] = {
    Frequency.DAILY: N_("Daily"),
    Frequency.WEEKDAYS: N_("Monday to Friday"),
    Frequency.WEEKLY: N_("Once a week"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which readers are asked for."""

    circle: Circle = Circle.READING
    search: str = ""
    tag: str = ""
    page: int = 1
    reader: int | None = None  # whose history stands beside

    @property
    def query(self) -> str:
        """Write it as an address has it."""
        told = {
            "circle": "" if self.circle is Circle.READING else str(self.circle),
            "search": self.search,
            "tag": self.tag,
            "page": "" if self.page == 1 else str(self.page),
            "reader": str(self.reader or ""),
        }
        return "?" + urlencode({name: text for name, text in told.items() if text})

    def of(self, circle: Circle) -> str:
        """Ask for another circle."""
        return replace(self, circle=circle, page=1, reader=None).query

    def beside(self, reader: int | None) -> str:
        """Ask for somebody's history beside the list."""
        return replace(self, reader=reader).query

    def turned(self, by: int) -> str:
        """Ask for another page."""
        return replace(self, page=self.page + by, reader=None).query


def question_of(params: Mapping[str, str]) -> Question:
    """Read what an address asks for; what cannot be read is as if it were not there."""
    circle = params.get("circle", "")
    return Question(
        circle=Circle(circle) if circle in list(Circle) else Circle.READING,
        search=_line(params.get("search", "")),
        tag=_line(params.get("tag", "")),
        page=number_of(params.get("page", "")) or 1,
        reader=number_of(params.get("reader", "")),
    )


def _line(text: str) -> str:
    """Return what can be searched for: a line without what no database keeps."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:200]


def number_of(text: str) -> int | None:
    """Read a number from 1 on; None for anything else."""
    is_one = text.isascii() and text.isdecimal() and len(text) < 12
    return int(text) if is_one and 1 <= int(text) <= _MOST else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A reader as a row of the list."""

    id: int
    address: str
    name: str
    how_often: str
    tags: tuple[str, ...]
    since: str


def row(one: Subscriber, *, today: date, zone: str) -> Row:
    """Show a reader in the list."""
    return Row(
        id=one.id,
        address=one.address,
        name=one.name,
        how_often=_(FREQUENCIES[one.frequency]),
        tags=tags_of(one),
        since=moment(one.created_at, today=today, zone=zone),
    )


def tags_of(one: Subscriber) -> tuple[str, ...]:
    """Return somebody's tags."""
    parts = (tag.strip() for tag in one.attributes.get("tags", "").split(","))
    return tuple(tag for tag in parts if tag)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a reader: a bold line and a grey one."""

    at: datetime
    title: str
    text: str = ""


def standing(one: Subscriber, circle: Circle) -> str:
    """Say in a line how somebody stands to the brief."""
    if circle is Circle.PAUSED and one.paused_until is not None:
        return _("On a pause until %(day)s", day=long_date(one.paused_until))
    if circle is Circle.READING:
        often = {
            Frequency.DAILY: _("Reads every edition"),
            Frequency.WEEKDAYS: _("Reads from Monday to Friday"),
            Frequency.WEEKLY: _("Reads once a week"),
        }
        return often[one.frequency]
    if one.state is SubscriberState.COMPLAINED:
        return _("Called it spam, and is never written to again")
    return _(CIRCLES[circle])


def events(history: History, copies: Sequence[RecentCopy]) -> list[Event]:
    """Tell what happened to a reader, the newest first."""
    found = [*_changes(history.changes), *map(_consent, history.consents), *_copies(copies)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _changes(changes: Sequence[StateChange]) -> Iterator[Event]:
    titles = {
        SubscriberState.PENDING: _("Asked to join"),
        SubscriberState.ACTIVE: _("Confirmed"),
        SubscriberState.UNSUBSCRIBED: _("Left"),
        SubscriberState.BOUNCED: _("Mail to them came back"),
        SubscriberState.COMPLAINED: _("Called it spam"),
    }
    for one in changes:
        is_new = one.from_state is None and one.to_state is SubscriberState.ACTIVE
        yield Event(
            one.at, _("Came to the list") if is_new else titles[one.to_state], spoken(one.reason)
        )


def _consent(one: Consent) -> Event:
    return Event(one.at, _("Said yes to the brief"), one.text)


def _copies(copies: Sequence[RecentCopy]) -> Iterator[Event]:
    for one in copies:
        at = one.reported_at or one.at
        if at is not None:
            yield Event(at, _copy(one), "")


def _copy(one: RecentCopy) -> str:
    day = short_date(one.edition)
    if one.reported in {"bounced", "dropped", "blocked"}:
        return _("The brief of %(day)s came back", day=day)
    if one.reported == "complained":
        return _("Called the brief of %(day)s spam", day=day)
    if one.state == "submitted":
        arrived = one.reported is not None
        sentence = (
            N_("The brief of %(day)s arrived") if arrived else N_("Sent the brief of %(day)s")
        )
        return _(sentence, day=day)
    if one.state == "uncertain":
        return _("Not certain: the brief of %(day)s", day=day)
    return _("Did not get the brief of %(day)s", day=day)


def moment(at: datetime, *, today: date, zone: str) -> str:
    """Write a moment: today with its time, this year without the year."""
    local = at.astimezone(ZoneInfo(zone))
    if local.date() == today:
        return _("today, %(time)s", time=f"{local:%H:%M}")
    return short_date(local.date()) if local.year == today.year else long_date(local.date())
