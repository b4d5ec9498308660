"""Senders that are killed: at every boundary between two steps, at random moments, and restarted.

Nothing of the newsletter knows of this. A sender is a forked process with the application as it
is; around the methods of its ledger, its records and its provider this module lays mines, which
end the process as a power cut would. All processes and the sandbox share one clock, on which
waiting is short.
"""

from __future__ import annotations

import fcntl
import os
import random
import signal
import struct
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from newsletter.app import App, build
from newsletter.core.config import settings as config_settings
from newsletter.core.errors import NewsletterError, StorageError
from newsletter.core.model import Claim
from newsletter.delivery import owner as delivery_owner
from newsletter.delivery.preconditions import SendRequest

Role = Literal["send", "worker"]
Mistake = Literal["sends doubts again", "forgets doubts"]
NO_DATABASE = 69  # how a sender ends that the database refused
_HASTE = 20  # so many times faster time passes while somebody waits

# Steps of a sender, as methods of what it works with.
STEPS = {
    "ledger": ("complete",),
    "attempts": (
        *("lead", "claimants", "orphan", "renew", "claim", "people", "set_aside", "pause_until"),
        *("submitted", "uncertain", "release", "split", "step_down"),
    ),
    "provider": ("fits", "submit"),
}
STEPS_AHEAD = {
    "ledger": STEPS["ledger"],
    "attempts": STEPS["attempts"],
    "provider": (*STEPS["provider"], "reserve", "recall", "is_recalled"),
    "records": ("book", "doubts", "ask", "recalled", "taken"),
}


class SharedClock:
    """The time of all processes that know one file; whoever waits lets it pass for all."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_RDWR | os.O_CREAT)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead())

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / _HASTE)
        self.leap(seconds - seconds / _HASTE)

    def leap(self, seconds: float) -> None:
        """Let time pass at once."""
        fcntl.flock(self._file, fcntl.LOCK_EX)  # given back by the kernel when we are killed
        try:
            os.pwrite(self._file, struct.pack("d", self._ahead() + seconds), 0)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)

    def _ahead(self) -> float:
        found: tuple[float] = struct.unpack("d", os.pread(self._file, 8, 0) or bytes(8))
        return found[0]


@dataclass(frozen=True)
class Mine:
    """Where a sender ends: before, after or in a step, the n-th time it comes there."""

    what: Literal["ledger", "attempts", "provider", "records"]
    step: str
    where: Literal["before", "after", "within"]
    number: int
    delay: float = 0.0  # seconds after the step began, for "within"

    def lay(self, owner: Any) -> None:
        """Put the mine around the step of an object."""
        left, really = [self.number], getattr(owner, self.step)

        def step(*arguments: Any, **words: Any) -> Any:
            left[0] -= 1
            due = left[0] == 0
            if due and self.where == "before":
                end_at_once()
            if due and self.where == "within":
                threading.Timer(self.delay, end_at_once).start()
            result = really(*arguments, **words)
            if due and self.where == "after":
                end_at_once()
            return result

        setattr(owner, self.step, step)


@dataclass(frozen=True)
class Moment:
    """When a sender ends, wherever it is."""

    seconds: float


def draw(chance: random.Random, *, is_ahead: bool, is_frozen: bool) -> Mine | Moment:
    """Choose how a sender ends: one in three at any moment, the others at a step."""
    if not is_frozen:
        return Mine("ledger", "freeze", chance.choice(("before", "after", "within")), number=1)
    if chance.random() < 1 / 3:
        return Moment(chance.uniform(0.01, 0.25))
    what, step = chance.choice(_places(STEPS_AHEAD if is_ahead else STEPS))
    where = chance.choice(("before", "after", "within"))
    number, delay = chance.randint(1, 3), chance.uniform(0, 0.004)
    return Mine(what, step, where, number=number, delay=delay)


def _places(steps: Mapping[str, Sequence[str]]) -> list[tuple[Any, str]]:
    """List the steps; where most can go wrong, several times."""
    return [
        (what, step)
        for what, names in steps.items()
        for step in names
        for _ in range(4 if step in {"claim", "submit", "submitted"} else 1)
    ]


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a process is to do, and how it is to end."""

    root: Path
    environment: Mapping[str, str]
    clock: Path
    day: date
    said: Path  # what it says goes there
    role: Role = "send"
    end: Mine | Moment | None = None
    is_far: bool = False  # as on a machine of its own: others see its leases only
    mistake: Mistake | None = None  # planted, so that the harness has something to find


def work(task: Task) -> None:
    """Be a sender, in a process of its own, until the work is done or the chosen end."""
    for descriptor in (1, 2):
        os.dup2(os.open(task.said, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    if task.is_far:
        delivery_owner.is_gone = lambda _owner: False
    try:
        with opened(task) as app:
            _send(app, task)
    except StorageError as error:
        print(error.what, flush=True)
        sys.exit(NO_DATABASE)
    except NewsletterError as error:
        print(type(error).__name__, error.what, flush=True)
        sys.exit(int(error.exit_code))


def _send(app: App, task: Task) -> None:
    if task.mistake:
        _plant(task.mistake, app.attempts)
    if isinstance(task.end, Moment):
        threading.Timer(task.end.seconds, end_at_once).start()
    if isinstance(task.end, Mine):
        task.end.lay(_owner(app, task.end.what))
    if task.role == "send":
        app.sends.start(SendRequest(day=task.day, at_once=True, late=True))
    else:
        app.sends.worker().run(once=True)


@contextmanager
def opened(task: Task) -> Iterator[App]:
    """Open the publication of a task on the shared clock."""
    settings = config_settings.load(task.root, task.environment)
    app = build(settings, clock=SharedClock(task.clock))
    try:
        yield app
    finally:
        app.close()


def end_at_once() -> None:
    """End as by a power cut: nothing is flushed, nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


def _plant(mistake: Mistake, attempts: Any) -> None:
    """Let the record of attempts do with a doubt what many senders do."""

    def forget(claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        del status
        attempts.drop(claim, reason=reason, now=now)

    attempts.uncertain = attempts.release if mistake == "sends doubts again" else forget


def _owner(app: App, what: str) -> Any:
    return {
        "ledger": lambda: app.ledger,
        "attempts": lambda: app.attempts,
        "provider": app.provider,
        "records": lambda: app.sends.records,
    }[what]()
