"""Take a story for an empty morning: the newest of the site, or one from the shelf."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core.errors import NewsletterError
from newsletter.editions.offers import NothingNew, Taken
from newsletter.web.desk import shell
from newsletter.web.desk.error_words import spoken, told_of
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.words import _

SITE = "site"


class Taking:
    """Answers the two offers of an empty morning, beside pasting and writing."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the address below a date."""
        return [Route("/take", self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """Put a story into the edition; tell which, or plainly why there is none."""
        day, of = day_of(request), request.query_params.get("of", SITE)

        def put(app: App) -> Taken:
            offers = app.offers
            taken = offers.take_newest(day) if of == SITE else offers.take_standing(day, of)
            app.editor.sign(day, shell.current().editor)
            return taken

        try:
            taken = await with_app(self._opened, put)
        except NothingNew as error:
            said = _("Your site does not answer.") if error.is_silent else _("Nothing new there.")
            return JSONResponse(
                {"message": said, "hint": spoken(f"{error.said}.")}, status_code=422
            )
        except NewsletterError as error:
            return JSONResponse(told_of(error), status_code=422)
        told = _("Taken: “%(headline)s” (%(origin)s). Read it before you approve.",
                 headline=taken.headline, origin=taken.origin)  # fmt: skip
        return JSONResponse({"told": told})
