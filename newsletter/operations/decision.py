"""Decide what a tick is to do, from what exists and what time it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from newsletter.core import calendar
from newsletter.core.calendar import Due, Timetable
from newsletter.core.errors import Held
from newsletter.core.model import BatchState, SendKind
from newsletter.core.model.records import SendView
from newsletter.delivery import preconditions
from newsletter.delivery.preconditions import named

_LONGEST_BREAK = timedelta(minutes=10)  # between two ticks that look, whatever is known


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
    kind: SendKind = SendKind.EDITION


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a tick is to do, in order, and what a person has to look at."""

    steps: tuple[Step, ...]
    held: str | None  # in full sentences
    next_due: datetime | None
    rest_until: datetime | None = None  # nothing is to be done before, while nothing changes


def decide(
    timetable: Timetable,
    *,
    now: datetime,
    days: Mapping[date, Today],
    unfinished: Sequence[date] = (),
    kind: SendKind = SendKind.EDITION,
) -> Decision:
    """Say what is to be done at `now` for the dates `calendar.open_days` gives.

    A send that is open is finished even after the catch-up window, so that nobody is left out of
    half a send. One of a date before these (`unfinished`) is only reported: yesterday's news is
    not sent unasked.
    """
    coming = calendar.next_due(timetable, now)
    held = [_unfinished(earlier, kind) for earlier in unfinished]
    steps: list[Step] = []
    for day, today in days.items():
        due = calendar.edition_due(timetable, day)
        is_own = day == calendar.open_day(timetable, now)
        if due is not None and is_own and today.send == "none" and now > due.until:
            held.append(_too_late(due, kind))
        steps += [replace(one, kind=kind) for one in _steps(day, due, now=now, today=today)]
    return Decision(
        steps=tuple(steps),
        held=" ".join(held) or None,
        next_due=coming.at if coming else None,
        rest_until=None if steps or held else _rest_until(timetable, now=now, days=days),
    )


def _rest_until(
    timetable: Timetable, *, now: datetime, days: Mapping[date, Today]
) -> datetime | None:
    """Return the first moment at which time alone gives a tick something to do."""
    if any(today.send in {"open", "paused"} for today in days.values()):
        return None
    looks = (today.look_after for today in days.values())
    moments = [calendar.next_wake(timetable, now), *looks, now + _LONGEST_BREAK]
    return min(moment for moment in moments if moment is not None and moment > now)


def handed_over(view: SendView) -> str:
    """Tell what became of a send. Raises `Held` when some of its recipients are in doubt."""
    what, options = named(view.send), preconditions.options(view.send)
    submitted = view.tally(BatchState.SUBMITTED).recipients
    doubts = view.tally(BatchState.UNCERTAIN).recipients
    if doubts:
        raise Held(
            f"{what}: {submitted} recipients submitted, {doubts} uncertain.",
            hint=f"`newsletter audit {options}` says how to go on.",
        )
    told = f"Handed over {named(view.send, begins=False)} to {submitted} recipients"
    rest = view.tally(BatchState.PLANNED).recipients
    if rest and view.next_due is not None:
        told += f"; {rest} more are due from {view.next_due:%Y-%m-%d %H:%M} UTC on"
    if view.next_retry is None:
        return f"{told}."
    return (
        f"{told}; {view.tally(BatchState.DEFERRED).recipients} whom the mail server asked to try "
        f"later are tried again from {view.next_retry:%Y-%m-%d %H:%M} UTC on."
    )


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


def _unfinished(day: date, kind: SendKind) -> str:
    return (
        f"The send of {day} is not complete; finish it with `newsletter send --date {day}"
        f"{_option(kind)} --late`."
    )


def _option(kind: SendKind) -> str:
    return f" --kind {kind}" if kind is SendKind.WEEKLY else ""


def _too_late(due: Due, kind: SendKind) -> str:
    what = "digest" if kind is SendKind.WEEKLY else "edition"
    return (
        f"The {what} of {due.date} was due at {due.at:%H:%M} UTC and its catch-up window closed "
        f"at {due.until:%Y-%m-%d %H:%M} UTC; if it should still go out: "
        f"`newsletter send --date {due.date}{_option(kind)} --late`."
    )


def together(decisions: Sequence[Decision]) -> Decision:
    """Put decisions about different kinds of sends together."""
    moments = [one.next_due for one in decisions if one.next_due is not None]
    rests = [one.rest_until for one in decisions if one.rest_until is not None]
    return Decision(
        steps=tuple(step for one in decisions for step in one.steps),
        held=" ".join(one.held for one in decisions if one.held) or None,
        next_due=min(moments, default=None),
        rest_until=min(rests) if len(rests) == len(decisions) else None,
    )
