"""What stands before every page: hosts, proxies, bounds of a request, headers, and the last net.

A log line has the request's id, what was asked for by the name of its code, and how it ended:
never a path, which may hold a token, and never an address.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from functools import cache, partial
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.core.config.settings import Settings
from newsletter.core.errors import StorageError
from newsletter.core.logs import origin
from newsletter.web.site import languages
from newsletter.web.site.networks import Network, asker, network_of, networks
from newsletter.web.site.pages import Pages

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""No script at all, nothing foreign. A page that shows pictures of others says so itself."""
LARGEST_BODY = 64 * 1024  # bytes of a form
LARGEST_POST = 4 * 1024 * 1024  # of a provider's events
SLOWEST_BODY = 20.0  # seconds
SLOWEST_READER = 60.0  # seconds for one piece of an answer
WEBHOOKS = "/webhooks/"
HEALTH = "/healthz"
PRIVATE = ("/u/", "/join/", "/me/", "/answers/", "/approve/")
"""Begin the addresses that hold a token: never cached, never indexed, never told to others."""
OPEN = ("/u/", "/join", "/me/", "/answers/", WEBHOOKS)
"""Begin the addresses where a form of another site is answered by the page itself: the token is the
authority there, or the page asks once more."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_PRIVATE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_QUERY = "".join(map(chr, range(33, 127)))  # what of a query stays as it is
log = logging.getLogger(__name__)
Answer = Callable[[Scope, int], Response]
RawHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What this installation allows."""

    hosts: frozenset[str]
    proxies: tuple[Network, ...]
    base: str
    is_secure: bool  # the public address is https
    languages: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings, pages: Pages) -> Rules:
        """Take them from the configuration."""
        address = urlsplit(settings.publication.url)
        names = {(address.hostname or "").lower(), "127.0.0.1", "localhost", "::1"}
        return cls(
            hosts=frozenset(names),
            proxies=networks(settings.web.trusted_proxies),
            base=pages.base,
            is_secure=address.scheme == "https",
            languages=pages.languages,
        )


class Guarded:
    """The application behind all of it; `told` makes a status's page, `done` hears of forms."""

    def __init__(
        self, app: ASGIApp, *, rules: Rules, told: Answer, done: Callable[[], None]
    ) -> None:
        self.app = app
        self._rules = rules
        self._told = told
        self._done = done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; nothing that goes wrong leaves this place."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = self._prepared(scope)
        sending = _Sending(send, _headers(scope, self._rules))
        begun = perf_counter()
        try:
            answer = self._refusal(scope) or self.app
            await answer(scope, _bounded(scope, receive), sending)
        except ClientDisconnect:
            pass
        except Exception as error:  # noqa: BLE001  # an edge: nobody sees a traceback
            await self._failed(scope, receive, sending, error)
        finally:
            if scope["method"] not in _SAFE:
                self._done()
            _tell(scope, sending, perf_counter() - begun)

    def _prepared(self, scope: Scope) -> Scope:
        """Write down who asks, in which language, and for what below the publication's own path."""
        rules, headers = self._rules, Headers(scope=scope)
        peer = scope.get("client")
        client = asker(peer[0] if peer else None, headers.getlist("x-forwarded-for"), rules.proxies)
        path = str(scope["path"])
        if rules.base and not path.startswith(f"{rules.base}/"):
            path = rules.base + path  # a proxy took it off
        query = bytes(scope.get("query_string", b""))
        if not query.isascii():  # no browser's: they write it as %FF
            query = quote(query, safe=_QUERY).encode()
        state = {
            **scope.get("state", {}),
            "id": secrets.token_hex(6),
            "network": network_of(client),
            "language": languages.chosen(headers.get("accept-language", ""), rules.languages),
            "is_foreign": is_foreign(headers),
        }
        told = {"path": path, "root_path": rules.base, "query_string": query, "state": state}
        return {**scope, **told}

    def _refusal(self, scope: Scope) -> Response | None:
        path, headers = own_path(scope), Headers(scope=scope)
        if path != HEALTH and _name(headers.get("host", "")) not in self._rules.hosts:
            return self._told(scope, 421)
        if scope["method"] in _SAFE:
            return None
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:12]) > _most(path):
            return self._told(scope, 413)
        if scope["state"]["is_foreign"] and not path.startswith(OPEN):
            return self._told(scope, 403)
        return None

    async def _failed(
        self, scope: Scope, receive: Receive, sending: _Sending, error: Exception
    ) -> None:
        if not isinstance(error, HTTPException):
            what = error.what if isinstance(error, StorageError) else origin(error)
            words = {"event": "site.fault", "request": scope["state"]["id"]}
            log.error("Request %s failed: %s", scope["state"]["id"], what, extra=words)
        if not sending.has_begun:
            with contextlib.suppress(OSError):
                await self._told(scope, status_of(error))(scope, receive, sending)


def status_of(error: Exception) -> int:
    """Return the status an error is told with; only 503 says that the same may work later."""
    if isinstance(error, HTTPException):
        return error.status_code
    return 503 if isinstance(error, StorageError) else 500


def own_path(scope: Scope) -> str:
    """Return the path of a request below the publication's own."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def is_foreign(headers: Headers) -> bool:
    """Say whether a browser sent a form here from a page of another site.

    A page with a token tells no origin, so there the browser's own word counts alone.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    sender = headers.get("origin")
    if sender is None or sender == "null":
        return sender == "null"
    try:
        return urlsplit(sender).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


def _name(host: str) -> str:
    """Return the name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()


def _most(path: str) -> int:
    return LARGEST_POST if path.startswith(WEBHOOKS) else LARGEST_BODY


def _headers(scope: Scope, rules: Rules) -> RawHeaders:
    """Return the headers of an answer, as far as a page sets none itself."""
    known = _raw(own_path(scope).startswith(PRIVATE), rules.is_secure)
    return (*known, (b"x-request-id", scope["state"]["id"].encode()))


@cache
def _raw(is_private: bool, is_secure: bool) -> RawHeaders:  # noqa: FBT001
    headers = _HEADERS | (_PRIVATE_HEADERS if is_private else {})
    if is_secure:
        headers |= {"Strict-Transport-Security": "max-age=31536000"}
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Read a body up to its bound, and not for ever."""
    most, size, is_whole = _most(own_path(scope)), 0, False
    deadline = asyncio.get_running_loop().time() + SLOWEST_BODY

    async def bounded() -> Message:
        nonlocal size, is_whole
        if is_whole:
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        size += len(message.get("body", b""))
        is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        if size > most:
            raise HTTPException(413)
        return message

    return bounded


class _Sending:
    """What an answer goes out through: its headers put in, and a client that does not read cut."""

    def __init__(self, send: Send, headers: RawHeaders) -> None:
        self._send = send
        self._headers = headers
        self.status = 0

    @property
    def has_begun(self) -> bool:
        """Say whether a part of the answer is out."""
        return self.status > 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = message.get("headers", ())
            named = {name for name, _ in own}
            ours = (one for one in self._headers if one[0] not in named)
            message = {**message, "headers": [*own, *ours]}
        await _in_time(self._send(message))


async def _in_time(piece: Awaitable[None]) -> None:
    """Wait until a piece is out, but not for ever; most are at once, and need no clock."""
    sending = piece.__await__()
    try:
        waits_for = sending.send(None)
    except StopIteration:
        return
    async with asyncio.timeout(SLOWEST_READER):
        await _Rest(sending, waits_for)


class _Rest:
    """What is left of something begun that waits."""

    def __init__(self, begun: Generator[Any, Any, None], waits_for: Any) -> None:
        self._begun = begun
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        """Wait for that first, then for whatever else it waits for."""
        while True:
            try:
                told = yield self._waits_for
            except BaseException as error:  # noqa: BLE001  # what ends us ends it
                resume = partial(self._begun.throw, error)
            else:
                resume = partial(self._begun.send, told)
            try:
                self._waits_for = resume()
            except StopIteration:
                return


def _tell(scope: Scope, sending: _Sending, seconds: float) -> None:
    endpoint = scope.get("endpoint")
    asked = getattr(endpoint, "__qualname__", type(endpoint).__name__) if endpoint else "nothing"
    log.info(
        "%s %s %s %d in %.0f ms",
        scope["state"]["id"],
        scope["method"] if scope["method"].isalpha() else "?",
        asked.rpartition("<locals>.")[2],
        sending.status,
        seconds * 1000,
        extra={"event": "site.request"},
    )
