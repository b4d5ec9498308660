"""The desk's web addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from newsletter.desk import pages
from newsletter.desk.guard import HOSTS, Guarded
from newsletter.desk.looking import Looking
from newsletter.desk.opening import Opener
from newsletter.desk.pasting import Pasting
from newsletter.desk.stages import Stages
from newsletter.desk.writing import Writing


class _DateInAddress(Convertor[date]):
    """A publication date as a part of an address."""

    regex = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9])"

    def convert(self, value: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise HTTPException(404) from error

    def to_string(self, value: date) -> str:
        return value.isoformat()


register_url_convertor("day", _DateInAddress())


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All pages of one run of the desk."""

    token: str  # begins every address
    day: date  # where the desk opens
    media: Path  # the publication's own pictures
    stages: Stages
    opened: Opener
    is_closing: Callable[[], bool]

    def app(self) -> Starlette:
        """Build the application."""
        looking = Looking(self.stages, is_closing=self.is_closing)
        of_a_day = [
            *looking.routes(),
            *Writing(self.opened).routes(),
            *Pasting(self.opened).routes(),
        ]
        inside = [
            Route("/", self.start),
            Mount("/pages", StaticFiles(directory=pages.FOLDER)),
            Mount("/media", StaticFiles(directory=self.media, check_dir=False)),
            Mount("/{day:day}", routes=of_a_day),
        ]
        return Starlette(
            routes=[Mount(f"/{self.token}", routes=inside)],
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
                Middleware(Guarded, token=self.token),
            ],
        )

    async def start(self, _request: Request) -> Response:
        """Lead to the edition the desk was opened with."""
        return RedirectResponse(f"/{self.token}/{self.day}/")
