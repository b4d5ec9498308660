"""What only a link that was mailed just now opens: name, zone, language, data, address, erasure."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.core.errors import Held, UsageError
from newsletter.core.model import Subscriber, SubscriberState
from newsletter.message.render.language import locale
from newsletter.storage.site.fresh_links import FreshLink
from newsletter.subscribers import names
from newsletter.subscribers.addresses import Address, Refused, parse
from newsletter.subscribers.erasure import SECRET_KEY
from newsletter.subscribers.locales import tag_of
from newsletter.subscribers.model import Revision
from newsletter.subscribers.times import is_zone
from newsletter.web.site import mailing
from newsletter.web.site.forms import Form, form_of, line
from newsletter.web.site.leaving import leave

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

_LONGEST_NAME = 100


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    return Private(site).routes()


class Private:
    """The pages behind a fresh link."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """Return their addresses."""
        return [
            Route("/me/{token}", self.page),
            Route("/me/{token}", self.save, methods=["POST"]),
            Route("/me/{token}/data", self.data, methods=["POST"]),
            Route("/me/{token}/address", self.new_address, methods=["POST"]),
            Route("/me/{token}/move", self.move, methods=["POST"]),
            Route("/me/{token}/leave", self.leave, methods=["POST"]),
            Route("/me/{token}/erase", self.erase, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Show what is kept, or ask whether a new address is right; nothing is changed."""
        found = await self._link(request)
        if found is None:
            return self._gone(request)
        if found.purpose == "address":
            return self._site.page(
                request, "me_move", alone=True, own=self._own(found), address=found.address
            )
        return self._page(request, found)

    async def save(self, request: Request) -> Response:
        """Save name, zone and language."""
        site, form = self._site, await form_of(request)
        found = await self._opened(request)
        if found is None:
            return self._gone(request)
        values, wrong = _profile(form, found.reader)
        if wrong:
            return self._page(request, found, wrong=wrong, status=422)
        now = site.now()
        await site.work(
            site.app.subscribers.revise,
            found.reader.canonical,
            lambda _: Revision(at=now, values=values),
        )
        again = await self._opened(request)
        return self._page(request, again or found, told="saved")

    async def data(self, request: Request) -> Response:
        """Hand over everything that is held on a reader, as a file."""
        found = await self._opened(request)
        if found is None:
            return self._gone(request)
        text = await self._site.work(self._held, found.reader)
        headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
        return Response(text, media_type="application/json", headers=headers)

    async def new_address(self, request: Request) -> Response:
        """Mail a link to a new address, which it has to be opened at."""
        site, form = self._site, await form_of(request)
        found = await self._opened(request)
        if found is None:
            return self._gone(request)
        address = parse(line(form, "address", most=320))
        if isinstance(address, Refused):
            return self._page(request, found, wrong="address", status=422)
        await site.work(self._ask, found.reader, address)
        return self._page(request, found, told="asked")

    async def move(self, request: Request) -> Response:
        """Write to the new address from now on."""
        site, found = self._site, await self._link(request)
        address = parse(found.address) if found and found.purpose == "address" else None
        if found is None or not isinstance(address, Address):
            return self._gone(request)
        if not await site.work(self._moved, found, address):
            return self._gone(request)
        return site.page(request, "me_done", alone=True, told="moved")

    async def leave(self, request: Request) -> Response:
        """Leave."""
        found = await self._opened(request)
        if found is None:
            return self._gone(request)
        await self._site.work(leave, self._site, found.reader, day=None, way="page")
        return self._site.page(request, "me_done", alone=True, told="left")

    async def erase(self, request: Request) -> Response:
        """Erase a reader, once they ticked that they mean it."""
        site, form = self._site, await form_of(request)
        found = await self._opened(request)
        if found is None:
            return self._gone(request)
        if form.get("sure") != "yes":
            return self._page(request, found, wrong="sure", status=422)
        told = await site.work(self._erased, found)
        return site.page(request, "me_done", alone=True, told=told)

    # --- beneath -------------------------------------------------------------------------------

    async def _link(self, request: Request) -> FreshLink | None:
        site = self._site
        return await site.work(
            site.records.links.find, request.path_params["token"], now=site.now()
        )

    async def _opened(self, request: Request) -> FreshLink | None:
        found = await self._link(request)
        return found if found is not None and found.purpose == "open" else None

    def _own(self, found: FreshLink) -> str:
        return self._site.path(f"/me/{found.token}")

    def _page(
        self,
        request: Request,
        found: FreshLink,
        *,
        told: str = "",
        wrong: str = "",
        status: int = 200,
    ) -> Response:
        site, reader = self._site, found.reader
        return site.page(
            request,
            "me",
            status=status,
            alone=True,
            own=self._own(found),
            address=reader.address,
            name=reader.name,
            zone=reader.zone or "",
            locale=reader.locale or "",
            languages=[(tag, locale(tag).display_name) for tag in site.pages.languages],
            is_known=reader.locale in site.pages.languages,
            is_member=reader.state == "active",
            told=told,
            wrong=wrong,
        )

    def _gone(self, request: Request) -> Response:
        return self._site.page(request, "me_gone", alone=True, status=404)

    def _held(self, reader: Subscriber) -> str:
        store = self._site.app.subscribers
        told = {name: value for name, value in asdict(reader).items() if name != "token"}
        told |= asdict(store.history(reader.id)) | dict(store.held(reader))
        return json.dumps(told, ensure_ascii=False, indent=2, default=str)

    def _ask(self, reader: Subscriber, address: Address) -> None:
        site, now, token = self._site, self._site.now(), secrets.token_urlsafe(24)
        status = site.app.subscribers.status_of(address.canonical)
        has_left = status.known is None or status.known.state is SubscriberState.UNSUBSCRIBED
        is_free = not status.suppressed and has_left
        site.records.links.mail(
            reader if is_free else None,
            token,
            lambda: mailing.to_new_address(site, reader, address.address, token, now=now),
            address=address.address,
            now=now,
        )

    def _moved(self, found: FreshLink, address: Address) -> bool:
        links, now = self._site.records.links, self._site.now()
        new = {"address": address.address, "canonical": address.canonical}
        with self._site.app.database.together():
            is_done = not links.spend(found.token)  # by the same press, which came twice
            return is_done or links.move(found.reader, **new, now=now)

    def _erased(self, found: FreshLink) -> str:
        """Erase a reader; without the key that keeps them erased, the editor is asked to."""
        site, now, reader = self._site, self._site.now(), found.reader
        if site.settings.secret(SECRET_KEY) is None:
            self._ask_editor(reader)
            return "erasing"
        try:
            reason = "asked for it on the site"
            site.app.subscribers.forget(reader.canonical, reason=reason, now=now)
        except (UsageError, Held):
            self._ask_editor(reader)
            return "erasing"
        site.app.database.finish_erasing(patience=0.0)
        return "erased"

    def _ask_editor(self, reader: Subscriber) -> None:
        site, now = self._site, self._site.now()
        said = f"{reader.address} asks to be erased: newsletter subscribers forget ADDRESS"
        site.records.answers.send_letter(
            "erasure",
            said,
            lambda new: mailing.to_editor(
                site,
                f"letter {new}",
                "A reader asks to be erased",
                said,
                sender=reader.address,
                hint="newsletter subscribers forget ADDRESS",
                now=now,
            ),
            canonical=reader.canonical,
            now=now,
        )
        leave(site, reader, day=None, way="page")


def _profile(form: Form, reader: Subscriber) -> tuple[dict[str, Any], str]:
    """Return the values of the profile, and the field that is wrong."""
    name = names.clean(line(form, "name", most=_LONGEST_NAME), what="name")
    zone, language = line(form, "zone", most=60), line(form, "locale", most=40)
    if isinstance(name, Refused):
        return {}, "name"
    if zone and not is_zone(zone):
        return {}, "zone"
    tag = tag_of(language) if language else None
    return {"name": name, "zone": zone or None, "locale": tag or reader.locale}, ""
