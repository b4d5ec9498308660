"""The mail as it will be, while its words are typed; nothing is written."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core.errors import NewsletterError
from newsletter.editions.fields import FieldsError
from newsletter.message import merge
from newsletter.message.sample_readers import ROBIN, substitutions
from newsletter.web.desk import lenses
from newsletter.web.desk.error_words import spoken, told_of
from newsletter.web.desk.security import MAIL_POLICY
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.submitted import submitted

_BLANK = "<!doctype html><html><head><title>-</title></head><body></body></html>"


class Drafting:
    """Answers with the mail of fields that are not saved yet."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the address below a date."""
        return [
            Route("/draft", self.blank, methods=["GET"]),
            Route("/draft", self.draft, methods=["POST"]),
        ]

    async def blank(self, request: Request) -> Response:
        """Return the sheet that a page draws the mail on: it may have styles, and runs nothing."""
        day_of(request)
        return HTMLResponse(_BLANK, headers={"Content-Security-Policy": MAIL_POLICY})

    async def draft(self, request: Request) -> Response:
        """Return the mail of the fields; what is no edition yet is told, and keeps the mail."""
        day = day_of(request)
        async with submitted(request) as form:
            fields = {
                name: text
                for name, text in form.items()
                if isinstance(text, str) and not name.startswith("_")
            }
        try:
            html = await with_app(self._opened, lambda app: mail_of(app, day, fields))
        except FieldsError as error:
            told = [{"name": one.name, "sentence": spoken(one.sentence)} for one in error.faults]
            return JSONResponse({"faults": told}, status_code=422)
        except NewsletterError as error:
            return JSONResponse(told_of(error), status_code=422)
        return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})


def mail_of(app: App, day: date, fields: dict[str, str]) -> str:
    """Return the mail that fields would give, as a sample reader gets it."""
    preview = app.proofs.draft(app.editor.draft(day, fields))
    tags = substitutions(ROBIN, preview.message, unsubscribe_url=preview.unsubscribe_url)
    return lenses.with_own_pictures(merge.fill(preview.message.html, tags), preview.media_url)
