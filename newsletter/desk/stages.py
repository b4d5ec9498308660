"""One stage for each date that somebody looks at, rendered anew while its files change."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path

from newsletter.desk.stage import Stage
from newsletter.desk.watching import watch
from newsletter.editions.proofs import Preview


class Stages:
    """The stages by date; files are watched only while a page follows a date."""

    def __init__(
        self,
        render: Callable[[date], Preview],
        watched: Callable[[date], Iterable[Path]],
    ) -> None:
        self._render = render
        self._watched = watched
        self._stages: dict[date, Stage] = {}
        self._watchers: dict[date, asyncio.Task[None]] = {}
        self._followers: Counter[date] = Counter()

    async def at(self, day: date) -> Stage:
        """Give the stage of a date; nobody having watched its files, it is rendered now."""
        stage = self._stage(day)
        if day not in self._watchers:
            await stage.refresh()
        return stage

    async def shown(self, day: date) -> Stage:
        """Give the stage of a date as it was last seen; rendered only if it never was."""
        stage = self._stage(day)
        return stage if stage.view.version else await self.at(day)

    @asynccontextmanager
    async def followed(self, day: date) -> AsyncIterator[Stage]:
        """Keep a date up to date with its files, as long as anybody follows it."""
        self._followers[day] += 1
        stage = self._stage(day)
        try:
            if day not in self._watchers:
                watching = watch(stage.refresh, lambda: self._paths(day))
                self._watchers[day] = asyncio.create_task(watching)
                await asyncio.sleep(0)  # it looks at the files before they are rendered
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

    def _stage(self, day: date) -> Stage:
        return self._stages.setdefault(day, Stage(lambda: self._render(day)))

    def _paths(self, day: date) -> set[Path]:
        preview = self._stages[day].view.preview
        return {*self._watched(day), *(preview.paths if preview else ())}
