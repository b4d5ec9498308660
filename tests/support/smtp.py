"""A real mail server on this machine, which answers as it is told and keeps what it takes."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.support.time import PATIENCE

# It logs every line it reads; what our own side logs is looked at by the tests.
logging.getLogger("mail.log").disabled = True
Script = Callable[[str], str | None]


def _say_nothing(_address: str) -> str | None:
    return None


@dataclass
class MailServer:
    """What the server does and has seen; answers are whole lines such as "550 gone"."""

    on_rcpt: Script = _say_nothing
    on_data: Script = _say_nothing  # None: taken; "hang up": the connection ends without answer
    pipelining: bool = True
    eight_bit: bool = True
    tls: ssl.SSLContext | None = None  # spoken from the first byte
    options: dict[str, Any] = field(default_factory=dict)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.taken]

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, host: str, lines: list[str]
    ) -> list[str]:
        session.host_name = host
        if not self.eight_bit:
            lines.remove("250-8BITMIME")
        if not self.pipelining:
            return lines
        return [*lines[:-1], "250-PIPELINING", lines[-1]]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.on_rcpt(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        (address,) = envelope.rcpt_tos
        answer = self.on_data(address)
        if answer is None or answer == "hang up":
            self.taken.append((address, envelope.original_content or b""))
        if answer == "hang up":
            assert server.transport is not None
            server.transport.abort()
        return answer or "250 OK"

    def make(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="mail.example.org", enable_SMTPUTF8=False, **self.options)


def only(user: bytes, password: bytes) -> Callable[..., AuthResult]:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> Any:
        right = (data.login, data.password) == (user, password)
        return AuthResult(success=right, handled=False)

    return authenticate


@contextmanager
def running(server: MailServer, *, port: int = 0) -> Iterator[MailServer]:
    """Run a mail server on a free port, in a thread of its own."""
    loop = asyncio.new_event_loop()
    listener = socket.create_server(("127.0.0.1", port))
    server.port = listener.getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def begin() -> asyncio.Server:
        return await loop.create_server(server.make, sock=listener, ssl=server.tls)

    async def end(listening: asyncio.Server) -> None:
        listening.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    listening = asyncio.run_coroutine_threadsafe(begin(), loop).result(PATIENCE)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(end(listening), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
