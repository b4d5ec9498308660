"""The desk's decisions: approve, take back, stop, go on, send a test copy, leave a finding."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.errors import InputError, NewsletterError
from newsletter.core.model import Acceptance, SendStatus
from newsletter.editions.status import EditionFacts, EditionStatus, status_of
from newsletter.web.desk import sends, shell
from newsletter.web.desk.error_words import told_of
from newsletter.web.desk.header import day_and_month
from newsletter.web.desk.morning import clock, span
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.starting import Starting
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.words import N_, _, counted

Form = Mapping[str, str]
Act = Callable[[date, Form], Awaitable[str]]


class Deciding:
    """Answers what the pages ask to be done."""

    def __init__(self, opened: Opener, starting: Starting) -> None:
        self._opened = opened
        self._starting = starting

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below a date."""
        acts: Mapping[str, Act] = {
            "approve": self._with(approve),
            "approve-code": self._with(approve_by_code),
            "withdraw": self._withdraw,
            "send-now": self._send_now,
            "stop": self._with(stop),
            "go-on": self._go_on,
            "correct": self._correct,
            "test": self._with(test),
            "accept": self._with(accept),
        }
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
                answer = JSONResponse({"told": await act(day, texts)})
            except NewsletterError as error:
                return _refused(error)
            shell.remember(answer, texts.get("by", ""))
            return answer

        return do

    def _with(self, work: Callable[[App, date, Form], str]) -> Act:
        async def act(day: date, form: Form) -> str:
            return await with_app(self._opened, lambda app: work(app, day, form))

        return act

    async def _withdraw(self, day: date, form: Form) -> str:
        """Take an approval back, or a send that was asked for and has not begun."""
        if self._starting.take_back(day):
            return _("Taken back. Nothing goes out.")
        return await self._with(withdraw)(day, form)

    async def _send_now(self, day: date, form: Form) -> str:
        digest = form.get("digest", "")
        begins = await self._starting.ask(day, by=_by(form), digest=digest)
        return begins.isoformat()

    async def _go_on(self, day: date, form: Form) -> str:
        del form
        await self._starting.go_on(day)
        return _("It goes on. Nobody gets it twice.")

    async def _correct(self, day: date, form: Form) -> str:
        note = " ".join(form.get("note", "").split())
        if not note:
            raise InputError(_("The note is empty."), hint=_("Say in a sentence what was wrong."))
        await self._starting.correct(day, by=_by(form), note=note)
        return _("Corrected. Whoever does not have it yet gets the corrected one.")


def look(app: App, day: date, digest: str, *, holds: bool) -> Decision:
    """Say where an edition stands whose message has a digest, and whether its findings hold it."""
    known, settings = app.edition_calendar.seen(day, digest=digest, holds=holds), app.settings
    zone = settings.publication.zone
    found = decision(known, is_needed=settings.schedule.approval != "none", zone=zone)
    if known.send is not None and known.send.status is SendStatus.PAUSED:
        left = sends.sums(app.ledger.view(known.send.id)).not_sent
        return replace(found, waiting=left)
    if not found.can_approve:
        return found
    found = replace(found, has_code=app.proof_mails.has_code(day))
    due, now = calendar.edition_due(settings.timetable, day), app.clock.now()
    readers = app.edition_calendar.readers(day)
    if due is None:
        return replace(found, readers=readers)
    is_late = due.at <= now
    at, until = clock(due.at, zone), clock(due.until, zone)
    on = "" if due.date == calendar.today(zone, now) else moment(due.at, zone)
    when = (
        _("it is %(now)s; at %(until)s it would be too late", now=clock(now, zone), until=until)
        if is_late
        else on or _("today, in %(span)s", span=span(due.at - now))
    )
    return replace(
        found,
        readers=readers,
        at=_("Now") if is_late else at,
        when=when,
        is_late=is_late,
    )


def _by(form: Form) -> str:
    """Return who gives their word: by name, else as the machine knows them."""
    return shell.name_of(form.get("by", "")) or shell.current().editor or getpass.getuser()


def approve(app: App, day: date, form: Form) -> str:
    """Approve the message that is shown."""
    app.approvals.approve(day, by=_by(form), digest=form.get("digest", ""))
    return _("Approved.")


def approve_by_code(app: App, day: date, form: Form) -> str:
    """Approve the message of the proof whose code somebody typed."""
    app.proof_mails.approve_by_code(day, form.get("code", ""), by=_by(form))
    return _("Approved.")


def withdraw(app: App, day: date, form: Form) -> str:
    """Take the approval back."""
    del form
    app.approvals.withdraw(day)
    return _("No longer approved.")


def stop(app: App, day: date, form: Form) -> str:
    """Stop a send on its way."""
    del form
    app.control.pause(day)
    return _("Stopped. What was under way is finished; nobody else gets it.")


def test(app: App, day: date, form: Form) -> str:
    """Send test copies to the addresses of the form, parted by spaces or commas."""
    to = form.get("addresses", "").replace(",", " ").replace(";", " ").split()
    copies = app.test_sends.send(day, to, reader=form.get("reader", ""))
    refused = "".join(" " + _("Refused: %(reason)s.", reason=reason) for reason in copies.refused)
    sent = counted("One test is on its way.", "%(count)s tests are on their way.", copies.submitted)
    return f"{sent}{refused}"


def accept(app: App, day: date, form: Form) -> str:
    """Leave a check's findings as they are in this edition, with a reason."""
    code = form.get("code", "")
    reason = form.get("reason", "").strip()
    app.proofs.accept(day, Acceptance(code, reason))
    return _("Left as it is.")


def _refused(error: NewsletterError) -> Response:
    return JSONResponse(told_of(error), status_code=422)


LABELS: Mapping[EditionStatus, str] = {
    EditionStatus.FREE: N_("No edition"),
    EditionStatus.NONE: N_("Nothing yet"),
    EditionStatus.ASSEMBLED: N_("Draft"),
    EditionStatus.HELD: N_("To correct"),
    EditionStatus.MISSED: N_("Did not go out"),
    EditionStatus.APPROVED: N_("Approved"),
    EditionStatus.CHANGED: N_("Changed since approval"),
    EditionStatus.OPEN: N_("Going out"),
    EditionStatus.PAUSED: N_("Stopped"),
    EditionStatus.CANCELLED: N_("Ended"),
    EditionStatus.COMPLETE: N_("Sent"),
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
    at: str = ""  # before it is approved: when it goes out, and to how many
    when: str = ""
    readers: int = 0
    is_late: bool = False
    has_code: bool = False  # a proof was mailed, whose code approves, too
    waiting: int = 0  # of a send that was stopped: who does not have it


def decision(known: EditionFacts, *, is_needed: bool, zone: str) -> Decision:
    """Describe one edition; `is_needed` says whether it only goes out approved."""
    status = status_of(known)
    return Decision(
        status=status,
        label=_(LABELS[status]),
        sentence=_sentence(status, known, is_needed=is_needed, zone=zone),
        can_approve=status in _APPROVABLE,
        can_withdraw=status in _WITHDRAWABLE,
        can_test=known.has_edition,
    )


def moment(at: datetime, zone: str) -> str:
    """Write a moment as the publication's clocks show it: "14:02 on 3 March"."""
    local = at.astimezone(ZoneInfo(zone))
    return _("%(clock)s on %(day)s", clock=f"{local:%H:%M}", day=day_and_month(local.date()))


def _sentence(status: EditionStatus, known: EditionFacts, *, is_needed: bool, zone: str) -> str:
    if known.send is not None:
        at = moment(known.send.created_at, zone)
        return counted(
            "%(count)s reader, since %(at)s.",
            "%(count)s readers, since %(at)s.",
            known.send.recipients,
            at=at,
        )
    if status is EditionStatus.HELD:
        return _("Put right what holds it, or leave it with a reason.")
    if status is EditionStatus.MISSED:
        return _("Its time is over. Whoever runs the newsletter can still send it late.")
    if known.approval is not None:
        who, when = known.approval.by, moment(known.approval.at, zone)
        if status is EditionStatus.APPROVED:
            return _("%(by)s approved this very mail at %(at)s.", by=who, at=when)
        return _("This is not the mail %(by)s approved at %(at)s.", by=who, at=when)
    return _("It only goes out approved.") if is_needed else _("It goes out without approval, too.")
