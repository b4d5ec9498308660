"""Decide when mail that was handed over ahead goes, and when what is in doubt is recalled. Pure.

Rules from sendgrid.md 1.4 and 2(b): a recall counts when it is in force ten minutes before the
mail's moment; ten at most are open at once, and each keeps its place until that moment; it is
never taken back before. A request that broke off may still be at work, so it is waited out first.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.core.model.records import Doubt

NOTICE = timedelta(minutes=20)  # a batch is handed over so long before its moment, or longer
LAST_CALL = timedelta(minutes=10)
MOST_OPEN = 10
FURTHEST = timedelta(hours=72)
RETRY = timedelta(seconds=20)  # between two tries to recall the same attempt


@dataclass(frozen=True, slots=True)
class Lost:
    """A doubt that cannot be recalled any more, and why."""

    doubt: Doubt
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is to be done about the doubts of a send, and how many more it could stand."""

    ready: tuple[Doubt, ...] = ()  # to be recalled now
    lost: tuple[Lost, ...] = ()
    wake: datetime | None = None  # the next moment at which a doubt gets ready; None: none will
    room: int = MOST_OPEN  # attempts that may be under way so that each could be recalled
    room_at: datetime | None = None  # when there is more room


def moment_to_go(due: datetime, *, now: datetime) -> datetime:
    """Return the moment the provider is to let an attempt go: when due, never without notice.

    A whole second, as the provider counts.
    """
    moment = max(due, now + NOTICE)
    return moment.replace(microsecond=0) + timedelta(seconds=bool(moment.microsecond))


def why_not(send_at: datetime, *, now: datetime) -> str | None:
    """Say why an attempt must not be handed over with this moment; None when it may."""
    if send_at - now <= LAST_CALL:
        return f"its moment, {send_at:%H:%M:%S} UTC, is too near to recall it"
    if send_at - now > FURTHEST:
        return f"its moment, {send_at:%Y-%m-%d %H:%M} UTC, is more than 72 hours ahead"
    return None


def in_time(send_at: datetime, *, now: datetime) -> bool:
    """Say whether a recall that is seen in force now keeps the mail from going."""
    return now <= send_at - LAST_CALL


def outlook(
    doubts: Sequence[Doubt],
    *,
    taken: Iterable[datetime],
    settle: timedelta,
    now: datetime,
) -> Outlook:
    """Sort the doubts of a send; the one whose moment is nearest comes first.

    `taken` are the moments of all recalls that were asked for, in any send, those of these
    doubts included: until then each keeps its place.
    """
    places = sorted(moment for moment in taken if moment > now)
    ready: list[Doubt] = []
    lost: list[Lost] = []
    wakes: list[datetime] = []
    for doubt in sorted(doubts, key=lambda one: one.send_at):
        at = _ready_at(doubt, places, settle=settle)
        if not in_time(doubt.send_at, now=max(at, now)):
            lost.append(Lost(doubt, _why_lost(doubt, free_at=_free_at(places))))
            continue
        if doubt.asked_at is None:
            insort(places, doubt.send_at)
        if at <= now:
            ready.append(doubt)
        else:
            wakes.append(at)
    return Outlook(
        ready=tuple(ready),
        lost=tuple(lost),
        wake=min(wakes, default=None),
        room=max(MOST_OPEN - len(places), 0),
        room_at=_free_at(places),
    )


def _ready_at(doubt: Doubt, places: Sequence[datetime], *, settle: timedelta) -> datetime:
    """Return the moment to ask for a recall: again after a while, or when a place is free."""
    if doubt.asked_at is not None:
        return doubt.asked_at + RETRY
    settled = doubt.since if doubt.taken else doubt.since + settle  # an answer came: it is over
    free_at = _free_at(places)
    return max(settled, free_at) if free_at else settled


def _free_at(places: Sequence[datetime]) -> datetime | None:
    """Return the moment at which one of the places taken gets free; None: one is free now."""
    return places[len(places) - MOST_OPEN] if len(places) >= MOST_OPEN else None


def _why_lost(doubt: Doubt, *, free_at: datetime | None) -> str:
    if doubt.asked_at is None and free_at and not in_time(doubt.send_at, now=free_at):
        return (
            f"{MOST_OPEN} recalls are open, and no more are allowed; the next place gets free at "
            f"{free_at:%H:%M} UTC, too late for mail that goes at {doubt.send_at:%H:%M} UTC"
        )
    return (
        f"not recalled in time: its mail goes at {doubt.send_at:%H:%M} UTC, and a recall helps "
        f"until {doubt.send_at - LAST_CALL:%H:%M} UTC"
    )
