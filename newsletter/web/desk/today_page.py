"""The first page of the desk: today, in a sentence."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.errors import NewsletterError
from newsletter.core.model import SendStatus
from newsletter.core.model.findings import Severity
from newsletter.web.desk import sends
from newsletter.web.desk.answers_page import waiting
from newsletter.web.desk.error_words import hint, what
from newsletter.web.desk.header import header
from newsletter.web.desk.morning import (
    Around,
    Configured,
    Figures,
    Morning,
    Offered,
    ProofMailed,
)
from newsletter.web.desk.renders import Problem, Stages, View
from newsletter.web.desk.screens import Screen
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.starting import Starting
from newsletter.web.desk.templates import page
from newsletter.web.desk.today import screen
from newsletter.web.desk.words import _

_COUNTED = 50_000  # recipients; a longer send is added up on its own page


class Beginning:
    """Answers the page of today."""

    def __init__(self, opened: Opener, stages: Stages, starting: Starting) -> None:
        self._opened = opened
        self._stages = stages
        self._starting = starting

    def routes(self) -> list[BaseRoute]:
        """Return the page's address below a date."""
        return [Route("/today", self.page), Route("/steps", self.steps)]

    async def page(self, request: Request) -> Response:
        """Return the page as things stand at this moment."""
        day = day_of(request)
        known, shown = await self._screen(day)
        framed = header("today", day, taken=shown.steps)
        return page("today", **framed, screen=shown, around=known.around if known else Around())

    async def steps(self, request: Request) -> Response:
        """Tell how far the edition has come, for the bar of the other pages."""
        _known, shown = await self._screen(day_of(request), is_brief=True)
        return JSONResponse([asdict(one) for one in shown.steps])

    async def _screen(self, day: date, *, is_brief: bool = False) -> tuple[Morning | None, Screen]:
        view = (await self._stages.at(day)).view
        begins_at, failed = self._starting.begins_at(day), self._starting.failed(day)

        def read(app: App) -> Morning:
            around = Around(begins_at=begins_at, failed=failed)
            return morning(
                app, day, view, around if is_brief else seen_around(app, day, view, around)
            )

        try:
            known = await with_app(self._opened, read)
        except NewsletterError as error:
            return None, _unknown(error)
        return known, screen(known)


def _unknown(error: NewsletterError) -> Screen:
    """Say that nobody can tell where the edition stands."""
    return Screen(kind="fault", big=_("The desk cannot tell"), when=f"{what(error)} {hint(error)}")


def morning(app: App, day: date, view: View, around: Around) -> Morning:
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
        around=around,
    )


def seen_around(app: App, day: date, view: View, around: Around) -> Around:
    """Gather what stands around an edition: its send, the one before, the next, what it has."""
    send, proof = app.sends.find(day), app.proof_mails.records.last(day)
    preview = view.preview if not view.problem else None
    findings = preview.findings if preview else ()
    notes = (one for one in findings if not one.holds and not one.accepted)
    before = app.recent_sends.newest(limit=1, before=day)
    past = figures(app, before[0].send.edition) if before else ()
    told = figures(app, day) if send is not None and send.status is SendStatus.COMPLETE else ()
    return Around(
        view=app.ledger.view(send.id) if send else None,
        notes=tuple(sorted(notes, key=lambda one: one.severity is not Severity.WARNING)),
        configured=Configured(
            is_rehearsal=app.settings.delivery.provider == "outbox",
            reminds=app.settings.alerts.has_any,
            mails_proof=app.settings.edition.proof_to is not None,
        ),
        begins_at=around.begins_at,
        failed=around.failed,
        before=past,
        figures=with_before(told, past),
        offers=_offered(app, day) if view.problem and view.problem.kind == "empty" else Offered(),
        features=_features(view),
        next_has_story=app.assembler.is_ready(day + timedelta(days=1)),
        comments=waiting(app) if send is not None else 0,
        proof=ProofMailed(
            at=proof.mailed_at if proof else None,
            has_code=send is None and app.proof_mails.has_code(day),
        ),
    )


def _offered(app: App, day: date) -> Offered:
    offers = app.offers
    return Offered(sites=offers.sites, has_shelf=offers.has_shelf, standing=offers.shelf(day))


def figures(app: App, day: date) -> Figures:
    """Return what the mail service told of a send; nothing where it told nothing."""
    send = app.sends.find(day)
    if send is None or send.recipients > _COUNTED:
        return ()
    told = tuple(sends.figures(app.audit(day)))
    rating = app.answers.rating(day)
    if not rating.votes:
        return told
    stars = (f"{rating.average:.1f}", _("stars"), _("from %(votes)s", votes=f"{rating.votes:,}"))
    return (*told, stars)


def with_before(now: Figures, before: Figures) -> Figures:
    """Set each figure over the one of the send before."""
    known = {label: number for number, label, _was in before}
    return tuple(
        (number, label, _("before: %(number)s", number=known[label]) if label in known else own)
        for number, label, own in now
    )


def _features(view: View) -> tuple[tuple[str, str], ...]:
    edition = view.preview.edition if view.preview else None
    if edition is None:
        return ()
    named = (
        (_("Fact"), edition.fact.text if edition.fact else ""),
        (_("Quote"), edition.quote.text if edition.quote else ""),
        (_("Word"), edition.word.word if edition.word else ""),
    )
    return tuple((label, text) for label, text in named if text)
