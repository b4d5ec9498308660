"""A small proxy on loopback: it leads every name to one server, and notes what it could read."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from typing import Self
from urllib.parse import urlsplit

from tests.support.time import PATIENCE


class SmallProxy:
    """Takes CONNECT and requests in absolute form; `leads_to` is the server behind every name."""

    def __init__(self, leads_to: str = "", *, login: str = "", status: int = 200) -> None:
        self.heads: list[str] = []  # of every request it was sent
        self.passed: list[bytes] = []  # what went through towards the server
        self._leads_to = urlsplit(leads_to)
        self._login = login
        self._status = status
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def url(self, login: str = "") -> str:
        """Return its address, with a login where one is wanted."""
        return f"http://{login + '@' if login else ''}127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in list(self._threads):
            thread.join(PATIENCE)

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(sock)
            self._start(self._serve, sock)

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._answer(client)
        client.close()

    def _answer(self, client: socket.socket) -> None:
        read = b""
        while b"\r\n\r\n" not in read:
            more = client.recv(65_536)
            if not more:
                return
            read += more
        head, _, rest = read.partition(b"\r\n\r\n")
        self.heads.append(head.decode("latin-1"))
        wanted = base64.b64encode(self._login.encode()).decode()
        if self._login and f"Proxy-Authorization: Basic {wanted}" not in self.heads[-1]:
            client.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
            return
        if self._status != 200:
            client.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % self._status)
            return
        with self._server() as server:
            if head.startswith(b"CONNECT "):
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                server.sendall(read)
            self._start(self._pump, server, client)
            self._pass_on(client, server, rest if head.startswith(b"CONNECT ") else b"")

    def _server(self) -> socket.socket:
        found = socket.create_connection((self._leads_to.hostname, self._leads_to.port))
        self._open.append(found)
        return found

    def _pass_on(self, client: socket.socket, server: socket.socket, first: bytes) -> None:
        data = first or client.recv(65_536)
        while data:
            self.passed.append(data)
            server.sendall(data)
            data = client.recv(65_536)
        server.shutdown(socket.SHUT_RDWR)

    def _pump(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65_536):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)
