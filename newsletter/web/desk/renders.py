"""One stage for each date that somebody looks at, rendered anew while its files change.

The mail is shown as soon as it is rendered; what the checks find in it follows.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from newsletter.core.errors import Held, NewsletterError, NothingToDo
from newsletter.editions.proofs import Preview
from newsletter.web.desk.watcher import watch

_LOOK_AGAIN = 0.6  # seconds between two looks at the ledger
Soon = Callable[[Preview], None]  # takes the mail before it is checked


class Stages:
    """The stages by date; files are watched only while a page follows a date."""

    def __init__(
        self,
        render: Callable[[date, Soon], Preview],
        watched: Callable[[date], Iterable[Path]],
        stands: Callable[[date], object] = lambda _: None,
    ) -> None:
        self._render = render
        self._watched = watched
        self._stands = stands
        self._stages: dict[date, Stage] = {}
        self._watchers: dict[date, asyncio.Future[tuple[None, None]]] = {}
        self._followers: Counter[date] = Counter()

    async def at(self, day: date) -> Stage:
        """Return the stage of a date; nobody having watched its files, it is rendered now."""
        stage = self._stage(day)
        if day not in self._watchers:
            await stage.refresh()
        return stage

    async def shown(self, day: date) -> Stage:
        """Return the stage of a date as it was last seen; rendered only if it never was."""
        stage = self._stage(day)
        return stage if stage.view.mail else await self.at(day)

    @asynccontextmanager
    async def followed(self, day: date) -> AsyncIterator[Stage]:
        """Keep a date up to date with its files, as long as anybody follows it."""
        self._followers[day] += 1
        stage = self._stage(day)
        try:
            if day not in self._watchers:
                self._watchers[day] = asyncio.gather(
                    watch(stage.refresh, lambda: self._paths(day)), self._ask(day, stage)
                )
                await asyncio.sleep(0)  # it looks at the files before they are rendered
                await self._note(day, stage)
                await stage.refresh()
            yield stage
        finally:
            await self._leave(day)

    async def _leave(self, day: date) -> None:
        self._followers[day] -= 1
        if self._followers[day] == 0 and day in self._watchers:
            watcher = self._watchers.pop(day)
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher

    async def _ask(self, day: date, stage: Stage) -> None:
        """Ask the ledger again and again: a send by another program touches no file of ours."""
        while True:
            await asyncio.sleep(_LOOK_AGAIN)
            await self._note(day, stage)

    async def _note(self, day: date, stage: Stage) -> None:
        with suppress(Exception):  # told by the render, or gone the next time
            stage.note(await asyncio.to_thread(self._stands, day))

    def _stage(self, day: date) -> Stage:
        return self._stages.setdefault(day, Stage(lambda soon: self._render(day, soon)))

    def _paths(self, day: date) -> set[Path]:
        preview = self._stages[day].view.preview
        return {*self._watched(day), *(preview.paths if preview else ())}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the newest state of the files cannot be rendered."""

    message: str  # in English; the pages say it in their own language
    hint: str = ""
    place: str = ""  # file and line, which then stand apart from the message
    kind: Literal["fault", "empty", "blank"] = "fault"  # no story yet; no edition, none to be


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is shown; `version` grows with every change of the two below it."""

    version: int
    preview: Preview | None  # the last good render, checked; None: there was none yet
    problem: Problem | None
    mail: Preview | None = None  # the newest good render, which may not be checked yet
    mails: int = 0  # grows with every change of the mail
    is_busy: bool = False  # a newer one is being rendered
    stands: object = None  # what the ledger knows of the edition; None: nobody has asked yet


class Stage:
    """Render on request, keep what is shown, and let others wait for a change."""

    def __init__(self, render_now: Callable[[Soon], Preview]) -> None:
        self._render_now = render_now
        self._changed = asyncio.Event()
        self._at_work = asyncio.Lock()
        self.view = View(version=0, preview=None, problem=None)

    async def refresh(self) -> None:
        """Render on a thread; a failure keeps the last good render and tells the problem."""
        async with self._at_work:
            self._show(replace(self.view, is_busy=True))
            loop = asyncio.get_running_loop()

            def soon(mail: Preview) -> None:
                loop.call_soon_threadsafe(lambda: self._show(_with_mail(self.view, mail)))

            preview, problem = await asyncio.to_thread(self._render, soon)
            before = _with_mail(self.view, preview)
            found = replace(
                before, preview=preview or before.preview, problem=problem, is_busy=False
            )
            is_new = (found.preview, found.problem) != (before.preview, before.problem)
            self._show(replace(found, version=before.version + is_new))

    def note(self, stands: object) -> None:
        """Keep where the edition stands; another than before is a new version."""
        before = self.view
        if stands is not None and stands != before.stands:
            is_news = before.stands is not None
            self._show(replace(before, stands=stands, version=before.version + is_news))

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

    def _render(self, soon: Soon) -> tuple[Preview | None, Problem | None]:
        try:
            return self._render_now(soon), None
        except NewsletterError as error:
            return None, _problem(error)
        except Exception as error:  # noqa: BLE001  # an edge: a fault is shown, the desk goes on
            return None, Problem(f"This is a fault of the program: {error!r}")


def _with_mail(view: View, mail: Preview | None) -> View:
    """Show another mail; the same one once more is no news."""
    bare = replace(mail, findings=()) if mail else None
    if bare is None or bare == view.mail:
        return view
    return replace(view, mail=bare, mails=view.mails + 1)


def _problem(error: NewsletterError) -> Problem:
    if isinstance(error, NothingToDo):
        return Problem(error.what, kind="blank")
    if isinstance(error, Held):
        return Problem(error.what, error.hint, kind="empty")
    where = error.where
    if where.leads and where.line is not None:
        return Problem(error.sentence, error.hint, where.text)
    return Problem(error.what, error.hint)
