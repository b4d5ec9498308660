"""The addresses that are read: front page, editions, archive, feeds, maps, and drawn cards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.web.site import answering
from newsletter.web.site.reading import feeds, media, sitemaps
from newsletter.web.site.reading.making import Maker
from newsletter.web.site.reading.shelf import Answered, Made, Shelf, Source, made, pictures_of
from newsletter.web.site.security import POLICY, PRIVATE
from newsletter.web.site.site import language_of

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

HTML = "text/html; charset=utf-8"
XML = "application/xml"
_LONGEST_QUESTION = 200  # characters
_FURTHEST = 10_000  # editions into what a search found
_FOR_ALL = {"Cross_Origin_Resource_Policy": "cross-origin"}  # other sites and readers show it


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    pages = Reading(site=site)
    return [
        Route("/", pages.home),
        Route("/latest", pages.latest),
        Route("/editions/{day:edition}", pages.edition),
        Route("/editions/{day:edition}/card.png", pages.card),
        Route("/archive", pages.archive),
        Route("/archive/{month:month}", pages.month),
        Route(feeds.ATOM, pages.atom),
        Route(feeds.JSON, pages.json_feed),
        Route(sitemaps.ALL, pages.sitemap),
        Route(sitemaps.NEWS, pages.news),
        Route(sitemaps.ROBOTS, pages.robots),
        *media.routes(site),
    ]


@dataclass(kw_only=True)
class Reading:
    """What answers them."""

    site: Site
    shelf: Shelf = field(init=False)
    maker: Maker = field(init=False)

    def __post_init__(self) -> None:
        self.shelf = Shelf(site=self.site)
        self.maker = Maker(site=self.site)

    async def home(self, request: Request) -> Answered:
        """Answer the front page, in the reader's language."""
        language = language_of(request)

        def make() -> Made:
            return self._page(self.maker.home(language), language)

        return await self._answered(request, ("home", language), make, self._state_of_newest)

    async def edition(self, request: Request) -> Answered:
        """Answer an edition, the same bytes for everybody."""
        day: date = request.path_params["day"]

        def state() -> object:
            return self._state(), self._answers(day)

        return await self._answered(request, ("edition", day), lambda: self._edition(day), state)

    async def latest(self, request: Request) -> Answered:
        """Answer the newest edition; its page names its own address."""
        return await self._answered(request, ("latest",), self._latest, self._state_of_newest)

    async def card(self, request: Request) -> Answered:
        """Answer the drawn picture of an edition."""
        day: date = request.path_params["day"]

        def make() -> Made | None:
            drawn = self.maker.drawn(day)
            return made(drawn, "image/png", **_FOR_ALL) if drawn else None

        return await self._answered(request, ("card", day), make)

    async def archive(self, request: Request) -> Response | Answered:
        """Answer the newest month, or what a search finds."""
        question = " ".join(request.query_params.get("q", "").split())[:_LONGEST_QUESTION]
        if not question:
            return await self._month(request, None)
        after, language = _place(request.query_params.get("after", "")), language_of(request)
        text = await self.site.work(self.maker.found, question, language, after=after)
        headers = dict(_named(self._page(text, language)))
        return Response(text, headers=headers)

    async def month(self, request: Request) -> Answered:
        """Answer the archive of a month."""
        return await self._month(request, request.path_params["month"])

    async def atom(self, request: Request) -> Answered:
        """Answer the Atom feed."""

        def make() -> Made:
            return made(feeds.as_atom(self.maker.feed()), feeds.ATOM_TYPE, **_FOR_ALL)

        return await self._answered(request, ("atom",), make)

    async def json_feed(self, request: Request) -> Answered:
        """Answer the JSON feed."""

        def make() -> Made:
            return made(feeds.as_json(self.maker.feed()), feeds.JSON_TYPE, **_FOR_ALL)

        return await self._answered(request, ("json",), make)

    async def sitemap(self, request: Request) -> Answered:
        """Answer the map of all pages."""
        return await self._answered(request, ("sitemap",), lambda: made(sitemap(self.maker), XML))

    async def news(self, request: Request) -> Answered:
        """Answer the map of the news; what is news changes with the hour."""
        hour = self.site.now().replace(minute=0, second=0, microsecond=0)
        return await self._answered(request, ("news", hour), lambda: made(news(self.maker), XML))

    async def robots(self, _request: Request) -> Response:
        """Answer robots.txt."""
        headers = {"Cache-Control": "public, max-age=3600"}
        return Response(robots(self.site), media_type="text/plain", headers=headers)

    async def _month(self, request: Request, first: date | None) -> Answered:
        language = language_of(request)

        def make() -> Made | None:
            text = self.maker.month(first, language)
            return self._page(text, language) if text else None

        return await self._answered(request, ("month", first, language), make)

    async def _answered(
        self,
        request: Request,
        key: Hashable,
        make: Callable[[], Made | None],
        state: Callable[[], object] | None = None,
    ) -> Answered:
        now = asyncio.get_running_loop().time()
        page = await self.shelf.page(key, Source(make, state or self._state), now=now)
        if page is None:
            raise HTTPException(404)
        return Answered(page, request)

    def _state(self) -> object:
        return self.site.app.archive.state()

    def _state_of_newest(self) -> object:
        found = self.site.app.archive.state()
        return found, found.latest and self._answers(found.latest)

    def _answers(self, day: date) -> object:
        language = self.site.publication.language
        return answering.shown(self.site, day, language=language)

    def _edition(self, day: date) -> Made | None:
        text = self.maker.edition(day)
        language = self.site.publication.language
        return self._page(text, language, varies=False) if text else None

    def _latest(self) -> Made | None:
        days = self.site.app.archive.days()
        return self._edition(days[0]) if days else None

    def _page(self, text: str, language: str, *, varies: bool = True) -> Made:
        headers = {"Content_Language": language, **pictures_of(POLICY)}
        if varies:
            headers["Vary"] = "Accept-Language"
        return made(text.encode(), HTML, **headers)


def sitemap(maker: Maker) -> bytes:
    """Return the map of all pages of a site."""
    archive = maker.site.app.archive
    changed_at = archive.state().changed_at
    lists = [(maker.site.url(path), changed_at) for path in ("/", "/archive")]
    editions = ((maker.address(one.edition), one) for one in archive.everything())
    return sitemaps.everything(lists, editions)


def news(maker: Maker) -> bytes:
    """Return the map of the news of a site."""
    newest = maker.site.app.archive.newest(10)
    editions = ((maker.address(one.edition), one) for one in newest)
    return sitemaps.news(editions, maker.site.publication, now=maker.site.now())


def robots(site: Site) -> str:
    """Return robots.txt of a site."""
    private = tuple(site.path(path) for path in PRIVATE)
    maps = (site.url(path) for path in (sitemaps.ALL, sitemaps.NEWS))
    return sitemaps.robots(*maps, private=private)


def _place(text: str) -> int:
    """Read a place in a list; what is none is its beginning."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 7
    return min(int(text), _FURTHEST) if is_number else 0


def _named(page: Made) -> Mapping[str, str]:
    return {
        name.decode(): value.decode() for name, value in page.headers if name != b"content-length"
    }
