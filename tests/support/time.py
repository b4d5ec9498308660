"""How tests deal with time: they wait for an event, with patience, and judge by no wall clock.

A machine may be busy with other things for seconds on end. So a test waits for what it is about,
up to `PATIENCE`, which no passing test ever uses up; and where a time-out of the product is the
subject, its time is held until the moment comes from which it is meant to count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

PATIENCE = 60.0  # seconds; only what never happens takes as long
SHORT = 0.15  # seconds; a time-out that is meant to run out


def wait_until(holds: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Wait for something another thread or process does; fail when it does not happen."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def computing_at_most(seconds: float) -> Iterator[None]:
    """Fail when the work takes more of the processor; what else it does meanwhile is no matter."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds


def hold_time(monkeypatch: pytest.MonkeyPatch, until: Callable[[], object] = lambda: False) -> None:
    """Let the time of our HTTP client stand still until something has happened, or for good.

    What a client does before that cannot be too late, however slow the machine is: a single step
    that waits in vain, such as a read, still ends after the whole time-out.
    """
    begun: list[float] = []

    def monotonic() -> float:
        if not begun and until():
            begun.append(time.monotonic())
        return time.monotonic() - begun[0] if begun else 0.0

    for module in ("sockets", "pool"):
        held = SimpleNamespace(monotonic=monotonic)
        monkeypatch.setattr(f"newsletter.core.http.{module}.time", held)
