"""The page of what readers say: comments let through or not, letters read, stars counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core.errors import InputError, NewsletterError
from newsletter.storage.site.answers import CommentState
from newsletter.web.desk import answers
from newsletter.web.desk.answers import Kind
from newsletter.web.desk.header import room_header
from newsletter.web.desk.readers import number_of
from newsletter.web.desk.session import Opener, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.templates import page
from newsletter.web.desk.words import N_, _

BY = "the desk"
_EDITIONS = 60  # whose stars are listed
_DECIDED: Mapping[str, CommentState] = {
    "approved": CommentState.APPROVED,
    "refused": CommentState.REFUSED,
}
_DID: Mapping[str, str] = {
    "approved": N_("It is shown below its edition, within a second."),
    "refused": N_("It is not shown. You can still show it."),
}


class Answering:
    """Answers the page of what readers say."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below `readers/answers/`."""
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/decide", self.decide, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Return one part of it."""
        kind = answers.kind_of(request.query_params.get("kind", ""))
        return await self._shown(kind, did=request.query_params.get("did", ""))

    async def decide(self, request: Request) -> Response:
        """Let a comment through, or not; either can be changed again."""
        kind = answers.kind_of(request.query_params.get("kind", ""))
        try:
            async with submitted(request) as form:
                number, what = number_of(str(form.get("number", ""))), str(form.get("what", ""))
            await with_app(self._opened, lambda app: decided(app, number, what))
        except NewsletterError as error:
            return await self._shown(kind, error=error)
        return RedirectResponse(f"./?kind={kind}&did={what}", status_code=303)

    async def _shown(
        self, kind: Kind, *, did: str = "", error: NewsletterError | None = None
    ) -> Response:
        values = await with_app(self._opened, lambda app: shown(app, kind))
        told = _(_DID[did]) if did in _DID else ""
        framed = room_header("readers", values.pop("title"), root="../..") | {"here": "answers"}
        status = 422 if error else 200
        return page("answers", status=status, **framed, **values, told=told, error=error)


def waiting(app: App) -> int:
    """Count the comments that wait for a decision, up to what the page lists."""
    return len(app.answers.listed(state=CommentState.WAITING))


def decided(app: App, number: int | None, what: str) -> None:
    """Decide on a comment. Raises `InputError` where there is none to decide on."""
    state = _DECIDED.get(what)
    kept = app.answers
    if not number or state is None or not kept.decide(number, state, by=BY, now=app.clock.now()):
        raise InputError(
            _("This comment is not here any more."),
            hint=_("Its reader may have been forgotten. Look at the list anew."),
        )


def shown(app: App, kind: Kind) -> dict[str, Any]:
    """Read what the page shows."""
    kept, zone = app.answers, app.settings.publication.zone
    count = waiting(app)
    values: dict[str, Any] = {
        "title": answers.title(count),
        "kind": kind,
        "kinds": [(one, _(answers.KINDS[one])) for one in Kind],
        "waiting": count,
        "empty": _(answers.EMPTY[kind]),
        "said": [],
        "starred": (),
    }
    if kind is Kind.LETTERS:
        values["said"] = [answers.letter(one, zone=zone) for one in kept.letters()]
    elif kind is Kind.STARS:
        newest = app.archive.newest(_EDITIONS)
        ratings = kept.ratings([one.edition for one in newest])
        values["starred"] = answers.starred(newest, ratings)
    else:
        found = kept.listed(state=answers.STATES[kind])
        names = {
            day: listed[0].entry.headline
            for day in {one.edition for one in found}
            if (listed := app.archive.between(day, day))
        }
        values["said"] = [
            answers.comment(one, headline=names.get(one.edition, ""), zone=zone) for one in found
        ]
    return values
