"""Choose how often, by the link of any mail; what is private, by a link that was mailed just now.

A mail can be forwarded. Its link may leave, change how often, pause and rate; it never shows the
whole address, and opens nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.core.model import Frequency, Subscriber, SubscriberState
from newsletter.storage.site.fresh_links import OPEN_STATES
from newsletter.subscribers.addresses import Address, parse
from newsletter.subscribers.model import Revision
from newsletter.subscribers.times import as_date
from newsletter.web.site import mailing, times
from newsletter.web.site.forms import Form, choice, form_of, line
from newsletter.web.site.leaving import reader_of
from newsletter.web.site.limits import LINKS
from newsletter.web.site.masking import masked
from newsletter.web.site.site import language_of, network_of

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

OFTEN = (*map(str, Frequency), "pause")
_REST = timedelta(days=30)
_LONGEST_REST = timedelta(days=3 * 366)


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    return Choosing(site).routes()


class Choosing:
    """The pages behind the link of a mail, and the one that mails a fresh link."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """Return their addresses."""
        return [
            Route("/u/{link}/choose", self.page),
            Route("/u/{link}/choose", self.save, methods=["POST"]),
            Route("/u/{link}/fresh", self.fresh, methods=["POST"]),
            Route("/lost", self.lost),
            Route("/lost", self.find, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Show how often it comes; `?frequency=` only chooses beforehand."""
        site, found = self._site, await reader_of(self._site, request)
        if found is None:
            return site.page(request, "leave_unknown", status=404, alone=True)
        link, reader = found
        wanted = request.query_params.get("frequency", "")
        chosen = wanted if wanted in OFTEN else self._chosen(reader)
        return self._page(request, link.text, reader, chosen=chosen)

    async def save(self, request: Request) -> Response:
        """Save how often."""
        site, form = self._site, await form_of(request)
        found = await reader_of(site, request)
        if found is None:
            return site.page(request, "leave_unknown", status=404, alone=True)
        link, reader = found
        if reader.state is not SubscriberState.ACTIVE:
            return self._page(request, link.text, reader, chosen=self._chosen(reader))
        often = choice(form, "often", ("", *OFTEN))
        values = self._values(often, form)
        if values is None:
            return self._page(
                request, link.text, reader, chosen=often or "daily", is_wrong=bool(often)
            )
        saved = await site.work(self._saved, reader, values)
        return self._page(request, link.text, saved, chosen=self._chosen(saved), is_saved=True)

    async def fresh(self, request: Request) -> Response:
        """Mail a fresh link to the reader, and to nobody else."""
        site, found = self._site, await reader_of(self._site, request)
        if found is None:
            return site.page(request, "leave_unknown", status=404, alone=True)
        if not site.limits.allows(LINKS, network_of(request), now=site.now()):
            return site.page(request, "fault", status=429, fault=429)
        await site.work(self._mail, found[1])
        return site.page(request, "lost_sent", alone=True)

    async def lost(self, request: Request) -> Response:
        """Ask whom to mail a fresh link to."""
        return self._site.page(request, "lost", is_wrong=False, address="")

    async def find(self, request: Request) -> Response:
        """Mail a fresh link to a reader; the answer is the same for everybody else."""
        site, form = self._site, await form_of(request)
        said = line(form, "address", most=320)
        address = parse(said)
        if not isinstance(address, Address):
            return site.page(request, "lost", status=422, is_wrong=True, address=said)
        if not site.limits.allows(LINKS, network_of(request), now=site.now()):
            return site.page(request, "fault", status=429, fault=429)
        await site.work(self._mail_to, address)
        return site.page(request, "lost_sent")

    # --- beneath -------------------------------------------------------------------------------

    def _page(
        self,
        request: Request,
        link: str,
        reader: Subscriber,
        *,
        chosen: str,
        is_saved: bool = False,
        is_wrong: bool = False,
    ) -> Response:
        site, language = self._site, language_of(request)
        until, today = reader.paused_until, site.today()
        rests = until is not None and until > today
        return site.page(
            request,
            "choose",
            status=422 if is_wrong else 200,
            alone=True,
            own=site.path(f"/u/{link}"),
            who=masked(reader),
            is_member=reader.state is SubscriberState.ACTIVE,
            chosen=chosen,
            is_saved=is_saved,
            is_wrong=is_wrong,
            rests_until=times.weekday(until, language) if rests and until else "",
            until=(until if rests and until else today + _REST).isoformat(),
            least=(today + timedelta(days=1)).isoformat(),
            most=(today + _LONGEST_REST).isoformat(),
            at=times.hour(site, language),
        )

    def _chosen(self, reader: Subscriber) -> str:
        until = reader.paused_until
        is_resting = until is not None and until > self._site.today()
        return "pause" if is_resting else str(reader.frequency)

    def _values(self, often: str, form: Form) -> Mapping[str, Any] | None:
        """Return what is to be stored; None for nothing, or a date that cannot be meant."""
        if often != "pause":
            return {"frequency": Frequency(often), "paused_until": None} if often else None
        today: date = self._site.today()
        until = as_date(line(form, "until", most=20)) if "until" in form else today + _REST
        is_meant = until is not None and today < until <= today + _LONGEST_REST
        return {"paused_until": until} if is_meant else None

    def _saved(self, reader: Subscriber, values: Mapping[str, Any]) -> Subscriber:
        site, now = self._site, self._site.now()
        stored = site.app.subscribers.revise(
            reader.canonical, lambda _: Revision(at=now, values=values)
        )
        return stored or reader

    def _mail_to(self, address: Address) -> None:
        reader = self._site.app.subscribers.find(address.canonical)
        self._mail(reader if reader and reader.state in OPEN_STATES else None, address=address)

    def _mail(self, reader: Subscriber | None, *, address: Address | None = None) -> None:
        """Mail a link; without a reader the same is done and taken back."""
        site, now, token = self._site, self._site.now(), secrets.token_urlsafe(24)
        nobody = address.address if address else ""

        site.records.links.mail(
            reader,
            token,
            lambda: mailing.to_open(site, reader, token, to=nobody, now=now),
            now=now,
        )
