"""Take over whom the provider mails no more: daily, by windows of time that overlap.

A bounce or an opt-out reaches us as an event within seconds, if the webhook is set up and the post
is not lost; the provider's lists are the second way, so that nobody depends on the first alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.model.events import Leaving
from newsletter.delivery import opening
from newsletter.delivery.provider import SuppressionLists
from newsletter.storage.database import Database
from newsletter.storage.suppression_lists import PulledLists
from newsletter.subscribers import lifecycle

EVERY = timedelta(hours=20)  # so that a look at the same hour each day is never a minute too early
OVERLAP = timedelta(hours=24)  # rows that were written late, or while the lists were being read
_AGAIN_AFTER_FAILURE = timedelta(hours=1)
_BEGINNING = datetime(2009, 1, 1, tzinfo=UTC)  # before any account there is
_ROWS = 500  # of one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull found."""

    start: datetime
    end: datetime
    rows: int
    left: int  # people who are mailed no more, and were until now


@dataclass(frozen=True, kw_only=True)
class Pull:
    """The lists of a publication's provider, and how far they were read."""

    provider: str
    lists: SuppressionLists
    store: PulledLists
    clock: Clock

    def is_due(self) -> bool:
        """Say whether the lists were last read yesterday or before, or an hour since it failed."""
        reached, now = self.store.reached(self.provider), self.clock.now()
        if reached.tried_at is not None and now - reached.tried_at < _AGAIN_AFTER_FAILURE:
            return False
        return reached.read_until is None or now - reached.read_until >= EVERY

    def pull(self, *, since: date | None = None) -> Pulled:
        """Take over what came onto the lists since the last time, or from a date on (in UTC).

        What was taken over stays so when the rest fails; the next pull begins where the last
        whole one ended. Raises what `SuppressionLists.between` raises.
        """
        now = self.clock.now()
        reached = self.store.reached(self.provider).read_until
        begin = reached - OVERLAP if reached else _BEGINNING
        if since is not None:
            begin = datetime.combine(since, time(), tzinfo=UTC)
        self.store.tried(self.provider, now=now)
        rows = left = 0
        with closing(self.lists):
            for step in _steps(self.lists.between(begin, now)):
                rows += len(step)
                left += self.store.take_over(step, allows=lifecycle.allows, now=now)
        self.store.finished(self.provider, until=now)
        return Pulled(start=begin, end=now, rows=rows, left=left)


def open_pull(settings: Settings, database: Database, clock: Clock) -> Pull | None:
    """Open the lists of the configured provider; None for one that keeps none.

    Raises `ConfigError` for a key that is none.
    """
    lists = opening.open_lists(settings, clock)
    if lists is None:
        return None
    name = settings.delivery.provider
    return Pull(provider=name, lists=lists, store=PulledLists(database), clock=clock)


def _steps(leaving: Iterator[Leaving]) -> Iterator[list[Leaving]]:
    while step := list(islice(leaving, _ROWS)):
        yield step
