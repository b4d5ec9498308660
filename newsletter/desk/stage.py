"""What stands on the desk now: the last good render, and what is wrong with the newest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from newsletter.errors import NewsletterError
from newsletter.preview import Preview


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the newest state of the files cannot be rendered."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is shown; `version` grows with every change."""

    version: int
    preview: Preview | None  # the last good render; None: there was none yet
    problem: Problem | None


class Stage:
    """Render on request, keep what is shown, and let others wait for a change."""

    def __init__(self, render_now: Callable[[], Preview]) -> None:
        self._render_now = render_now
        self._changed = asyncio.Event()
        self.view = View(version=0, preview=None, problem=None)

    async def refresh(self) -> None:
        """Render on a thread; a failure keeps the last good render and tells the problem."""
        preview, problem = await asyncio.to_thread(self._render)
        new = replace(self.view, preview=preview or self.view.preview, problem=problem)
        if new != self.view:
            self.view = replace(new, version=new.version + 1)
            self._changed.set()
            self._changed = asyncio.Event()

    async def after(self, version: int, *, seconds: float) -> View:
        """Wait until there is another version than the one given, or `seconds` have passed."""
        if self.view.version == version:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
        return self.view

    def _render(self) -> tuple[Preview | None, Problem | None]:
        try:
            return self._render_now(), None
        except NewsletterError as error:
            return None, Problem(error.what, error.hint)
        except Exception as error:  # noqa: BLE001  # an edge: a fault is shown, the desk goes on
            return None, Problem(f"This is a fault of the program: {error!r}", "")
