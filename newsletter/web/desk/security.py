"""What keeps the desk to itself: a token, this machine's names, its own pages' forms, headers."""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.core.errors import InputError
from newsletter.web.desk import sign_in
from newsletter.web.desk.sign_in import SignIn

# The page loads nothing but its own files and talks to nobody else.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The mail may show its pictures, as it does in an inbox; it may not run anything.
MAIL_POLICY = (
    "default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; "
    "font-src https:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HOSTS = ["127.0.0.1", "localhost"]
"""The names this server answers to: a page elsewhere that points a name of its own at this machine
(DNS rebinding) is refused."""

_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers would then hide the origin of the desk's own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FOREIGN = "This did not come from a page of the desk: nothing was done."
_SAFE = frozenset({"GET", "HEAD"})


def make_token() -> str:
    """Make the secret that begins every address of one run of the desk."""
    return secrets.token_urlsafe(16)


class Guarded:
    """Refuse who is not at the desk, and protect every answer."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self.app = app
        self._sign_in = SignIn(token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; either answer has the protecting headers."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = await self._answer(scope, receive)
        await (answer or self.app)(scope, receive, send_guarded)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        """Answer who is not signed in, and what comes from elsewhere; None: the desk answers."""
        path: str = scope["path"]
        is_submitted = scope["method"] not in _SAFE
        if is_submitted and not _is_own(Headers(scope=scope)):
            await _drained(receive)
            return PlainTextResponse(_FOREIGN, status_code=403)
        if is_submitted and path == sign_in.PATH:
            return await self._signed_in(Request(scope, receive))
        if self._sign_in.is_known(path.removeprefix("/").partition("/")[0]):
            return None
        if is_submitted:
            await _drained(receive)
        return self._sign_in.page(path)

    async def _signed_in(self, request: Request) -> Response:
        try:
            return await self._sign_in.answer(request)
        except (InputError, HTTPException):  # no form, or more than one
            return self._sign_in.page("/", is_wrong=True)


def _is_own(headers: Headers) -> bool:
    """Say whether a request comes from a page of this very server."""
    return headers.get("origin") == f"http://{headers.get('host', '')}"


async def _drained(receive: Receive) -> None:
    """Read what is left of a body: a browser listens only when it has said everything."""
    while (await receive()).get("more_body"):
        pass
