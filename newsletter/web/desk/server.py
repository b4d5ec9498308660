"""Serve the desk on this machine only, until Ctrl-C."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import uvicorn

from newsletter.core.errors import UsageError
from newsletter.editions.proofs import Preview
from newsletter.web.desk.renders import Soon, Stages
from newsletter.web.desk.routes import Site
from newsletter.web.desk.session import Opener
from newsletter.web.desk.starting import GRACE
from newsletter.web.ending import Server

HOST = "127.0.0.1"
_PATIENCE = 5  # seconds that a page under way may keep the desk open
_TURN = 0.001  # seconds that a render keeps the interpreter while a page waits for an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What one run of the desk is made from."""

    token: str
    name: str  # the publication's
    day: date  # where it opens
    media: Path  # the publication's own pictures
    render: Callable[[date, Soon], Preview]
    watched: Callable[[date], Iterable[Path]]  # looked at beside the paths a preview names
    opened: Opener  # the publication as its files are at that moment
    grace: float = GRACE  # seconds in which a send that was asked for can be taken back
    stands: Callable[[date], object] = lambda _: None  # what the ledger knows of an edition


def listen(port: int) -> socket.socket:
    """Take a port of this machine; 0 takes a free one. Raises `UsageError` for a taken one."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise UsageError(
            f"The desk cannot listen on {HOST}, port {port}: {error.strerror}.",
            hint="Is another preview running? Choose a port with --port, or 0 for a free one.",
        ) from error


def front(listener: socket.socket) -> str:
    """Return the address that stays the same, where the token is asked for."""
    return f"http://{HOST}:{listener.getsockname()[1]}/"


def address(listener: socket.socket, token: str) -> str:
    """Return the address that asks for nothing any more: whoever knows it is in."""
    return f"{front(listener)}{token}/"


def make(desk: Desk) -> Server:
    """Make the server."""

    def is_closing() -> bool:
        return server.should_exit

    site = Site(
        token=desk.token,
        name=desk.name,
        day=desk.day,
        media=desk.media,
        stages=Stages(desk.render, desk.watched, desk.stands),
        opened=desk.opened,
        is_closing=is_closing,
        grace=desk.grace,
    )
    config = uvicorn.Config(
        site.app(),
        lifespan="off",
        log_level="critical",  # what is cut off was told that the desk is gone
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=_PATIENCE,
    )
    server = Server(config)
    return server


def serve(desk: Desk, *, listener: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM; open pages are told at once that the desk is gone."""
    sys.setswitchinterval(_TURN)
    with suppress(KeyboardInterrupt):
        make(desk).run(sockets=[listener])
