"""Sockets that keep to the deadline of the whole exchange.

A timeout for each step (resolve, connect, TLS, each write, each read) would let a server that
sends one byte a second hold a request for ever. Here every step asks the deadline what is left.
"""

from __future__ import annotations

import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import h11

from newsletter.core.config.proxies import Proxy
from newsletter.core.http.addresses import is_public_name
from newsletter.core.http.tunnel import ProxyRefusal, open_tunnel
from newsletter.core.sentences import said

Allow = Callable[[str], bool]  # a resolved IP address, as text, may be connected to
_PIECE = 65_536
_LONGEST_HEAD = 100_000  # bytes


class Origin(NamedTuple):
    """A server that connections can be kept to."""

    host: str
    port: int
    secure: bool

    @property
    def place(self) -> str:
        """Return host and port as HTTP writes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Deadline(float):
    """The seconds a whole exchange may take, counted from the making of this value."""

    ends: float

    def __new__(cls, seconds: float) -> Deadline:
        """Start the time."""
        made = super().__new__(cls, seconds)
        made.ends = time.monotonic() + seconds
        return made

    def left(self) -> float:
        """Return the seconds left, more than zero. Raises `TimeoutError` when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError(said("the time for the whole exchange is over"))
        return left


class Connection:
    """One connection, with or without TLS, and the state of HTTP on it."""

    def __init__(self, sock: socket.socket) -> None:
        """Take the connected socket."""
        self._sock = sock
        self.http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    def write(self, pieces: Sequence[bytes], limit: Deadline) -> None:
        """Write some pieces, one after the other. Raises `OSError`."""
        if isinstance(self._sock, ssl.SSLSocket):
            for piece in pieces:
                self._write(memoryview(piece), limit)
            return
        self._sock.settimeout(limit.left())
        sent = self._sock.sendmsg(pieces)
        for piece in pieces:
            if sent < len(piece):
                self._write(memoryview(piece)[sent:], limit)
            sent = max(sent - len(piece), 0)

    def _write(self, waiting: memoryview, limit: Deadline) -> None:
        while waiting:
            self._sock.settimeout(limit.left())
            waiting = waiting[self._sock.send(waiting) :]

    def read(self, limit: Deadline) -> object:
        """Read the next event of h11's. Raises `OSError`, `h11.RemoteProtocolError`."""
        while (event := self.http.next_event()) is h11.NEED_DATA:
            self._sock.settimeout(limit.left())
            self.http.receive_data(self._sock.recv(_PIECE))
        return event

    def can_go_on(self) -> bool:
        """Say whether an exchange came to its end, and make ready for the next one."""
        http = self.http
        if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
            return False
        if http.trailing_data[0]:
            return False
        http.start_next_cycle()
        return True

    def is_readable(self) -> bool:
        """Say whether there is something to read while idle: then the server closed it."""
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        """Close it; harmless when called twice."""
        self._sock.close()


def connect(
    origin: Origin,
    limit: Deadline,
    *,
    allow: Allow | None,
    trust: ssl.SSLContext,
    proxy: Proxy | None = None,
) -> Connection:
    """Connect to the first of the host's allowed addresses that answers, or to its proxy.

    The check is made on the address that is connected to, so a name cannot be pointed elsewhere
    between check and use. Through a proxy only the name can be judged: it is the proxy that looks
    it up. Raises `PermissionError` when none is allowed, else `OSError`.
    """
    if proxy is None:
        sock = _connect(_allowed(origin, limit, allow), limit)
    else:
        if allow is not None and not is_public_name(origin.host, allow):
            raise PermissionError(
                said("%(host)s may not be asked for through a proxy", host=origin.host)
            )
        sock = _connect_to(proxy, limit)
    try:
        if proxy is not None and origin.secure:
            open_tunnel(sock, origin.place, proxy=proxy, left=limit.left)
        if not origin.secure:
            return Connection(sock)
        sock.settimeout(limit.left())
        return Connection(trust.wrap_socket(sock, server_hostname=origin.host))
    except BaseException:
        sock.close()
        raise


def _allowed(origin: Origin, limit: Deadline, allow: Allow | None) -> list[_Found]:
    found = _resolve(origin.host, origin.port, limit)
    allowed = [one for one in found if allow is None or allow(str(one[1][0]))]
    if not allowed:
        raise PermissionError(said("no address of %(host)s may be connected to", host=origin.host))
    return allowed


def _connect_to(proxy: Proxy, limit: Deadline) -> socket.socket:
    """Connect to a proxy, which the operator named: its own address is not judged."""
    try:
        return _connect(_resolve(proxy.host, proxy.port, limit), limit)
    except TimeoutError:
        raise
    except (OSError, ValueError) as error:
        raise ProxyRefusal(
            said("the proxy %(name)s is not reached: %(why)s", name=proxy.name, why=error)
        ) from error


_Found = tuple[socket.AddressFamily, tuple[Any, ...]]


def _resolve(host: str, port: int, limit: Deadline) -> list[_Found]:
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
        result = answer.get(timeout=limit.left())
    except queue.Empty:
        raise TimeoutError(said("the name %(host)s was not resolved in time", host=host)) from None
    if isinstance(result, Exception):
        raise result
    return result


def _connect(addresses: list[_Found], limit: Deadline) -> socket.socket:
    """Try the addresses in turn, each with a fair share of the time that is left."""
    last: OSError | None = None
    for tried, (family, address) in enumerate(addresses):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(limit.left() / (len(addresses) - tried))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            last = error
        else:
            return sock
    raise last or OSError("no address")
