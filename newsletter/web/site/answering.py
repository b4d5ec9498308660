"""Answer an edition on its public page: stars and words of anybody, once they say it was them."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.storage.site.answers import CommentState, Said
from newsletter.subscribers.addresses import Address, parse
from newsletter.web.site import by_mail, editions, mailing, notices, times
from newsletter.web.site.forms import Form, form_of, line, words
from newsletter.web.site.limits import WORDS
from newsletter.web.site.rating import LONGEST_NAME, LONGEST_TEXT, stars_of
from newsletter.web.site.site import language_of, network_of

if TYPE_CHECKING:
    from newsletter.web.site.site import Site


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    return Answering(site).routes()


def shown(site: Site, day: date, *, language: str) -> dict[str, Any]:
    """Return what stands below an edition: its stars, and the comments an editor let through.

    The values of `partials/answers.html.j2`, the same for everybody.
    """
    answers = site.records.answers
    return {
        "rating": answers.rating(day),
        "answer": site.path(f"/editions/{day}/answer"),
        "comments": [
            {"name": one.name, "text": one.text, "at": times.moment(site, one.at, language)}
            for one in answers.approved(day)
        ],
    }


class Answering:
    """The public pages of stars and comments."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """Return their addresses."""
        return [
            Route("/editions/{day:edition}/answer", self.page),
            Route("/editions/{day:edition}/answer", self.submit, methods=["POST"]),
            Route("/answers/{token}", self.link),
            Route("/answers/{token}", self.pressed, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Show what readers said, and the form."""
        return await self._page(request, {})

    async def submit(self, request: Request) -> Response:
        """Keep what somebody says, and ask them by mail whether it was them."""
        site, form = self._site, await form_of(request)
        text, stars = words(form, "text", most=LONGEST_TEXT), stars_of(form)
        said = {
            "text": text,
            "name": line(form, "name", most=LONGEST_NAME),
            "address": line(form, "address", most=320),
            "stars": str(stars or ""),
        }
        address = parse(said["address"])
        if not isinstance(address, Address) or not (text or stars):
            wrong = "nothing" if isinstance(address, Address) else "address"
            return await self._page(request, said, wrong=wrong)
        day = await self._day(request)
        if not site.limits.allows(WORDS, network_of(request), now=site.now()):
            return site.page(request, "fault", status=429, fault=429)
        if not form.get("website"):
            kept = Said(
                edition=day,
                canonical=address.canonical,
                name=said["name"],
                text=text,
                stars=stars,
            )
            if not await site.work(self._ask, kept, address, language_of(request)):
                return site.page(request, "closed", status=503)
        return site.page(
            request, "answer_asked", address=address.address, **editions.told(site, request, day)
        )

    async def link(self, request: Request) -> Response:
        """Ask whether it was them; nothing is changed."""
        site = self._site
        token, now = request.path_params["token"], site.now()
        found = await site.work(site.records.answers.asked, token, now=now)
        if found is None:
            return site.page(request, "answer_gone", status=404, alone=True)
        if found.state is not CommentState.UNCONFIRMED:
            return self._thanks(request, found.edition, is_public=bool(found.text))
        action = site.path(f"/answers/{request.path_params['token']}")
        return site.page(request, "answer_confirm", alone=True, action=action, said=found)

    async def pressed(self, request: Request) -> Response:
        """Let it count."""
        site, now = self._site, self._site.now()
        token = request.path_params["token"]
        found = await site.work(site.records.answers.asked, token, now=now)
        if found is None:
            return site.page(request, "answer_gone", status=404, alone=True)
        said = Said(edition=found.edition, canonical=found.canonical, text=found.text)
        notice = notices.of_comment(site, said, now=now)
        await site.work(site.records.answers.confirm, found, notice, now=now)
        return self._thanks(request, found.edition, is_public=bool(found.text))

    # --- beneath -------------------------------------------------------------------------------

    async def _day(self, request: Request) -> date:
        day: date = request.path_params["day"]
        if not await self._site.work(editions.exists, self._site, day):
            raise HTTPException(404)
        return day

    async def _page(self, request: Request, said: Form, *, wrong: str = "") -> Response:
        site, day = self._site, await self._day(request)
        below = await site.work(shown, site, day, language=language_of(request))
        return site.page(
            request,
            "answer",
            status=422 if wrong else 200,
            said={"text": "", "name": "", "address": "", "stars": ""} | dict(said),
            wrong=wrong,
            longest=LONGEST_TEXT,
            **below,
            **editions.told(site, request, day),
        )

    def _thanks(self, request: Request, day: date, *, is_public: bool) -> Response:
        edition = self._site.path(f"/editions/{day}")
        return self._site.page(request, "thanks", alone=True, is_public=is_public, edition=edition)

    def _ask(self, said: Said, address: Address, language: str) -> bool:
        site, now, token = self._site, self._site.now(), secrets.token_urlsafe(24)
        is_kept = site.records.answers.ask(
            said,
            token=token,
            compose=lambda: mailing.to_answerer(
                site, address.address, token, language=language, now=now
            ),
            now=now,
        )
        if not is_kept:
            by_mail.tell(site)
        return is_kept
