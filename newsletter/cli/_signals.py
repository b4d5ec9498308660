"""Turn Ctrl-C, SIGTERM and SIGHUP into a wish: what is under way is finished and recorded first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Set an event at the first SIGTERM, SIGINT or SIGHUP; a second one ends the process as usual.

    SIGHUP comes when a terminal is closed; where it is ignored (nohup) it stays so.

    Main thread only. The handlers of before are back when the block ends.
    """
    stop = threading.Event()
    numbers = [signal.SIGTERM, signal.SIGINT]
    hung_up = getattr(signal, "SIGHUP", None)  # not everywhere
    if hung_up is not None and signal.getsignal(hung_up) is not signal.SIG_IGN:
        numbers.append(hung_up)
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
