"""What was, what is and what comes next, on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.errors import NothingToDo
from newsletter.editions.marks import SendMarks
from newsletter.storage import figures
from newsletter.storage.figures import Figures

_BACK = 7  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The latest edition that was begun."""

    edition: date
    status: str
    recipients: int
    states: dict[str, int]
    reported: dict[str, int]
    lag: float | None  # seconds from due to the first hand-over
    duration: float | None  # seconds
    complete: bool  # as the audit finds it


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """The next edition."""

    edition: date
    due_at: datetime
    status: str  # of the edition: "none", "assembled", "held", "approved", …
    headline: str
    readers: int  # who would get it, as the list is now


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One screen."""

    now: datetime
    zone: str
    provider: str
    past: Past | None
    days: tuple[tuple[date, str], ...]  # the last week: what became of each date
    subscribers: dict[str, int]
    attention: tuple[str, ...]  # what waits for a person, in full sentences
    coming: Coming | None
    last_backup: datetime | None
    last_event: datetime | None


def overview(app: App) -> Overview:
    """Look at everything once; nothing is assembled, rendered, changed or asked of the network."""
    found = figures.read(app.database, app.settings.publication.id)
    today = app.today()
    first = today - timedelta(days=_BACK - 1)
    past = _past(app, found)
    coming = _coming(app)
    return Overview(
        now=app.clock.now(),
        zone=app.settings.publication.zone,
        provider=app.settings.delivery.provider,
        past=past,
        days=tuple((day.date, str(day.status)) for day in app.edition_calendar.days(first, today)),
        subscribers=dict(found.subscribers),
        attention=(*_attention(app, found, past), *_of_the_next(coming)),
        coming=coming,
        last_backup=SendMarks(app.files.folder).last_backup(),
        last_event=found.last_event_at,
    )


def _past(app: App, found: Figures) -> Past | None:
    last = found.last
    if last is None:
        return None
    try:
        complete = app.audit(last.edition).complete
    except NothingToDo:
        complete = False
    lag = (last.first_at - last.due_at).total_seconds() if last.first_at else None
    took = (
        (last.last_at - last.first_at).total_seconds() if last.first_at and last.last_at else None
    )
    return Past(
        edition=last.edition,
        status=last.status,
        recipients=last.recipients,
        states=dict(last.states),
        reported=dict(last.reported),
        lag=lag,
        duration=took,
        complete=complete,
    )


def _coming(app: App) -> Coming | None:
    due = calendar.next_due(app.settings.timetable, app.clock.now())
    if due is None:
        return None
    [day] = app.edition_calendar.days(due.date, due.date)
    return Coming(
        edition=due.date,
        due_at=due.at,
        status=str(day.status),
        headline=day.headline,
        readers=app.edition_calendar.readers(due.date),
    )


def _attention(app: App, found: Figures, past: Past | None) -> list[str]:
    told = list(app.restored.waiting())
    if found.sends.get("paused", 0) and not told:
        told.append(f"{found.sends['paused']} sends are paused: `newsletter send resume`.")
    doubts = found.waiting.get("uncertain", 0)
    if doubts:
        told.append(f"{doubts:,} recipients are in doubt: `newsletter audit` says how to go on.")
    if found.set_aside:
        told.append(
            f"{found.set_aside:,} reports could not be taken: `newsletter events set-aside`."
        )
    if past is not None and past.status == "complete" and not past.complete:
        told.append(f"The audit of {past.edition} is not complete: `newsletter audit`.")
    return told


def _of_the_next(coming: Coming | None) -> list[str]:
    if coming is None:
        return ["No edition is to come: look at [schedule] in config.toml."]
    if coming.status == "held":
        return [f"The edition of {coming.edition} is held: `newsletter check` says why."]
    if coming.status == "changed":
        return [f"The edition of {coming.edition} was changed since it was approved."]
    return []
