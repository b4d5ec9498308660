"""Decide a sender's next step from the ledger's sums. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsletter.model import BatchState, SendStatus
from newsletter.records import SendView


@dataclass(frozen=True, slots=True)
class ClaimNext:
    """Claim the next batch and hand it over."""


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


def next_step(
    view: SendView, *, in_flight: int, parallel: int, proven: bool, now: datetime
) -> Step:
    """Choose the next step; in a send that was paused or cancelled nothing new begins.

    Until a first attempt was taken (`proven`) attempts go one by one, whoever makes them: a wrong
    key or a refused message then costs one request, not `parallel` of them.
    """
    if view.send.status is not SendStatus.OPEN:
        return AwaitAnswer() if in_flight else Finish()
    if in_flight >= (parallel if proven else 1):
        return AwaitAnswer()
    others = view.tally(BatchState.CLAIMED).batches > in_flight
    if not view.tally(BatchState.PLANNED).batches:
        return _await(in_flight, AwaitOthers() if others else Finish())
    if others and not proven:
        return AwaitOthers()
    start = _earliest_start(view)
    if start is None or start <= now:
        return ClaimNext()
    return _await(in_flight, SleepUntil(start))


def _await(in_flight: int, otherwise: Step) -> Step:
    """Let answers come first."""
    return AwaitAnswer() if in_flight else otherwise


def _earliest_start(view: SendView) -> datetime | None:
    moments = [moment for moment in (view.next_due, view.send.paused_until) if moment]
    return max(moments, default=None)
