"""What stands on the desk now: the last good render, and what is wrong with the newest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from newsletter.core.errors import NewsletterError
from newsletter.editions.proofs import Preview


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the newest state of the files cannot be rendered."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is shown; `version` grows with every change of the two below it."""

    version: int
    preview: Preview | None  # the last good render; None: there was none yet
    problem: Problem | None
    is_busy: bool = False  # a newer one is being rendered


class Stage:
    """Render on request, keep what is shown, and let others wait for a change."""

    def __init__(self, render_now: Callable[[], Preview]) -> None:
        self._render_now = render_now
        self._changed = asyncio.Event()
        self._at_work = asyncio.Lock()
        self.view = View(version=0, preview=None, problem=None)

    async def refresh(self) -> None:
        """Render on a thread; a failure keeps the last good render and tells the problem."""
        async with self._at_work:
            self._show(replace(self.view, is_busy=True))
            preview, problem = await asyncio.to_thread(self._render)
            before = self.view
            found = replace(
                before, preview=preview or before.preview, problem=problem, is_busy=False
            )
            is_new = (found.preview, found.problem) != (before.preview, before.problem)
            self._show(replace(found, version=before.version + is_new))

    async def after(self, view: View | None, *, seconds: float) -> View:
        """Wait until another view is shown than the one given, or `seconds` have passed."""
        if self.view is view:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
        return self.view

    def _show(self, view: View) -> None:
        self.view = view
        self._changed.set()
        self._changed = asyncio.Event()

    def _render(self) -> tuple[Preview | None, Problem | None]:
        try:
            return self._render_now(), None
        except NewsletterError as error:
            return None, Problem(error.what, error.hint)
        except Exception as error:  # noqa: BLE001  # an edge: a fault is shown, the desk goes on
            return None, Problem(f"This is a fault of the program: {error!r}", "")
