"""Decide a sender's next step from the ledger's sums. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.core.model import BatchState, SendStatus
from newsletter.core.model.records import SendView


@dataclass(frozen=True, slots=True)
class ClaimNext:
    """Claim the next batch and hand it over, unless so many are claimed by then."""

    most: int | None = None


@dataclass(frozen=True, slots=True)
class AwaitAnswer:
    """Wait until one of the attempts under way is answered."""


@dataclass(frozen=True, slots=True)
class SleepUntil:
    """Nothing may start before this moment: the provider's limit, or a batch that rests."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class AwaitOthers:
    """Other senders have claimed what is left; what they put back is for everyone."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing is planned and nothing is under way."""


Step = ClaimNext | AwaitAnswer | SleepUntil | AwaitOthers | Finish


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a hand-over ahead of time adds; as it stands, for one that is none."""

    lead: timedelta = timedelta()  # so long before it is due a batch may be handed over
    recalling: int = 0  # recalls under way
    wake: datetime | None = None  # when a recall can be asked for next
    room: int | None = None  # claims there may be, of everybody; None: any number
    room_at: datetime | None = None  # when there is more room


AT_ONCE = Terms()


def next_step(
    view: SendView,
    *,
    in_flight: int,
    parallel: int,
    proven: bool,
    now: datetime,
    terms: Terms = AT_ONCE,
) -> Step:
    """Choose the next step; in a send that was paused or cancelled nothing new begins.

    Until a first attempt was taken (`proven`) attempts go one by one, whoever makes them: a wrong
    key or a refused message then costs one request, not `parallel` of them.
    """
    busy = in_flight + terms.recalling
    claimed = view.tally(BatchState.CLAIMED).batches
    others = claimed > in_flight
    if view.send.status is not SendStatus.OPEN:
        return _await(busy, _rest(None, terms))
    if in_flight >= (parallel if proven else 1):
        return AwaitAnswer()
    if not view.tally(BatchState.PLANNED).batches:
        return _await(busy, AwaitOthers() if others else _rest(None, terms))
    if others and not proven:
        return AwaitOthers()
    if terms.room is not None and claimed >= terms.room:
        return _await(busy, AwaitOthers() if others else _rest(terms.room_at, terms))
    start = _earliest_start(view, terms.lead)
    if start is None or start <= now:
        return ClaimNext(terms.room if proven else 1)
    return _await(busy, _rest(min(start, view.next_retry or start), terms))


def _await(busy: int, otherwise: Step) -> Step:
    """Let answers come first."""
    return AwaitAnswer() if busy else otherwise


def _rest(start: datetime | None, terms: Terms) -> SleepUntil | Finish:
    """Rest until something can begin, be it a batch or a recall."""
    moments = [moment for moment in (start, terms.wake) if moment]
    return SleepUntil(min(moments)) if moments else Finish()


def _earliest_start(view: SendView, lead: timedelta) -> datetime | None:
    due = view.next_due - lead if view.next_due else None
    moments = [moment for moment in (due, view.send.paused_until) if moment]
    return max(moments, default=None)


def rests_until(view: SendView, *, lead: timedelta) -> datetime | None:
    """Return the moment the next wave of a send, or who was deferred, may be handed over.

    None: something may be done for it at any time, such as finding out what became of a claim.
    """
    unsettled = (BatchState.CLAIMED, BatchState.UNCERTAIN)
    if any(view.tally(state).batches for state in unsettled):
        return None
    moments = (_earliest_start(view, lead) if view.next_due else None, view.next_retry)
    return min((moment for moment in moments if moment), default=None)
