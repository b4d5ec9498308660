"""Sockets for httpcore2 that keep to the deadline of the whole exchange.

httpcore2 gives every step (resolve, connect, TLS, each write, each read) the same timeout, so a
server that sends one byte a second could hold a request for ever. Here the timeout is a
`Deadline`, and every step asks it what is left.
"""

from __future__ import annotations

import queue
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2

Allow = Callable[[str], bool]  # a resolved IP address, as text, may be connected to


class Deadline(float):
    """The seconds a whole exchange may take, counted from the making of this value."""

    ends: float

    def __new__(cls, seconds: float) -> Deadline:
        """Start the time."""
        made = super().__new__(cls, seconds)
        made.ends = time.monotonic() + seconds
        return made

    def left(self) -> float:
        """Give the seconds left, more than zero. Raises `TimeoutError` when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for the whole exchange is over")
        return left


def _left(timeout: float | None) -> float:
    assert isinstance(timeout, Deadline), "every step of an exchange has its deadline"
    return timeout.left()


@contextmanager
def _told_as(*, timed_out: type[Exception], failed: type[Exception]) -> Iterator[None]:
    """Turn the errors of sockets and TLS into those httpcore2 expects of a backend."""
    try:
        yield
    except TimeoutError as error:
        raise timed_out(str(error)) from error
    except (OSError, ValueError) as error:  # ValueError: a host name that no certificate can have
        raise failed(str(error)) from error


class Backend(httpcore2.NetworkBackend):
    """Opens connections, only to addresses that are allowed."""

    def __init__(self, allow: Allow | None = None) -> None:
        self._allow: Allow = allow or (lambda _address: True)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - part of httpcore2's protocol
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - the same
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the host's allowed addresses that answers.

        The check is made on the address that is connected to, so a name cannot be pointed
        elsewhere between check and use.
        """
        with _told_as(timed_out=httpcore2.ConnectTimeout, failed=httpcore2.ConnectError):
            found = _resolve(host, port, timeout)
            allowed = [one for one in found if self._allow(str(one[1][0]))]
            if not allowed:
                raise PermissionError(f"no address of {host} may be connected to")
            return _Stream(_connect(allowed, timeout))


class _Stream(httpcore2.NetworkStream):
    """One connection, with or without TLS."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _told_as(timed_out=httpcore2.ReadTimeout, failed=httpcore2.ReadError):
            self._sock.settimeout(_left(timeout))
            return self._sock.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _told_as(timed_out=httpcore2.WriteTimeout, failed=httpcore2.WriteError):
            waiting = memoryview(buffer)
            while waiting:
                self._sock.settimeout(_left(timeout))
                waiting = waiting[self._sock.send(waiting) :]

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        with _told_as(timed_out=httpcore2.ConnectTimeout, failed=httpcore2.ConnectError):
            try:
                self._sock.settimeout(_left(timeout))
                secure = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
            except BaseException:
                self.close()
                raise
            return _Stream(secure)

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object" and isinstance(self._sock, ssl.SSLSocket):
            return self._sock
        if info == "is_readable":
            return _is_readable(self._sock)
        return None


_Found = tuple[socket.AddressFamily, tuple[Any, ...]]


def _resolve(host: str, port: int, timeout: float | None) -> list[_Found]:
    """Look up a host. In a thread of its own: the system's resolver knows no timeout."""
    answer: queue.SimpleQueue[list[_Found] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put([(family, address) for family, _, _, _, address in found])
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        result = answer.get(timeout=_left(timeout))
    except queue.Empty:
        raise TimeoutError(f"the name {host} was not resolved in time") from None
    if isinstance(result, Exception):
        raise result
    return result


def _connect(addresses: list[_Found], timeout: float | None) -> socket.socket:
    """Try the addresses in turn, each with a fair share of the time that is left."""
    last: OSError | None = None
    for tried, (family, address) in enumerate(addresses):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(_left(timeout) / (len(addresses) - tried))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            last = error
        else:
            return sock
    raise last or OSError("no address")


def _is_readable(sock: socket.socket) -> bool:
    """Say whether an idle connection has something to read: then it was closed by the server."""
    if sock.fileno() < 0:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))
