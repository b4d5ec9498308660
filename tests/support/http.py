"""A small HTTP server on raw sockets whose every connection follows a script.

A script is a function of a `Connection`; what it does not do, does not happen. When it returns,
the connection is closed. Waits end at once when the server is closed.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

from tests.support.time import PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One whole request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Connection:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket, server: ScriptedServer) -> None:
        self.sock = sock
        self._server = server
        self._rest = b""

    def read_some(self) -> bytes:
        """Read what is there; nothing at the end."""
        return self.sock.recv(65_536)

    def read_request(self) -> Received | None:
        """Read one whole request and note it; None when the client closed."""
        while b"\r\n\r\n" not in self._rest:
            more = self.read_some()
            if not more:
                return None
            self._rest += more
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self._rest) < length:
            self._rest += self.read_some()
        body, self._rest = self._rest[:length], self._rest[length:]
        method, target, _ = first.split(" ")
        request = Received(method=method, target=target, headers=headers, body=body)
        self._server.requests.append(request)
        return request

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def dribble(self, data: bytes, *, every: float = 0.02) -> None:
        """Send byte by byte, with a pause before each."""
        for byte in data:
            if self.wait(every):
                return
            self.send(bytes([byte]))

    def wait(self, seconds: float) -> bool:
        """Wait; True when the server is closing."""
        return self._server.closing.wait(seconds)

    def reset(self) -> None:
        """Close with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Script = Callable[[Connection], None]


class ScriptedServer:
    """Listens on a loopback port; the last script serves every further connection too."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self.closing = threading.Event()
        self._scripts = scripts
        self._tls = tls
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a script does not end"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock, script), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket, script: Script) -> None:
        with contextlib.suppress(OSError):  # a client that gave up is what the tests are about
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
                self._open.append(sock)
            script(Connection(sock, self))
        sock.close()


def response(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Write a whole answer; `x_message_id="a"` becomes the header `x-message-id: a`."""
    head = f"HTTP/1.1 {status} Whatever\r\n"
    for name, value in headers.items():
        head += f"{name.replace('_', '-')}: {value}\r\n"
    return head.encode("latin-1") + b"content-length: %d\r\n\r\n" % len(body) + body


def always(data: bytes) -> Script:
    """Answer every request of a connection alike."""

    def script(connection: Connection) -> None:
        while connection.read_request():
            connection.send(data)

    return script


def in_turn(*answers: bytes) -> Script:
    """Answer the requests of a connection in turn, then close it."""

    def script(connection: Connection) -> None:
        for data in answers:
            if connection.read_request():
                connection.send(data)

    return script


def silent(connection: Connection) -> None:
    """Take a request and say nothing."""
    connection.read_request()
    connection.wait(PATIENCE)


def close_after_request(connection: Connection) -> None:
    """Take a request and hang up."""
    connection.read_request()


def reset_after_request(connection: Connection) -> None:
    """Take a request and reset the connection."""
    connection.read_request()
    connection.reset()


def reset_in_body(connection: Connection) -> None:
    """Reset the connection as soon as the first bytes are there."""
    connection.read_some()
    connection.reset()


def never_read(connection: Connection) -> None:
    """Accept, and read nothing."""
    connection.wait(PATIENCE)


def dribbling(data: bytes, *, at_once: int = 0) -> Script:
    """Answer byte by byte, after the first `at_once` bytes."""

    def script(connection: Connection) -> None:
        connection.read_request()
        connection.send(data[:at_once])
        connection.dribble(data[at_once:])

    return script


@contextlib.contextmanager
def closed_port() -> Iterator[str]:
    """Hold a port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@contextlib.contextmanager
def unanswered_port() -> Iterator[str]:
    """Hold a port whose queue is full, so that connecting neither works nor fails."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}"
