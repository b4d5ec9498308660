"""One sender at work: at which pace, and where its own work stands. The ledger knows the rest."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.core.errors import NewsletterError
from newsletter.core.model import Claim
from newsletter.core.model.records import SendView
from newsletter.delivery import outcomes
from newsletter.delivery.attempts import Tried


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """How long a sender that leads stays with its send while nothing can be done for it.

    As it stands, for a command that was given this one send to hand over.
    """

    longest: timedelta = timedelta(hours=1)  # a wave that is due later is left to a later run
    in_all: timedelta | None = None  # without an answer in between; None: any number of rests
    makes_room: Callable[[], bool] = _never  # others are due: end when what is under way is done

    def allows(self, rest: timedelta, *, rested: timedelta) -> bool:
        """Say whether to stay for one more rest."""
        return rest <= self.longest and (self.in_all is None or rested + rest <= self.in_all)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many batches are under way at once, and how long a provider is tried."""

    parallel: int
    give_up_after: timedelta
    stay: Stay = Stay()
    window: timedelta = timedelta(hours=4)  # so long after it is due a deferred copy may still go
    jitter: Callable[[], float] = random.random  # spreads the next tries of several senders

    def patience(self) -> outcomes.Patience:
        """Return how long the next setback may last."""
        return outcomes.Patience(give_up_after=self.give_up_after, jitter=self.jitter())


@dataclass(slots=True)
class Run:
    """Where a sender's own work stands."""

    in_flight: dict[Future[Tried], Claim] = field(default_factory=dict)
    recalling: dict[Future[None], str] = field(default_factory=dict)  # → attempt
    # The last look at where the send stands, and until when it serves.
    seen: tuple[SendView, datetime] | None = None
    misses: int = 0
    stop: NewsletterError | None = None
    submitted: int = 0  # batches
    resting_until: datetime | None = None
    rested: timedelta = timedelta()  # since something was answered last
    makes_room: bool = False  # it ends for others, and there is more to do
