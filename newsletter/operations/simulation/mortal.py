"""A process that can be killed at any moment, and leaves nothing behind but what was durable.

From the moment it is killed on, each use of its database ends at once: no tidying up that a real
process could not have done reaches the file either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from newsletter.storage.database import Database, Transaction


class Killed(BaseException):
    """The process ended without a word; nothing in it may catch this."""


class Clockwork:
    """The simulation's clock: it goes only when somebody waits, or the next moment is due."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the simulated moment in UTC."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let so much time go by at once."""
        self.moment += timedelta(seconds=max(seconds, 0.0))


class Life:
    """One life of the process: how many more things it does before it is killed, if it is."""

    def __init__(self) -> None:
        self.is_over = False
        self._left: int | None = None
        self._at: str | None = None

    def end_after(self, steps: int) -> None:
        """Kill it after so many steps: uses of the database, requests and their answers."""
        self._left = steps

    def end_at(self, moment: str) -> None:
        """Kill it "before" or "after" the next request to the provider."""
        self._at = moment

    def step(self, moment: str = "") -> None:
        """Do one thing. Raises `Killed`, from then on each time."""
        if self._left is not None and not self.is_over:
            self._left -= 1
            self.is_over = self._left < 0
        self.is_over = self.is_over or (moment != "" and moment == self._at)
        if self.is_over:
            raise Killed


class MortalDatabase(Database):
    """The database as a process uses it that may be killed before, within and after each use."""

    def __init__(self, inner: Database, life: Life) -> None:
        super().__init__(inner.engine)
        self._life = life

    @contextmanager
    def read(self, *, alone: bool = False) -> Iterator[Transaction]:
        """Open a transaction that writes nothing."""
        self._life.step()
        with super().read(alone=alone) as connection:
            yield connection

    @contextmanager
    def write(self, *, snapshot: bool = False) -> Iterator[Transaction]:
        """Open a transaction; a process killed before its end has written nothing."""
        self._life.step()
        with super().write(snapshot=snapshot) as connection:
            yield connection
            self._life.step()
        self._life.step()
