"""A picture that was dropped, pasted or chosen: kept at once, before anything else is asked."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.content.source import Picture
from newsletter.core.errors import Held, NewsletterError
from newsletter.web.desk.error_words import hint, what
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.words import _


class Picturing:
    """Keeps pictures, and tells where the mail finds them."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the address below a date."""
        return [Route("/picture", self.keep, methods=["POST"])]

    async def keep(self, request: Request) -> Response:
        """Keep a picture; one that has no place on the web yet is kept, too, and that is said."""
        day_of(request)
        try:
            async with submitted(request) as form:
                file = form.get("picture")
                if not isinstance(file, UploadFile):
                    return _told(_("No picture came with this."), status=422)
                name, data = file.filename or _("The picture"), await file.read()
            kept = await with_app(
                self._opened, lambda app: app.editor.keep_picture(data, name=name)
            )
        except Held as error:
            return _told(
                _("The picture is kept, but cannot go out yet."),
                _("Whoever set this up has to say where pictures are put."),
                setup=f"{error.what} {error.hint}",
                status=409,
            )
        except NewsletterError as error:
            return _told(what(error), hint(error), status=422)
        return JSONResponse(_described(kept))


def _described(kept: Picture) -> dict[str, object]:
    return {
        "fields": {"url": kept.url, "width": kept.width or "", "height": kept.height or ""},
        "shown": f"../media/{kept.url.rpartition('/')[2]}",
    }


def _told(message: str, hint: str = "", *, setup: str = "", status: int) -> Response:
    told = {"message": message, "hint": hint, "setup": setup}
    return JSONResponse(told, status_code=status)
