"""The desk's web addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from newsletter.core.errors import NewsletterError
from newsletter.web.desk import templates
from newsletter.web.desk.answers_page import Answering
from newsletter.web.desk.approval import Deciding
from newsletter.web.desk.bringing_in_page import BringingIn
from newsletter.web.desk.calendar import Month
from newsletter.web.desk.choosing import Choosing
from newsletter.web.desk.drafting import Drafting
from newsletter.web.desk.edit import Writing
from newsletter.web.desk.error_words import told_of
from newsletter.web.desk.handing_over import HandingOver
from newsletter.web.desk.header import room_header
from newsletter.web.desk.paste import Pasting
from newsletter.web.desk.picturing import Picturing
from newsletter.web.desk.preview import Looking
from newsletter.web.desk.readers_page import Readership
from newsletter.web.desk.renders import Stages
from newsletter.web.desk.security import HOSTS, Guarded
from newsletter.web.desk.sends_page import Sending
from newsletter.web.desk.session import Opener
from newsletter.web.desk.settings_page import Arranging
from newsletter.web.desk.shell import Framed
from newsletter.web.desk.starting import GRACE, Starting
from newsletter.web.desk.taking import Taking
from newsletter.web.desk.today_page import Beginning
from newsletter.web.desk.words import N_, _

YEARS = range(1900, 2200)  # of the dates the desk has pages for


class _DateInAddress(Convertor[date]):
    """A publication date as a part of an address."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def convert(self, value: str) -> date:
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise HTTPException(404, f"The calendar has no {value}.") from error
        if day.year not in YEARS:
            reach = f"{YEARS.start} to {YEARS.stop - 1}"
            raise HTTPException(404, f"The desk has pages for the years {reach}.")
        return day

    def to_string(self, value: date) -> str:
        return value.isoformat()


register_url_convertor("day", _DateInAddress())


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All pages of one run of the desk."""

    token: str  # begins every address
    name: str  # the publication's
    day: date  # where the desk opens
    media: Path  # the publication's own pictures
    stages: Stages
    opened: Opener
    is_closing: Callable[[], bool]
    grace: float = GRACE  # seconds in which a send that was asked for can be taken back

    def app(self) -> Starlette:
        """Build the application."""
        handing_over = HandingOver(self.opened, is_closing=self.is_closing)
        starting = Starting(self.opened, handing_over, grace=self.grace)
        looking = Looking(self.stages, is_closing=self.is_closing)
        of_a_day = [
            *Beginning(self.opened, self.stages, starting).routes(),
            *looking.routes(),
            *Writing(self.opened).routes(),
            *Drafting(self.opened).routes(),
            *Choosing(self.opened).routes(),
            *Picturing(self.opened).routes(),
            *Pasting(self.opened).routes(),
            *Taking(self.opened).routes(),
            *Deciding(self.opened, starting).routes(),
        ]
        inside = [
            Route("/", self.start),
            Mount("/pages", StaticFiles(directory=templates.FOLDER)),
            Route("/media/{name}", self.picture),
            *Month(self.opened).routes(),
            Mount("/readers/bring-in", routes=BringingIn(self.opened).routes()),
            Mount("/readers/answers", routes=Answering(self.opened).routes()),
            Mount("/readers", routes=Readership(self.opened).routes()),
            Mount("/sends", routes=Sending(self.opened, handing_over).routes()),
            Mount("/settings", routes=Arranging(self.opened).routes()),
            Mount("/{day:day}", routes=of_a_day),
        ]
        return Starlette(
            routes=[Mount(f"/{self.token}", routes=inside)],
            exception_handlers={
                NewsletterError: self._told,
                HTTPException: self._not_so,
                Exception: self._fault,
            },
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
                Middleware(Framed, publication=self.name),
                Middleware(Guarded, token=self.token),
            ],
        )

    async def picture(self, request: Request) -> Response:
        """Return one of the publication's own pictures, which may not be published yet."""
        path = self.media / request.path_params["name"]
        if path.parent != self.media or not _is_file(path):
            raise HTTPException(404)
        return FileResponse(path)

    async def start(self, _request: Request) -> Response:
        """Lead to the edition the desk was opened with."""
        return RedirectResponse(f"/{self.token}/{self.day}/today")

    async def _told(self, request: Request, error: Exception) -> Response:
        """Tell what went wrong where no page does."""
        known = error if isinstance(error, NewsletterError) else NewsletterError(str(error))
        told = told_of(known)
        return self._page(request, 422, what=told["message"], hint=told["hint"])

    async def _not_so(self, request: Request, error: Exception) -> Response:
        """Tell that an address, or what was asked of it, is none of the desk's."""
        status, detail = 404, ""
        if isinstance(error, HTTPException):
            status, detail = error.status_code, error.detail
        usual = detail in {"", HTTPStatus(status).phrase}
        what = _(_WRONG.get(status, _CANNOT))
        return self._page(request, status, what=what, hint=_(_TODAY_IS_HERE) if usual else detail)

    async def _fault(self, request: Request, _error: Exception) -> Response:
        """Tell a fault of the program; the log has it with the steps that led to it."""
        return self._page(request, 500, what=_(_FAULT), hint=_("The terminal tells more of it."))

    def _page(self, request: Request, status: int, *, what: str, hint: str) -> Response:
        if "text/html" not in request.headers.get("accept", "text/html"):
            return JSONResponse({"message": what, "hint": hint}, status_code=status)
        framed = room_header("fault", what, root=f"/{self.token}")
        return templates.page("fault", status=status, **framed, what=what, hint=hint)


_WRONG = {
    404: N_("This page is not here"),
    405: N_("This address answers no such request"),
    400: N_("The desk could not read what was sent"),
}
_CANNOT = N_("This cannot be done here.")
_TODAY_IS_HERE = N_("Today is one click away, and the calendar stands beside it.")
_FAULT = N_("That is a fault of the program, and nothing of yours")


def _is_file(path: Path) -> bool:
    """Say whether there is such a file; no file has a name that is no name."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
