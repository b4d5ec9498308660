"""Pages as bytes, kept as long as what they were made from is what there is.

What was sent changes seldom: with a new edition, a correction, a vote, an approved comment. So the
database is asked for that at most once a second a page, which is made anew only when it changed.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

LOOKED_AGAIN = 1.0  # seconds
_MOST_KEPT = 400  # pages, of some 50 KB each
FRESH = "public, no-cache"  # kept by browsers, and asked for again each time: a 304 costs nothing


@dataclass(frozen=True, slots=True)
class Made:
    """A page as it goes out, the same for everybody it is made for."""

    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    etag: str


def made(body: bytes, media_type: str, **headers: str) -> Made:
    """Put headers to a body: underscores in their names are hyphens, `Cache-Control` is FRESH."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    named = {"Cache-Control": FRESH} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    found = {
        "content-type": media_type,
        "content-length": str(len(body)),
        "etag": etag,
        **{name.lower(): value for name, value in named.items()},
    }
    raw = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in found.items())
    return Made(body, raw, etag)


class Answered:
    """A page on its way out: whole, or 304 for who has it already."""

    def __init__(self, page: Made, request: Request) -> None:
        self._page = page
        self._is_known = is_known(request.headers.get("if-none-match", ""), page.etag)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        del receive
        page = self._page
        status, body, headers = 200, page.body, list(page.headers)
        if self._is_known:
            status, body = 304, b""
            headers = [one for one in headers if one[0] not in _OF_A_BODY]
        elif scope["method"] == "HEAD":
            body = b""
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


_OF_A_BODY = (b"content-length", b"content-type")


def is_known(header: str, etag: str) -> bool:
    """Say whether an If-None-Match header names a page."""
    if not header:
        return False
    names = (one.strip().removeprefix("W/") for one in header.split(","))
    return any(one in {etag, "*"} for one in names)


@dataclass(slots=True)
class _Kept:
    """A page, what it was made from, and when somebody last looked whether that is still so."""

    page: Made | None
    state: object
    looked_at: float


@dataclass(kw_only=True)
class Shelf:
    """The pages of one site."""

    site: Site
    _pages: OrderedDict[Hashable, _Kept] = field(default_factory=OrderedDict)

    async def page(self, key: Hashable, source: Source, *, now: float) -> Made | None:
        """Return a page that is true, made where it has to be; None: there is none.

        `now` are seconds of a clock that only goes on.
        """
        kept = self._pages.get(key)
        if kept is not None and now - kept.looked_at < LOOKED_AGAIN:
            return kept.page
        if kept is not None:
            kept.looked_at = now  # others meanwhile get what there was a second ago
        try:
            state = await self.site.work(source.state)
            if kept is None or kept.state != state:
                kept = _Kept(await self.site.work(source.make), state, now)
                self._keep(key, kept)
        except BaseException:
            self._pages.pop(key, None)
            raise
        return kept.page

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        if kept.page is None:  # addresses of nothing are endless
            self._pages.pop(key, None)
            return
        self._pages[key] = kept
        while len(self._pages) > _MOST_KEPT:
            self._pages.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Source:
    """How a page is made, and what changes whenever it has to be made anew; both wait."""

    make: Callable[[], Made | None]
    state: Callable[[], object]


def pictures_of(policy: str) -> Mapping[str, str]:
    """Return the policy of a page that shows pictures from wherever the edition has them."""
    return {"Content_Security_Policy": policy.replace("img-src 'self'", "img-src 'self' https:")}
