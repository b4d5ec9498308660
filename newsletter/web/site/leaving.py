"""Leave: one post as mailbox providers send it, a page with a button, and the way back.

The link of a mail never expires and never asks who one is. Opening it changes nothing.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.core import reader_links
from newsletter.core.errors import Held, NewsletterError, NothingToDo
from newsletter.core.model import Subscriber, SubscriberState
from newsletter.core.model.single_mails import SingleMail
from newsletter.core.reader_links import ReaderLink
from newsletter.core.sentences import said
from newsletter.storage.site.departures import Departure, Way
from newsletter.subscribers import lifecycle
from newsletter.subscribers.model import Consent, Revision, StateChange
from newsletter.web.site import mailing, times
from newsletter.web.site.forms import choice, form_of, words
from newsletter.web.site.masking import masked
from newsletter.web.site.site import language_of, network_of

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

REASONS = ("too-often", "not-for-me", "never-asked", "looks-wrong", "other")
_BY = "reader"
_LONGEST = 2_000


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    return Leaving(site).routes()


async def reader_of(site: Site, request: Request) -> tuple[ReaderLink, Subscriber] | None:
    """Return whose link a request came by; None: nobody's."""
    link = reader_links.read(request.path_params["link"])
    if link is None:
        return None
    found = await site.work(site.app.subscribers.holder, link.token)
    return (link, found) if found else None


class Leaving:
    """The pages of leaving and coming back."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """Return their addresses."""
        return [
            Route("/u/undo/{undo}", self.undo_page),
            Route("/u/undo/{undo}", self.undo, methods=["POST"]),
            Route("/u/why/{undo}", self.why, methods=["POST"]),
            Route("/u/{link}", self.page),
            Route("/u/{link}", self.one_click, methods=["POST"]),
            Route("/u/{link}/leave", self.page),
            Route("/u/{link}/leave", self.pressed, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Show what leaving means, and what would be less; nothing is changed."""
        site, found = self._site, await reader_of(self._site, request)
        if found is None:
            return site.page(request, "leave_unknown", status=404, alone=True)
        link, reader = found
        if reader.state not in _MAILED:
            return self._left(request, reader, undo="")
        return site.page(
            request, "leave", alone=True, own=site.path(f"/u/{link.text}"), who=masked(reader)
        )

    async def one_click(self, request: Request) -> Response:
        """Take the post of RFC 8058: 200 for everybody, 503 only where nothing was stored."""
        await request.body()
        link = reader_links.read(request.path_params["link"])
        if link is not None:
            await self._site.work(self._leave_by, link, "one-click")
        return PlainTextResponse("You are unsubscribed.\n")

    async def pressed(self, request: Request) -> Response:
        """Leave by the button of the page."""
        site, link = self._site, reader_links.read(request.path_params["link"])
        found = await site.work(self._leave_by, link, "page") if link else None
        if found is None:
            return site.page(request, "leave_unknown", status=404, alone=True)
        reader, undo = found
        return self._left(request, reader, undo=undo)

    async def why(self, request: Request) -> Response:
        """Take a reason, after the fact."""
        site, form = self._site, await form_of(request)
        reason = choice(form, "reason", ("", *REASONS))
        more = words(form, "more", most=_LONGEST)
        told = f"{reason}: {more}" if more else reason
        if told:
            tell, undo = site.records.departures.tell_reason, request.path_params["undo"]
            await site.work(tell, undo, told, now=site.now())
        return site.page(request, "leave_thanks", alone=True)

    async def undo_page(self, request: Request) -> Response:
        """Ask whether somebody wants to come back; nothing is changed."""
        site, found = self._site, await self._departure(request)
        if found is None or found[0].undone_at is not None:
            return self._gone(request, came_back=found is not None)
        left, reader = found
        return site.page(
            request,
            "leave_undo",
            alone=True,
            action=site.path(f"/u/undo/{left.undo}"),
            who=masked(reader),
            at=times.moment(site, left.at, language_of(request)),
        )

    async def undo(self, request: Request) -> Response:
        """Let somebody come back, as it was."""
        site, found = self._site, await self._departure(request)
        if found is None:
            return self._gone(request, came_back=False)
        await site.work(self._bring_back, *found, network_of(request))
        return self._gone(request, came_back=True)

    # --- beneath -------------------------------------------------------------------------------

    async def _departure(self, request: Request) -> tuple[Departure, Subscriber] | None:
        site = self._site
        return await site.work(
            site.records.departures.open, request.path_params["undo"], now=site.now()
        )

    def _left(self, request: Request, reader: Subscriber, *, undo: str) -> Response:
        site = self._site
        return site.page(
            request, "left", alone=True, who=masked(reader), undo=undo, reasons=REASONS
        )

    def _gone(self, request: Request, *, came_back: bool) -> Response:
        status = 200 if came_back else 404
        return self._site.page(
            request, "leave_back", alone=True, came_back=came_back, status=status
        )

    def _leave_by(self, link: ReaderLink, way: Way) -> tuple[Subscriber, str] | None:
        """Opt out whoever a link belongs to; the way back is empty where they had left before."""
        site = self._site
        found = site.app.subscribers.holder(link.token)
        return (found, leave(site, found, day=link.day, way=way)) if found else None

    def _bring_back(self, left: Departure, reader: Subscriber, network: str) -> None:
        site, now = self._site, self._site.now()
        text = f"Pressed Come back on {now:%Y-%m-%d %H:%M:%S} UTC from {network}."
        consent = Consent(at=now, how="form", text=text)

        def revise(stored: Subscriber) -> Revision:
            change = lifecycle.change(
                stored.state,
                SubscriberState.ACTIVE,
                at=now,
                reason=said("came back"),
                by=_BY,
                evidence=text,
            )
            return Revision(at=now, change=change, consent=consent)

        with site.app.database.together():
            if not site.records.departures.undone(left, now=now):
                return
            try:
                site.app.subscribers.revise(reader.canonical, revise)
            except (Held, NothingToDo):
                return


_MAILED = frozenset({SubscriberState.ACTIVE, SubscriberState.PENDING, SubscriberState.BOUNCED})


def leave(site: Site, reader: Subscriber, *, day: date | None, way: Way) -> str:
    """Opt somebody out, and mail them the way back if they were a member; return that way.

    Empty: there was nothing to leave any more. All of it is one transaction.
    """
    now, undo = site.now(), secrets.token_urlsafe(24)
    before: list[SubscriberState] = []

    def opt_out(stored: Subscriber) -> StateChange:
        before[:] = [stored.state]
        reason = said("left by a link")
        if day:
            reason = said("left by a link of %(day)s", day=day)
        return lifecycle.change(
            stored.state, SubscriberState.UNSUBSCRIBED, at=now, reason=reason, by=_BY
        )

    def mail() -> SingleMail:
        return mailing.to_come_back(site, reader, undo, now=now)

    with site.app.database.together():
        try:
            site.app.subscribers.change(reader.canonical, opt_out)
        except NewsletterError as error:
            if isinstance(error, NothingToDo | Held):
                return ""
            raise
        was_member = before == [SubscriberState.ACTIVE]
        site.records.departures.note(
            reader,
            edition=day,
            way=way,
            undo=undo,
            mail=(lambda: mailing.to_come_back(site, reader, undo, now=now))
            if was_member
            else None,
            now=now,
        )
    return undo
