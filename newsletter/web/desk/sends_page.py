"""The pages of sends: looked at, stopped, gone on with, ended, corrected, doubts settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core.errors import InputError, NewsletterError, NothingToDo
from newsletter.core.model import SendStatus
from newsletter.delivery import handover
from newsletter.delivery.audit.rules import Audit
from newsletter.delivery.provider import Witness
from newsletter.storage.sends.recent import RecentSend
from newsletter.web.desk import correcting, sends, shell
from newsletter.web.desk.error_words import what
from newsletter.web.desk.handing_over import HandingOver
from newsletter.web.desk.header import long_date, room_header
from newsletter.web.desk.readers import number_of
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.templates import page
from newsletter.web.desk.words import N_, _

_LISTED = 30
_AUDITED = 50_000  # recipients; a longer one is added up when that is asked for
_DID: Mapping[str, str] = {
    "paused": N_("Stopped. What was under way is finished; nobody else gets it."),
    "resumed": N_("It goes on. Nobody gets it twice."),
    "ended": N_("Ended. Whoever does not have it does not get it."),
    "settled": N_("Settled by your word."),
    "asked": N_("The mail service was asked. What it knows is settled."),
    "corrected": N_("Corrected. Whoever does not have it yet gets the corrected one."),
    "corrected-next": N_(
        "Corrected. Whoever does not have it yet gets the corrected one, and the next brief "
        "tells it."
    ),
    "noted-next": N_("The correction stands in the edition, and the next brief tells it."),
    "noted": N_("The correction stands in the edition. The mails that are out stay as they are."),
}
Form = Mapping[str, str]
Act = Callable[[App, date, Form], str]


@dataclass(frozen=True, slots=True)
class Sending:
    """Answers the pages about sends."""

    opened: Opener
    handing_over: HandingOver

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below `sends/`."""
        acts: Mapping[str, Act] = {
            "pause": pause,
            "resume": self._resume,
            "end": end,
            "settle": settle,
            "ask": ask,
            "correct": self._correct,
        }
        return [
            Route("/", self.newest, methods=["GET"]),
            Route("/{day:day}", self.page, methods=["GET"]),
            Route("/{day:day}/state", self.state, methods=["GET"]),
            Route("/{day:day}/correct", self.correction, methods=["GET"]),
            *(
                Route(f"/{{day:day}}/{name}", self._doing(act), methods=["POST"])
                for name, act in acts.items()
            ),
        ]

    async def newest(self, _request: Request) -> Response:
        """Lead to the newest send, or say that there was none."""
        found = await with_app(self.opened, lambda app: app.recent_sends.newest(limit=1))
        if found:
            return RedirectResponse(f"./{found[0].send.edition}")
        return page("sends", **room_header("sends", _("Sends")), entries=(), shown=None)

    async def page(self, request: Request) -> Response:
        """Show one send, beside the others."""
        params = request.query_params
        return await self._shown(
            day_of(request), did=params.get("did", ""), audit="audit" in params
        )

    async def state(self, request: Request) -> Response:
        """Tell how far a send is."""
        day = day_of(request)

        def read(app: App) -> dict[str, Any]:
            view = app.control.view(day)
            return {"status": view.send.status, "done": sends.sums(view).have_it}

        try:
            return JSONResponse(await with_app(self.opened, read))
        except NewsletterError as error:
            return JSONResponse({"message": what(error)}, status_code=404)

    async def correction(self, request: Request) -> Response:
        """Show the form of a correction."""
        return await self._corrected(day_of(request))

    async def _corrected(
        self, day: date, form: Form | None = None, error: NewsletterError | None = None
    ) -> Response:
        values = await with_app(self.opened, lambda app: correcting.shown(app, day))
        framed = room_header("sends", _("Correct what is already out"), root="../..")
        status = 422 if error else 200
        return page("correct", status=status, **framed, **values, error=error, form=form or {})

    def _doing(self, act: Act) -> Callable[[Request], object]:
        async def do(request: Request) -> Response:
            day = day_of(request)
            texts: Form = {}
            try:
                async with submitted(request) as form:
                    texts = {name: text for name, text in form.items() if isinstance(text, str)}
                did = await with_app(self.opened, lambda app: act(app, day, texts))
            except NewsletterError as error:
                if act == self._correct and not isinstance(error, NothingToDo):
                    return await self._corrected(day, texts, error)
                return await self._shown(day, error=error)
            answer = RedirectResponse(f"../{day}?did={did}", status_code=303)
            shell.remember(answer, texts.get("by", ""))
            return answer

        return do

    def _resume(self, app: App, day: date, form: Form) -> str:
        del form
        app.control.resume(day)
        self.handing_over.go_on(day)
        return "resumed"

    def _correct(self, app: App, day: date, form: Form) -> str:
        goes_on = correcting.correct(app, day, form)
        if goes_on and app.control.view(day).send.status is SendStatus.OPEN:
            self.handing_over.go_on(day)
        did = "corrected" if goes_on else "noted"
        return f"{did}-next" if form.get("next") else did

    async def _shown(
        self,
        day: date,
        *,
        did: str = "",
        audit: bool = False,
        error: NewsletterError | None = None,
    ) -> Response:
        def read(app: App) -> dict[str, Any]:
            return shown(app, day, audit=audit)

        values = await with_app(self.opened, read)
        told = _(_DID[did]) if did in _DID else ""
        framed = room_header("sends", _("Sends"), root=".." if error is None else "../..")
        status = 422 if error else 200 if values["shown"] else 404
        return page("sends", status=status, **framed, **values, told=told, error=error)


def shown(app: App, day: date, *, audit: bool) -> dict[str, Any]:
    """Read what the page of a send shows."""
    newest = app.recent_sends.newest(limit=_LISTED)
    views = {
        one.send.id: app.ledger.view(one.send.id)
        for one in newest
        if one.send.status is not SendStatus.COMPLETE
    }
    entries = [sends.entry(one, views.get(one.send.id)) for one in newest]
    found = next((one for one in newest if one.send.edition == day), None)
    if found is None and app.sends.find(day) is not None:
        later = app.recent_sends.newest(limit=_LISTED, before=day.replace(year=day.year + 1))
        found = next((one for one in later if one.send.edition == day), None)
    detail = _detail(app, found, wants_audit=audit) if found else None
    return {"entries": entries, "shown": detail, "chosen": day}


def _detail(app: App, one: RecentSend, *, wants_audit: bool) -> dict[str, Any]:
    view, day, zone = app.control.view(one.send.edition), one.send.edition, _zone(app)
    audit = app.audit(day) if wants_audit or one.send.recipients <= _AUDITED else None
    status = view.send.status
    approval = app.approval_records.find(day)
    sums = sends.sums(view)
    return {
        "day": day,
        "date": long_date(day),
        "subject": one.subject,
        "status": status,
        "sentence": sends.sentence(one, approval, zone=zone),
        "sums": sums,
        "is_open": status is SendStatus.OPEN,
        "is_paused": status is SendStatus.PAUSED,
        "is_over": status in {SendStatus.COMPLETE, SendStatus.CANCELLED},
        "audit": audit,
        "proof": _proof(audit, one, zone=zone),
        "figures": sends.figures(audit) if audit else (),
        "left_out": list(sends.left_out(audit)) if audit else (),
        "doubts": app.recent_sends.uncertain(one.send.id) if sums.uncertain else (),
        "can_ask": bool(sums.uncertain) and isinstance(app.provider(), Witness),
        "corrections": correcting.notes(app, day),
    }


def _proof(audit: Audit | None, one: RecentSend, *, zone: str) -> str:
    if audit is None or not audit.complete:
        return ""
    return sends.proof(audit, at=sends.clock(one.send.created_at, zone))


def _zone(app: App) -> str:
    return app.settings.publication.zone


def pause(app: App, day: date, form: Form) -> str:
    """Let no further batch begin."""
    del form
    app.control.pause(day)
    return "paused"


def end(app: App, day: date, form: Form) -> str:
    """Cancel what is not handed over, for good."""
    del form
    app.control.cancel(day)
    return "ended"


def settle(app: App, day: date, form: Form) -> str:
    """Settle what is not certain by the editor's word."""
    number, word = number_of(form.get("batch", "")), form.get("word", "")
    if number is None or word not in {"have", "not"}:
        raise InputError(_("Nothing was settled."), hint=_("Say whether they have it."))
    app.control.resolve(day, number, accepted=word == "have")
    return "settled"


def ask(app: App, day: date, form: Form) -> str:
    """Ask the mail service about what is not certain; only proof settles it."""
    del form
    send = app.sends.find(day)
    if send is not None:
        handover.look_up_doubts(send, app.provider(), app.attempts, now=app.clock.now())
    return "asked"
