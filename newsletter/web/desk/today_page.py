"""The first page of the desk: today, in a sentence."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.errors import NewsletterError
from newsletter.web.desk.header import header
from newsletter.web.desk.renders import Problem, Stages, View
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.templates import page
from newsletter.web.desk.today import Morning, Screen, screen


class Beginning:
    """Answers the page of today."""

    def __init__(self, opened: Opener, stages: Stages) -> None:
        self._opened = opened
        self._stages = stages

    def routes(self) -> list[BaseRoute]:
        """Return the page's address below a date."""
        return [Route("/today", self.page)]

    async def page(self, request: Request) -> Response:
        """Return the page as things stand at this moment."""
        day = day_of(request)
        view = (await self._stages.at(day)).view
        try:
            shown = await with_app(self._opened, lambda app: screen(morning(app, day, view)))
        except NewsletterError as error:
            shown = _unknown(error)
        return page("today", **header("today", day), screen=shown)


def _unknown(error: NewsletterError) -> Screen:
    """Say that nobody can tell where the edition stands."""
    return Screen(big="The desk cannot tell", when=f"{error.what} {error.hint}", has_main=False)


def morning(app: App, day: date, view: View) -> Morning:
    """Gather what is known of an edition whose newest render is given."""
    settings, preview = app.settings, view.preview
    problem: Problem | None = view.problem
    holding = tuple(one for one in preview.findings if one.holds) if preview else ()
    digest = preview.message.digest if preview and not problem else ""
    known = app.edition_calendar.seen(day, digest=digest, holds=bool(holding))
    return Morning(
        day=day,
        now=app.clock.now(),
        zone=settings.publication.zone,
        known=known,
        due=calendar.edition_due(settings.timetable, day),
        readers=app.edition_calendar.readers(day),
        is_needed=settings.schedule.approval != "none",
        problem=problem,
        holding=holding,
        subject=preview.message.subject if preview else "",
        preheader=preview.message.preheader if preview else "",
    )
