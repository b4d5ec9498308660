"""Rate and add a word, by the link of a mail: its stars only fill in, and a press counts them.

One vote a reader and edition, to be changed as often as one likes. Whoever opens all five links by
machine leaves none.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.core.model import Subscriber
from newsletter.storage.site.answers import Said
from newsletter.web.site import editions, notices
from newsletter.web.site.forms import Form, form_of, line, words
from newsletter.web.site.leaving import reader_of

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

STARS = range(1, 6)
LONGEST_TEXT, LONGEST_NAME = 2_000, 60


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    return Rating(site).routes()


def stars_of(form: Form) -> int | None:
    """Return the stars that were chosen; None for none."""
    said = form.get("stars", "")
    return int(said) if said in {str(one) for one in STARS} else None


class Rating:
    """The pages of stars and words behind the link of a mail."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """Return their addresses."""
        return [
            Route("/u/{link}/rating", self.page),
            Route("/u/{link}/rating", self.count, methods=["POST"]),
            Route("/u/{link}/rating/{day:edition}", self.page),
            Route("/u/{link}/rating/{day:edition}", self.count, methods=["POST"]),
            Route("/u/{link}/rating/{day:edition}/{stars:int}", self.page),
            Route("/u/{link}/words/{day:edition}", self.write, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Show the stars, filled in as the mail's link says; nothing is counted."""
        site, found = self._site, await self._of(request)
        if isinstance(found, Response):
            return found
        reader, day = found
        told = request.path_params.get("stars", 0)
        before = await site.work(site.records.answers.stars_of, reader.canonical, day)
        return self._stars(request, day, stars=told if told in STARS else before or 0)

    async def count(self, request: Request) -> Response:
        """Count the stars."""
        site, found, form = self._site, await self._of(request), await form_of(request)
        if isinstance(found, Response):
            return found
        reader, day = found
        stars = stars_of(form)
        if stars is None:
            return self._stars(request, day, stars=0, is_wrong=True)
        vote = site.records.answers.vote
        await site.work(vote, reader.canonical, day, stars, now=site.now())
        return await self._counted(request, day, stars=stars)

    async def write(self, request: Request) -> Response:
        """Take a word to it: for the editor alone, or to stand below the edition."""
        site, found, form = self._site, await self._of(request), await form_of(request)
        if isinstance(found, Response):
            return found
        reader, day = found
        text = words(form, "text", most=LONGEST_TEXT)
        stars = await site.work(site.records.answers.stars_of, reader.canonical, day)
        if not text:
            return await self._counted(request, day, stars=stars or 0)
        is_public = form.get("public") == "yes"
        name = line(form, "name", most=LONGEST_NAME) if is_public else ""
        said = Said(edition=day, canonical=reader.canonical, name=name, text=text)
        await site.work(self._keep, reader, said, is_public=is_public)
        return site.page(
            request,
            "thanks",
            alone=True,
            is_public=is_public,
            edition=site.path(f"/editions/{day}"),
        )

    # --- beneath -------------------------------------------------------------------------------

    async def _of(self, request: Request) -> tuple[Subscriber, date] | Response:
        """Return whose link it is and for which edition, or the page that says it is none."""
        site, found = self._site, await reader_of(self._site, request)
        if found is None:
            return site.page(request, "leave_unknown", status=404, alone=True)
        link, reader = found
        day = request.path_params.get("day") or link.day or site.today()
        if not await site.work(editions.exists, site, day):
            return site.page(request, "fault", status=404, fault=404)
        return reader, day

    def _stars(
        self, request: Request, day: date, *, stars: int, is_wrong: bool = False
    ) -> Response:
        site = self._site
        link = request.path_params["link"]
        return site.page(
            request,
            "rate",
            status=422 if is_wrong else 200,
            alone=True,
            action=site.path(f"/u/{link}/rating/{day}"),
            stars=stars,
            is_wrong=is_wrong,
            **editions.told(site, request, day),
        )

    async def _counted(self, request: Request, day: date, *, stars: int) -> Response:
        site, link = self._site, request.path_params["link"]
        return site.page(
            request,
            "rated",
            alone=True,
            stars=stars,
            rating=await site.work(site.records.answers.rating, day),
            action=site.path(f"/u/{link}/words/{day}"),
            again=site.path(f"/u/{link}/rating/{day}"),
            longest=LONGEST_TEXT,
            **editions.told(site, request, day),
        )

    def _keep(self, reader: Subscriber, said: Said, *, is_public: bool) -> None:
        site, now = self._site, self._site.now()
        if is_public:
            site.records.answers.write(said, notices.of_comment(site, said, now=now), now=now)
            return
        site.records.answers.send_letter(
            "rating",
            said.text,
            notices.of_letter(site, "rating", said.text, sender=reader.address, now=now),
            canonical=reader.canonical,
            edition=said.edition,
            now=now,
        )
