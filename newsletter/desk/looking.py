"""The desk's viewing side: one edition as its readers will get it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import date

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route

from newsletter.desk import lenses
from newsletter.desk.description import describe, reader_named
from newsletter.desk.guard import MAIL_POLICY
from newsletter.desk.header import header
from newsletter.desk.opening import day_of
from newsletter.desk.pages import page
from newsletter.desk.stages import Stages
from newsletter.message import merge
from newsletter.message.sample_readers import SAMPLES, substitutions

_BEAT = 0.5  # seconds after which an idle stream looks whether the desk is closing


class Looking:
    """Answers what the viewing page asks, over the stages."""

    def __init__(self, stages: Stages, *, is_closing: Callable[[], bool]) -> None:
        self._stages = stages
        self._is_closing = is_closing

    def routes(self) -> list[BaseRoute]:
        """Give the addresses below a date."""
        return [
            Route("/", self.page),
            Route("/state", self.state),
            Route("/mail", self.mail),
            Route("/events", self.events),
        ]

    async def page(self, request: Request) -> Response:
        """Give the page."""
        return page("look", **header("look", day_of(request)), readers=SAMPLES)

    async def state(self, request: Request) -> Response:
        """Give everything the page shows."""
        stage = await self._stages.at(day_of(request))
        return JSONResponse(describe(stage.view, reader_named(request.query_params.get("reader"))))

    async def mail(self, request: Request) -> Response:
        """Give the mail as one reader gets it, through a lens, for the sandboxed frames."""
        lens = lenses.LENSES.get(request.query_params.get("lens", "whole"))
        if lens is None:
            return PlainTextResponse(f"The lenses are {', '.join(lenses.LENSES)}.", status_code=404)
        preview = (await self._stages.shown(day_of(request))).view.preview
        if preview is None:
            return PlainTextResponse("Nothing is rendered yet.", status_code=404)
        reader = reader_named(request.query_params.get("reader"))
        tags = substitutions(reader, preview.message, unsubscribe_url=preview.unsubscribe_url)
        html = lenses.with_own_pictures(merge.fill(preview.message.html, tags), preview.media_url)
        headers = {"Content-Security-Policy": MAIL_POLICY, "Referrer-Policy": "no-referrer"}
        return HTMLResponse(lens(html), headers=headers)

    async def events(self, request: Request) -> Response:
        """Tell each new view, as server-sent events."""
        told = self._told(day_of(request))
        return StreamingResponse(told, media_type="text/event-stream")

    async def _told(self, day: date) -> AsyncIterator[str]:
        async with self._stages.followed(day) as stage:
            view = None
            while not self._is_closing():
                newest = await stage.after(view, seconds=_BEAT)
                words = {"version": newest.version, "busy": newest.is_busy}
                yield ": \n\n" if newest is view else f"data: {json.dumps(words)}\n\n"
                view = newest
