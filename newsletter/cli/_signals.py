"""Turn Ctrl-C, SIGTERM and SIGHUP into a wish: what is under way is finished and recorded first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def until_asked_to_end() -> Iterator[None]:
    """Let a server run until Ctrl-C, SIGTERM or SIGHUP, each of which ends it as it should: with 0.

    Main thread only. uvicorn raises the signal anew when it has stopped: it is heard here.
    """

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    numbers = [signal.SIGTERM, *_hanging_up()]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _hanging_up() -> list[signal.Signals]:
    """Return SIGHUP where there is such a signal, and where nohup does not ignore it."""
    hung_up = getattr(signal, "SIGHUP", None)
    if hung_up is None or signal.getsignal(hung_up) is signal.SIG_IGN:
        return []
    return [hung_up]


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Set an event at the first SIGTERM, SIGINT or SIGHUP; a second one ends the process as usual.

    SIGHUP comes when a terminal is closed; where it is ignored (nohup) it stays so.

    Main thread only. The handlers of before are back when the block ends.
    """
    stop = threading.Event()
    numbers = [signal.SIGTERM, signal.SIGINT, *_hanging_up()]
    before = {number: signal.getsignal(number) for number in numbers}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(_number: int, _frame: object) -> None:
        restore()
        stop.set()

    for number in numbers:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        restore()
