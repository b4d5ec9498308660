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
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from newsletter.core.errors import NewsletterError
from newsletter.web.desk import templates
from newsletter.web.desk.approval import Deciding
from newsletter.web.desk.calendar import Month
from newsletter.web.desk.edit import Writing
from newsletter.web.desk.paste import Pasting
from newsletter.web.desk.preview import Looking
from newsletter.web.desk.renders import Stages
from newsletter.web.desk.security import HOSTS, Guarded
from newsletter.web.desk.session import Opener


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
            *Deciding(self.opened).routes(),
        ]
        inside = [
            Route("/", self.start),
            Mount("/pages", StaticFiles(directory=templates.FOLDER)),
            Route("/media/{name}", self.picture),
            *Month(self.opened).routes(),
            Mount("/{day:day}", routes=of_a_day),
        ]
        return Starlette(
            routes=[Mount(f"/{self.token}", routes=inside)],
            exception_handlers={NewsletterError: _told},
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
                Middleware(Guarded, token=self.token),
            ],
        )

    async def picture(self, request: Request) -> Response:
        """Return one of the publication's own pictures, which may not be published yet."""
        path = self.media / request.path_params["name"]
        if path.parent != self.media or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path)

    async def start(self, _request: Request) -> Response:
        """Lead to the edition the desk was opened with."""
        return RedirectResponse(f"/{self.token}/{self.day}/")


async def _told(_request: Request, error: Exception) -> Response:
    """Tell what went wrong where no page does."""
    hint = error.hint if isinstance(error, NewsletterError) else ""
    return PlainTextResponse(f"{error} {hint}".rstrip(), status_code=422)
