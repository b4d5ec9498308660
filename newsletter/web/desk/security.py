"""What keeps the desk to itself: a token, this machine's names, its own pages' forms, headers."""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
_NOT_HERE = "This is not the desk’s address. The terminal shows the whole of it."
_SAFE = frozenset({"GET", "HEAD"})


def make_token() -> str:
    """Make the secret that begins every address of one run of the desk."""
    return secrets.token_urlsafe(16)


class Guarded:
    """Refuse who is not at the desk, and protect every answer."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self.app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; either answer has the protecting headers."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is not None and scope["method"] not in _SAFE:
            await _drained(receive)
        await (refusal or self.app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        first = scope["path"].removeprefix("/").partition("/")[0]
        if not secrets.compare_digest(first.encode(), self._token.encode()):
            return _refused(403, _NOT_HERE)
        if scope["method"] in _SAFE:
            return None
        headers = Headers(scope=scope)
        if headers.get("origin") != f"http://{headers.get('host', '')}":
            return _refused(403, "This did not come from a page of the desk: nothing was done.")
        return None


def _refused(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status_code=status)


async def _drained(receive: Receive) -> None:
    """Read what is left of a body: a browser listens only when it has said everything."""
    while (await receive()).get("more_body"):
        pass
