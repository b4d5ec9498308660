"""The desk's decisions: approve, withdraw, send a test copy, accept a finding."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.errors import NewsletterError
from newsletter.core.model import Acceptance
from newsletter.editions.status import EditionFacts, EditionStatus, status_of
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.today import goes_out

Form = Mapping[str, str]
Act = Callable[[App, date, Form], str]


class Deciding:
    """Answers what the viewing page asks to be done."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below a date."""
        acts = {"approve": approve, "withdraw": withdraw, "test": test, "accept": accept}
        return [
            Route("/decision", self.status, methods=["GET"]),
            *(Route(f"/{name}", self._doing(act), methods=["POST"]) for name, act in acts.items()),
        ]

    async def status(self, request: Request) -> Response:
        """Tell where the edition stands, seen from the message with the digest that is shown."""
        day, digest = day_of(request), request.query_params.get("digest", "")
        holds = "holds" in request.query_params
        try:
            found = await with_app(self._opened, lambda app: look(app, day, digest, holds=holds))
        except NewsletterError as error:
            return _refused(error)
        return JSONResponse(asdict(found))

    def _doing(self, act: Act) -> Callable[[Request], object]:
        async def do(request: Request) -> Response:
            day = day_of(request)
            async with submitted(request) as form:
                texts = {name: text for name, text in form.items() if isinstance(text, str)}
            try:
                told = await with_app(self._opened, lambda app: act(app, day, texts))
            except NewsletterError as error:
                return _refused(error)
            return JSONResponse({"told": told})

        return do


def look(app: App, day: date, digest: str, *, holds: bool) -> Decision:
    """Say where an edition stands whose message has a digest, and whether its findings hold it."""
    known, settings = app.edition_calendar.seen(day, digest=digest, holds=holds), app.settings
    zone = settings.publication.zone
    found = decision(known, is_needed=settings.schedule.approval != "none", zone=zone)
    if not found.can_approve:
        return found
    due = calendar.edition_due(settings.timetable, day)
    readers = app.edition_calendar.readers(day)
    return replace(found, asks=goes_out(due, now=app.clock.now(), zone=zone, readers=readers))


def approve(app: App, day: date, form: Form) -> str:
    """Approve the message that is shown."""
    app.approvals.approve(day, by=getpass.getuser(), digest=form.get("digest", ""))
    return "Approved."


def withdraw(app: App, day: date, form: Form) -> str:
    """Take the approval back."""
    del form
    app.approvals.withdraw(day)
    return "No longer approved."


def test(app: App, day: date, form: Form) -> str:
    """Send test copies to the addresses of the form, parted by spaces or commas."""
    to = form.get("addresses", "").replace(",", " ").replace(";", " ").split()
    copies = app.test_sends.send(day, to, reader=form.get("reader", ""))
    refused = "".join(f" Refused: {reason}." for reason in copies.refused)
    return f"Sent: {copies.submitted}.{refused}"


def accept(app: App, day: date, form: Form) -> str:
    """Accept a check's findings in this edition, with a reason."""
    code = form.get("code", "")
    app.proofs.accept(day, Acceptance(code, form.get("reason", "").strip()))
    return f"Accepted in this edition: {code}."


def _refused(error: NewsletterError) -> Response:
    return JSONResponse({"message": error.what, "hint": error.hint}, status_code=422)


LABELS: Mapping[EditionStatus, str] = {
    EditionStatus.FREE: "No edition",
    EditionStatus.NONE: "Nothing yet",
    EditionStatus.ASSEMBLED: "Draft",
    EditionStatus.HELD: "Held",
    EditionStatus.MISSED: "Did not go out",
    EditionStatus.APPROVED: "Approved",
    EditionStatus.CHANGED: "Changed since approval",
    EditionStatus.OPEN: "Going out",
    EditionStatus.PAUSED: "Paused",
    EditionStatus.CANCELLED: "Cancelled",
    EditionStatus.COMPLETE: "Sent",
}


_APPROVABLE = frozenset({EditionStatus.ASSEMBLED, EditionStatus.CHANGED})


_WITHDRAWABLE = frozenset({EditionStatus.APPROVED, EditionStatus.CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a page shows of where an edition stands."""

    status: EditionStatus
    label: str
    sentence: str
    can_approve: bool
    can_withdraw: bool
    can_test: bool
    asks: str = ""  # before it is approved: when it goes out, and to how many


def decision(known: EditionFacts, *, is_needed: bool, zone: str) -> Decision:
    """Describe one edition; `is_needed` says whether it only goes out approved."""
    status = status_of(known)
    return Decision(
        status=status,
        label=LABELS[status],
        sentence=_sentence(status, known, is_needed=is_needed, zone=zone),
        can_approve=status in _APPROVABLE,
        can_withdraw=status in _WITHDRAWABLE,
        can_test=known.has_edition,
    )


def moment(at: datetime, zone: str) -> str:
    """Write a moment as the publication's clocks show it: "14:02 on 3 March"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M} on {local.day} {local:%B}"


def _sentence(status: EditionStatus, known: EditionFacts, *, is_needed: bool, zone: str) -> str:
    if known.send is not None:
        frozen_at = moment(known.send.created_at, zone)
        return f"{known.send.recipients:,} recipients, frozen at {frozen_at}."
    if status is EditionStatus.HELD:
        return "Put right what holds it, or accept it with a reason."
    if status is EditionStatus.MISSED:
        return "Its time is over. Whoever runs the newsletter can still send it late."
    if known.approval is not None:
        who, when = known.approval.by, moment(known.approval.at, zone)
        if status is EditionStatus.APPROVED:
            return f"{who} approved this very message at {when}."
        return f"This is not the message {who} approved at {when}."
    return "It only goes out approved." if is_needed else "It goes out without approval, too."
