"""One connection, spoken with h11: requests in, answers out, and the ways a socket can fail."""

from __future__ import annotations

import asyncio
import socket
import struct
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote

import h11

from newsletter.sandbox.exchange import Answer, Request

_READ = 64 * 1024
_LINGER_RESET = struct.pack("ii", 1, 0)  # socket(7): close sends RST and drops what is unsent


class Ended(Exception):  # noqa: N818 - the other side ended the connection, which is no error
    """The client went away, or does not speak HTTP."""


class Connection:
    """A keep-alive connection to one client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)

    async def next_request(self) -> Request | None:
        """Read the head of the next request; None when the client is done."""
        if self._http.our_state is h11.DONE:
            if self._http.their_state is not h11.DONE:
                return None
            self._http.start_next_cycle()
        if self._http.our_state is not h11.IDLE:
            return None
        head = await self._next_event()
        return _request(head) if isinstance(head, h11.Request) else None

    async def read_body(self, *, keep: int) -> tuple[bytes, int]:
        """Read the whole body; give its first `keep` bytes and its full length."""
        found = bytearray()
        size = 0
        while isinstance(event := await self._next_event(), h11.Data):
            size += len(event.data)
            found += event.data[: max(0, keep - len(found))]
        return bytes(found), size

    async def read_some(self, least: int) -> bytes:
        """Read `least` bytes of the body, or all of it where it is shorter."""
        found = b""
        while len(found) < least and isinstance(event := await self._next_event(), h11.Data):
            found += event.data
        return found

    async def send(self, answer: Answer) -> None:
        """Write an answer."""
        self._writer.write(self._bytes_of(answer))
        await self._writer.drain()

    async def dribble(self, answer: Answer, interval: float) -> None:
        """Write an answer byte by byte."""
        for byte in self._bytes_of(answer):
            self._writer.write(bytes([byte]))
            await self._writer.drain()
            await asyncio.sleep(interval)

    async def send_garbage(self) -> None:
        """Write what is no HTTP answer, and close."""
        self._writer.write(b"220 this is not the server you are looking for\r\n\r\n")
        await self._writer.drain()
        self._writer.close()

    async def hold(self) -> None:
        """Stay silent until the client goes away."""
        while await self._reader.read(_READ):
            pass

    async def wait(self, seconds: float) -> None:
        """Let time go by."""
        await asyncio.sleep(seconds)

    def reset(self) -> None:
        """End the connection with RST."""
        sock: socket.socket | None = self._writer.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
        self._writer.transport.abort()

    def close(self) -> None:
        """End the connection with FIN, after what is written."""
        self._writer.close()

    async def _next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                if self._http.they_are_waiting_for_100_continue:
                    waiting = h11.InformationalResponse(status_code=100, headers=[])
                    self._writer.write(self._http.send(waiting) or b"")
                self._http.receive_data(await self._reader.read(_READ))
        except (h11.RemoteProtocolError, ConnectionError) as error:
            raise Ended(str(error)) from error
        if isinstance(event, h11.ConnectionClosed):
            raise Ended("closed by the client")
        return event

    def _bytes_of(self, answer: Answer) -> bytes:
        head = h11.Response(
            status_code=answer.status,
            headers=[
                ("Date", formatdate(usegmt=True)),
                ("Server", "newsletter-sandbox"),
                ("Content-Length", str(len(answer.body))),
                *answer.headers,
            ],
        )
        events: list[h11.Event] = [head, h11.Data(data=answer.body), h11.EndOfMessage()]
        return b"".join(self._http.send(event) or b"" for event in events)


def _request(head: h11.Request) -> Request:
    path, _, query = head.target.decode("ascii", "replace").partition("?")
    return Request(
        method=head.method.decode("ascii", "replace"),
        path=unquote(path),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers},
    )
