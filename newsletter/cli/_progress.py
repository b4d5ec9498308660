"""A send under way, on a terminal: recipients, batches, rate, time left, and what went wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import progress as bars
from rich.text import Text

from newsletter.cli import _shell
from newsletter.core.model import BatchState

if TYPE_CHECKING:
    from newsletter.core.model.records import SendView

_LEFT = (BatchState.PLANNED, BatchState.CLAIMED)


class _Rate(bars.ProgressColumn):
    """Recipients a second, over the last half minute."""

    def render(self, task: bars.Task) -> Text:
        """Draw it; nothing until two updates have come."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="progress.data.speed")


@contextmanager
def shown(*, hidden: bool) -> Iterator[Callable[[SendView], None]]:
    """Show a send while the block runs; nothing in a log or with `hidden`."""
    terminal = _shell.console(error=True)
    bar = bars.Progress(
        bars.TextColumn("{task.description}"),
        bars.BarColumn(bar_width=24),
        bars.TextColumn("{task.fields[people]}"),
        bars.TextColumn("[dim]{task.fields[batches]}"),
        _Rate(),
        bars.TimeRemainingColumn(compact=True),
        bars.TextColumn("[yellow]{task.fields[trouble]}"),
        console=terminal,
        transient=True,
        disable=hidden or not terminal.is_terminal,
    )
    with bar:
        task = bar.add_task("Freezing", start=False, total=None, people="", batches="", trouble="")

        def update(view: SendView) -> None:
            left = sum(view.tally(state).recipients for state in _LEFT)
            done = view.send.recipients - left
            if not bar.tasks[task].started:
                # What earlier runs handed over says nothing of this one's rate.
                total = view.send.recipients
                bar.reset(task, total=total, completed=done, description="Handing over")
            bar.update(
                task,
                completed=done,
                people=f"{done:,} of {_shell.counted(view.send.recipients, 'recipient')}",
                batches=batches(view),
                trouble=trouble(view),
            )

        yield update


def batches(view: SendView) -> str:
    """Count the batches that are behind us."""
    total = sum(tally.batches for tally in view.batches.values())
    left = sum(view.tally(state).batches for state in _LEFT)
    return f"batch {total - left:,} of {total:,}"


def trouble(view: SendView) -> str:
    """Name what an operator wants to know at once; nothing when all is well."""
    counts = {
        "uncertain": view.tally(BatchState.UNCERTAIN).recipients,
        "refused": view.refused + view.tally(BatchState.REFUSED).recipients,
    }
    return ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)


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
