"""Choose another fact, quote or word: what could stand there, as a list with a search."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core.errors import NewsletterError
from newsletter.core.model import Part
from newsletter.editions.choices import MOST, Found
from newsletter.editions.fields import FieldsError
from newsletter.web.desk import shell
from newsletter.web.desk.edit import Asked, carry_out
from newsletter.web.desk.edit_form import origin
from newsletter.web.desk.error_words import hint, what
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.words import _, counted

_PARTS = {str(part): part for part in Part if part is not Part.STORY}


class Choosing:
    """Answers the list beside a feature, and puts what is chosen in its place."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below a date."""
        return [
            Route("/choices/{part}", self.choices, methods=["GET"]),
            Route("/choices/{part}", self.choose, methods=["POST"]),
        ]

    async def choices(self, request: Request) -> Response:
        """Tell what could stand in a feature's place, and how many there are."""
        day, part = day_of(request), _PARTS.get(request.path_params["part"])
        words = request.query_params.get("words", "")
        if part is None:
            return _refused(_("There is nothing to choose from here."), status=404)
        try:
            found = await with_app(self._opened, lambda app: app.choices.find(day, part, words))
        except NewsletterError as error:
            return _refused(what(error), hint(error))
        return JSONResponse(_described(found))

    async def choose(self, request: Request) -> Response:
        """Save the form, then put what was chosen into the edition; tell its fields."""
        day, part = day_of(request), _PARTS.get(request.path_params["part"])
        async with submitted(request) as form:
            asked = await Asked.of(form)
            key = str(form.get("_choice", ""))
        if part is None:
            return _refused(_("There is nothing to choose from here."), status=404)

        def put(app: App) -> dict[str, object]:
            done = carry_out(app, day, asked)
            fields, seen = app.choices.use(day, part, key, seen=done.seen)
            app.editor.sign(day, shell.current().editor)
            return {"fields": fields, "seen": seen, "told": _("Saved.")}

        try:
            return JSONResponse(await with_app(self._opened, put))
        except FieldsError:
            return _refused(_("Something on this page is missing: put that right first."))
        except NewsletterError as error:
            return _refused(what(error), hint(error))


def _described(found: Found) -> dict[str, object]:
    shown = [{**asdict(one), "origin": origin(one.source, one.origin)} for one in found.choices]
    few = counted("%(count)s to choose from", "%(count)s to choose from", found.total)
    many = _("The first %(shown)s of %(count)s", shown=MOST, count=f"{found.total:,}")
    return {"choices": shown, "told": few if found.total <= MOST else many}


def _refused(what: str, hint: str = "", *, status: int = 422) -> Response:
    return JSONResponse({"message": what, "hint": hint}, status_code=status)
