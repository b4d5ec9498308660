"""The desk's web addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from newsletter.desk.description import describe
from newsletter.desk.guard import HOSTS, MAIL_POLICY, Guarded
from newsletter.desk.lenses import LENSES
from newsletter.desk.stage import Stage
from newsletter.desk.watching import watch

_PAGES = Path(__file__).parent / "pages"
_BEAT = 0.5  # seconds after which an idle stream looks whether the desk is closing


class Site:
    """The answers to what the page asks, over one stage."""

    def __init__(
        self, stage: Stage, *, paths: Iterable[Path] = (), is_closing: Callable[[], bool]
    ) -> None:
        self._stage = stage
        self._paths = tuple(paths)
        self._is_closing = is_closing

    def app(self) -> Starlette:
        """Build the application; while it runs, changed files are rendered anew."""
        return Starlette(
            routes=[
                Route("/", self.page),
                Route("/state", self.state),
                Route("/mail", self.mail),
                Route("/events", self.events),
                Mount("/pages", StaticFiles(directory=_PAGES)),
            ],
            middleware=[
                Middleware(Guarded),
                Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
            ],
            lifespan=self._running,
        )

    async def page(self, _request: Request) -> Response:
        """Give the one page."""
        return FileResponse(_PAGES / "preview.html")

    async def state(self, _request: Request) -> Response:
        """Give everything the page shows."""
        return JSONResponse(describe(self._stage.view))

    async def mail(self, request: Request) -> Response:
        """Give the mail itself, through a lens, for the sandboxed frames."""
        lens = LENSES.get(request.query_params.get("lens", "whole"))
        if lens is None:
            return PlainTextResponse(f"The lenses are {', '.join(LENSES)}.", status_code=404)
        preview = self._stage.view.preview
        if preview is None:
            return PlainTextResponse("Nothing is rendered yet.", status_code=404)
        return HTMLResponse(lens(preview.html), headers={"Content-Security-Policy": MAIL_POLICY})

    async def events(self, _request: Request) -> Response:
        """Tell each new version, as server-sent events."""
        return StreamingResponse(self._versions(), media_type="text/event-stream")

    async def _versions(self) -> AsyncIterator[str]:
        version = -1
        while not self._is_closing():
            view = await self._stage.after(version, seconds=_BEAT)
            yield ": \n\n" if view.version == version else f"data: {view.version}\n\n"
            version = view.version

    @asynccontextmanager
    async def _running(self, _app: Starlette) -> AsyncIterator[None]:
        await self._stage.refresh()
        watcher = asyncio.create_task(watch(self._stage, self._watched))
        try:
            yield
        finally:
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher

    def _watched(self) -> set[Path]:
        preview = self._stage.view.preview
        return {*self._paths, *(preview.paths if preview else ())}
