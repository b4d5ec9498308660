"""Serve the site: uvicorn, with clients that are slow to ask cut off."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from newsletter.core.errors import UsageError
from newsletter.web.ending import Server

SLOWEST_HEAD = 15.0  # seconds for the head of a request
MOST_AT_ONCE = 2_000  # connections; more are told to come back
_KEPT_OPEN = 15  # seconds between two requests of a connection


class Hurried(H11Protocol):
    """HTTP/1.1, where the head of a request has to be there in time, however slowly it drips."""

    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request; wait for its end where it is not the whole head."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop()
        elif self._due is None and not self._is_busy():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop()
        super().connection_lost(exc)

    def _is_busy(self) -> bool:
        cycle: Any = self.cycle  # None before the first request, whatever uvicorn declares
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        self._due = self.loop.call_later(SLOWEST_HEAD, self._cut)

    def _stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _cut(self) -> None:
        self._due = None
        if not self.transport.is_closing():
            self.transport.abort()


def listen(host: str, port: int) -> socket.socket:
    """Take a port; 0 takes a free one. Raises `UsageError` for one that cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"The site cannot listen on {host}, port {port}: {getattr(error, 'strerror', error)}.",
            hint="Is another one running? [web] host and port, or --port, name another place.",
        ) from error


def address(listener: socket.socket) -> str:
    """Return where a listener is reached from this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def make(app: ASGIApp, *, has_errands: bool = True) -> Server:
    """Make the server; run it with the sockets it is to listen on.

    Without errands nothing is worked off beside the answers: the tick does it.
    """
    config = uvicorn.Config(
        app,
        http=Hurried,
        ws="none",
        lifespan="on" if has_errands else "off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # the site reads those of `[web] trusted_proxies` itself
        server_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=_KEPT_OPEN,
        timeout_graceful_shutdown=20,
    )
    return Server(config)
