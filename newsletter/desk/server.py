"""Serve the desk on this machine only, until Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import uvicorn

from newsletter.desk.site import Site
from newsletter.desk.stage import Stage
from newsletter.errors import UsageError
from newsletter.preview import Preview

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Take a port of this machine; 0 takes a free one. Raises `UsageError` for a taken one."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise UsageError(
            f"The desk cannot listen on {HOST}, port {port}: {error.strerror}.",
            hint="Is another preview running? Choose a port with --port, or 0 for a free one.",
        ) from error


def address(listener: socket.socket) -> str:
    """Give the address to open in a browser."""
    return f"http://{HOST}:{listener.getsockname()[1]}/"


def make(render_now: Callable[[], Preview], *, paths: Iterable[Path]) -> uvicorn.Server:
    """Make the server; `paths` are watched beside those the preview names."""

    def is_closing() -> bool:
        return server.should_exit

    site = Site(Stage(render_now), paths=paths, is_closing=is_closing)
    config = uvicorn.Config(
        site.app(), lifespan="on", log_level="warning", access_log=False, ws="none"
    )
    server = uvicorn.Server(config)
    return server


def serve(
    render_now: Callable[[], Preview], *, paths: Iterable[Path], listener: socket.socket
) -> None:
    """Serve until Ctrl-C or SIGTERM; open pages are told at once that the desk is gone."""
    with suppress(KeyboardInterrupt):
        make(render_now, paths=paths).run(sockets=[listener])
