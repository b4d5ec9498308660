"""One tick: decide what is due, then do it, and nothing else.

Deciding is pure: what exists and what time it is are arguments. The tick is idempotent: it looks
at what is there and does what is missing. Cron, the daemon and a hand-run command may all wake
it, at any moment and as often as they like.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.calendar import Due, Timetable
from newsletter.core.errors import DeliveryError, Held, NothingToDo
from newsletter.core.model import BatchState
from newsletter.core.model.records import SendView
from newsletter.delivery.preconditions import SendRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What exists for one of the dates a tick works on (`calendar.open_days`)."""

    assembled: bool  # the edition is there, and may go out as far as its parts are concerned
    send: Literal["none", "open", "paused", "cancelled", "complete"]
    rests_until: datetime | None = None  # of an open send: when its next wave may be handed over
    look_after: datetime | None = None  # another look may better it then; None: nothing to better


class Action(StrEnum):
    """What a tick can do."""

    PREPARE = "prepare"
    LOOK = "look"
    SEND = "send"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do now."""

    action: Action
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a tick is to do, in order, and what a person has to look at."""

    steps: tuple[Step, ...]
    held: str | None  # in full sentences
    next_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TickReport:
    """What a tick did."""

    did: tuple[str, ...]  # a sentence each, in order
    next_due: datetime | None  # UTC; None: no edition is to come
    held: str | None  # what a person has to look at
    skipped: str | None = None  # why there is no edition, where that is as configured


def decide(
    timetable: Timetable,
    *,
    now: datetime,
    days: Mapping[date, Today],
    unfinished: Sequence[date] = (),
) -> Decision:
    """Say what is to be done at `now` for the dates `calendar.open_days` gives.

    A send that is open is finished even after the catch-up window, so that nobody is left out of
    half a send. One of a date before these (`unfinished`) is only reported: yesterday's news is
    not sent unasked.
    """
    coming = calendar.next_due(timetable, now)
    held = [_unfinished(earlier) for earlier in unfinished]
    steps: list[Step] = []
    for day, today in days.items():
        due = calendar.edition_due(timetable, day)
        is_own = day == calendar.open_day(timetable, now)
        if due is not None and is_own and today.send == "none" and now > due.until:
            held.append(_too_late(due))
        steps += _steps(day, due, now=now, today=today)
    return Decision(
        steps=tuple(steps),
        held=" ".join(held) or None,
        next_due=coming.at if coming else None,
    )


def handed_over(view: SendView) -> str:
    """Tell what became of a send. Raises `Held` when some of its recipients are in doubt."""
    day = view.send.edition
    submitted = view.tally(BatchState.SUBMITTED).recipients
    doubts = view.tally(BatchState.UNCERTAIN).recipients
    if doubts:
        raise Held(
            f"The edition of {day}: {submitted} recipients submitted, {doubts} uncertain.",
            hint=f"`newsletter audit --date {day}` says how to go on.",
        )
    told = f"Handed over the edition of {day} to {submitted} recipients"
    rest = view.tally(BatchState.PLANNED).recipients
    if not rest or view.next_due is None:
        return f"{told}."
    return f"{told}; {rest} more are due from {view.next_due:%Y-%m-%d %H:%M} UTC on."


def _steps(day: date, due: Due | None, *, now: datetime, today: Today) -> tuple[Step, ...]:
    if today.send == "open":
        rests = today.rests_until is not None and now < today.rests_until
        return () if rests else (Step(Action.RESUME, day),)
    if today.send != "none" or due is None or not due.prepare_at <= now <= due.until:
        return ()
    prepare = () if today.assembled else (Step(Action.PREPARE, day),)
    if now >= due.begin:  # sending looks once more by itself
        return (*prepare, Step(Action.SEND, day))
    looks_again = today.look_after is not None and now >= today.look_after
    return prepare or ((Step(Action.LOOK, day),) if looks_again else ())


def _unfinished(day: date) -> str:
    return (
        f"The send of {day} is not complete; finish it with `newsletter send --date {day} --late`."
    )


def _too_late(due: Due) -> str:
    return (
        f"The edition of {due.date} was due at {due.at:%H:%M} UTC and its catch-up window closed "
        f"at {due.until:%Y-%m-%d %H:%M} UTC; if it should still go out: "
        f"`newsletter send --date {due.date} --late`."
    )


def run(app: App, *, wants_to_stop: Callable[[], bool] = lambda: False) -> TickReport:
    """Do what is due now, and nothing else; any number of callers at any moment do no harm.

    Raises `TryLater` when another sender is at work, the provider asks to wait, or the caller
    wants to stop.
    """
    now = app.clock.now()
    timetable = app.sends.timetable
    days = calendar.open_days(timetable, now)
    decision = decide(
        timetable,
        now=now,
        days={day: _situation(app, day) for day in days},
        unfinished=app.sends.unfinished(before=days[0]),
    )
    did: list[str] = []
    held = [decision.held] if decision.held else []
    skipped = None
    over: set[date] = set()  # what holds up one edition holds up no other
    for step in decision.steps:
        try:
            did += [] if step.day in over else _do(app, step, wants_to_stop)
        except Held as error:
            held.append(f"{error.what} {error.hint}".rstrip())
            over.add(step.day)
        except NothingToDo as error:
            skipped = error.what
            over.add(step.day)
    if held:
        app.alerts.tell(" ".join(held))
    app.database.finish_erasing(patience=0.0)
    if aside := app.events_set_aside():
        app.alerts.tell(
            f"{aside:,} reports of the provider could not be taken: `newsletter events set-aside`."
        )
    return TickReport(
        did=tuple(did),
        next_due=decision.next_due,
        held=" ".join(held) or None,
        skipped=skipped,
    )


def _situation(app: App, day: date) -> Today:
    send = app.sends.find(day)
    if send is None:
        ready, look_after = app.assembler.is_ready(day), app.assembler.look_after(day)
        return Today(assembled=ready, look_after=look_after, send="none")
    # From the ledger alone: whatever became of the file, its send goes on.
    rests_until = app.sends.rests_until(send)
    return Today(assembled=True, send=send.status.value, rests_until=rests_until)


def _do(app: App, step: Step, wants_to_stop: Callable[[], bool]) -> list[str]:
    if step.action in {Action.PREPARE, Action.LOOK}:
        return _prepare(app, step)
    told = _pull(app)
    # A gap at midnight may leave yesterday open (`calendar.open_day`).
    late = step.action is Action.RESUME or step.day < app.today()
    request = SendRequest(day=step.day, late=late)
    view = app.sends.start(request, wants_to_stop=wants_to_stop).view
    return [*told, handed_over(view)]


def _pull(app: App) -> list[str]:
    """Take over whom the provider mails no more, before anybody is mailed; a day's first time.

    A failure is told and holds nothing up: the provider drops such mail by itself.
    """
    pull = app.pull()
    if pull is None or not pull.is_due():
        return []
    try:
        left = pull.pull().left
    except DeliveryError as error:
        log.warning("Lists not read: %s", error.what, extra={"event": "lists.not_read"})
        return [f"{error.what} {error.hint}".rstrip()]
    told = f"People who are mailed no more, by the provider's own lists: {left}."
    return [told] if left else []


def _prepare(app: App, step: Step) -> list[str]:
    """Assemble and render; a look that found nothing new has nothing to tell."""
    before = app.files.load(step.day)
    proof = app.sends.proofs.prove_best(step.day)
    app.proofs.keep(proof)
    if step.action is Action.LOOK:
        return app.assembler.changes(before, proof.edition)
    return [f"Prepared the edition of {step.day}.", *app.assembler.warnings(proof.edition)]
