"""A bar on the terminal for work on so many lines or people."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.cli import _shell


class RateBar:
    """A bar with rate and time left, once a piece of work has lasted longer than a second."""

    def __init__(self, total: int, *, of: str, shown: bool) -> None:
        from rich import progress

        self._console = _shell.console(error=True)
        self._shown = shown and self._console.is_terminal
        self._total = total
        self._of = of
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TextColumn("{task.fields[rate]}"),
            progress.TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._tasks: dict[str, progress.TaskID] = {}
        self._begun = time.monotonic()

    def advance(self, what: str, done: int) -> None:
        """Show that so much is done."""
        if not self._shown:
            return
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=self._total, rate="")
        if time.monotonic() - self._begun > 1:
            self._bar.start()
        task = self._tasks[what]
        self._bar.update(task, completed=done)
        speed = self._bar.tasks[task].speed or self._bar.tasks[task].finished_speed
        self._bar.update(task, rate=f"{speed:,.0f} {self._of}/s" if speed else "")

    def pause(self) -> None:
        """Take the bar away, for a question or for good; the next step brings it back."""
        self._bar.stop()


@contextmanager
def rate_bar(total: int, *, of: str, shown: bool) -> Iterator[RateBar]:
    """Have a bar while the block runs; nothing in a log or where it is not `shown`."""
    bar = RateBar(total, of=of, shown=shown)
    try:
        yield bar
    finally:
        bar.pause()
