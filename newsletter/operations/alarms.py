"""What of a publication waits for a person, as a tick finds it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.calendar import Due, Timetable
from newsletter.core.errors import ContentError, NewsletterError, NothingToDo
from newsletter.core.logs import without_addresses
from newsletter.core.model import BatchState, SendKind
from newsletter.core.model.alarms import BEFORE, AlarmKind, Condition

LATE_AFTER = timedelta(minutes=15)
_DEFERRED_AFTER = timedelta(hours=1)
_LEAST_SPACE = 200_000_000  # bytes
# What every tick looks at, so that what it does not find is solved.
EVERY_TICK = frozenset(AlarmKind) - {AlarmKind.RUNWAY, AlarmKind.CHANNEL, AlarmKind.NOTICE}
TOLD_BY_OTHERS = (AlarmKind.NOTICE,)  # now and then; it is over when they tell it no more
TOLD_WITHIN = timedelta(hours=48)


def condition(kind: AlarmKind, key: object, sentence: str) -> Condition:
    """Make a condition; addresses are taken out of its sentence."""
    return Condition(kind=kind, key=str(key), sentence=without_addresses(sentence))


def held(sentence: str) -> Condition:
    """Make a condition of what holds something, named after its own words."""
    mark = hashlib.sha256(sentence.encode()).hexdigest()[:16]
    return condition(AlarmKind.HELD, mark, sentence)


def next_look(timetable: Timetable, now: datetime) -> datetime | None:
    """Return the next moment an hour before an edition goes."""
    coming = calendar.upcoming(timetable, start=calendar.today(timetable.zone, now))
    moments = (due.begin - BEFORE for due in coming)
    return next((moment for moment in moments if moment > now), None)


def ahead(app: App, due: Due, *, now: datetime) -> Condition | None:
    """Say what would hold an edition that is due within the hour, or is due now."""
    if not due.begin - BEFORE <= now <= due.until:
        return None
    at = f"The edition of {due.date} is due at {due.at:%H:%M} UTC"
    return cause(app, due.date, lead=at)


def cause(app: App, day: date, *, lead: str) -> Condition | None:
    """Say what holds an edition as it stands: no story, an error, or nobody's approval."""
    try:
        if app.assembler.look(day).status == "held":
            todo = f"`newsletter new --date {day}`."
            return condition(AlarmKind.NO_STORY, day, f"{lead} and has no lead story: {todo}")
    except NothingToDo:
        return None
    except (ContentError, NewsletterError) as error:
        return condition(AlarmKind.ERRORS, day, f"{lead}: {error.what} {error.hint}".rstrip())
    report = app.files.report(day)
    if report is not None and not report.ok:
        todo = f"`newsletter check --date {day}`."
        return condition(AlarmKind.ERRORS, day, f"{lead} and its checks found errors: {todo}")
    approval, digest = app.approvals.find(day), report.digest if report else ""
    is_needed = app.settings.schedule.approval == "required"
    if is_needed and (approval is None or approval.digest != digest):
        todo = f"`newsletter approve --date {day}`."
        return condition(AlarmKind.NO_APPROVAL, day, f"{lead} and nobody has approved it: {todo}")
    return None


def of_sends(app: App, days: Iterable[date], *, now: datetime) -> Iterator[Condition]:
    """Yield what is to be told of editions whose send has begun: late, or deferred."""
    for day in days:
        send = app.sends.find(day)
        due = calendar.due(app.settings.timetable, day)
        if send is None or now < due.at:
            continue
        view = app.ledger.view(send.id)
        left = view.tally(BatchState.PLANNED).recipients + view.tally(BatchState.CLAIMED).recipients
        is_behind = view.next_due is not None and view.next_due + LATE_AFTER < now
        if send.status == "open" and left and is_behind:
            does = "recipient does" if left == 1 else "recipients do"
            yield late(due, f"{left:,} {does} not have it yet.")
        deferred = view.tally(BatchState.DEFERRED).recipients
        if deferred and now > due.at + _DEFERRED_AFTER:
            waits = "recipient" if deferred == 1 else "recipients"
            told = f"The mail servers of {deferred:,} {waits} of the edition of {day} asked to be "
            yield condition(
                AlarmKind.DEFERRED, day, f"{told}tried again later; the tick does that."
            )


def limits(app: App) -> Iterator[Condition]:
    """Yield the limits that sends have crossed and are paused by still, as they were told."""
    for one in app.alerts.waiting():
        if one.kind is not AlarmKind.LIMIT:
            continue
        day = date.fromisoformat(one.key)
        sends = [app.sends_of(kind).find(day) for kind in SendKind]
        if any(send is not None and send.status == "paused" for send in sends):
            yield Condition(kind=one.kind, key=one.key, sentence=one.sentence)


def late(due: Due, more: str = "") -> Condition:
    """Say that an edition is late."""
    told = f"The edition of {due.date} is late; it was due at {due.at:%Y-%m-%d %H:%M} UTC. {more}"
    return condition(AlarmKind.LATE, due.date, told.rstrip())


def of_house(app: App) -> Iterator[Condition]:
    """Yield what is to be told of what all editions stand on: events, and space on the disk."""
    if aside := app.events_set_aside():
        told = f"{aside:,} reports of the provider could not be taken: "
        yield condition(AlarmKind.SET_ASIDE, "events", f"{told}`newsletter events set-aside`.")
    for folder in _folders(app):
        with suppress(OSError):
            free = shutil.disk_usage(folder).free
            if free < _LEAST_SPACE:
                told = f"Only {free // 1_000_000:,} MB are free where {folder} lies; a send needs "
                yield condition(AlarmKind.SPACE, folder, f"{told}room for its ledger and files.")


def _folders(app: App) -> tuple[Path, ...]:
    name = app.settings.database_url.partition(":///")[2]
    is_file = app.settings.database.is_sqlite and name not in {"", ":memory:"}
    own = Path(name).parent if is_file else app.settings.root
    return tuple(dict.fromkeys((app.settings.root, own)))
