"""Kept-open connections, so many at a time, each lent to one exchange."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.core.config.proxies import Proxy
from newsletter.core.http.answer import NeverSent, NotAllowed
from newsletter.core.http.sockets import Allow, Connection, Deadline, Origin, connect
from newsletter.core.sentences import said

KEEP_IDLE = 5.0  # seconds; shorter than any server or middlebox is known to keep a connection


class Pool:
    """Connections to any servers, usable from several threads at once."""

    def __init__(self, *, connections: int, allow: Allow | None, trust: ssl.SSLContext) -> None:
        """Open nothing yet."""
        self._free = threading.BoundedSemaphore(connections)
        self._most = connections
        self._allow = allow
        self._trust = trust
        self._lock = threading.Lock()
        self._idle: list[tuple[Origin, Connection, float]] = []  # the longest idle first

    @contextmanager
    def connection(
        self, origin: Origin, limit: Deadline, *, proxy: Proxy | None = None
    ) -> Iterator[Connection]:
        """Lend a connection; it is kept only when an exchange on it came to its end.

        Raises `NeverSent` when none is free in time or none can be made.
        """
        if not self._free.acquire(timeout=max(limit.ends - time.monotonic(), 0)):
            raise NeverSent(said("no free connection"))
        try:
            lent = self._kept(origin) or self._made(origin, limit, proxy)
            try:
                yield lent
            finally:
                self._take_back(origin, lent)
        finally:
            self._free.release()

    def close(self) -> None:
        """Close what is idle; harmless when called twice."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, connection, _ in idle:
            connection.close()

    def _kept(self, origin: Origin) -> Connection | None:
        """Return the connection that was used last, if it can still be used."""
        while True:
            with self._lock:
                index = next(
                    (n for n in reversed(range(len(self._idle))) if self._idle[n][0] == origin),
                    None,
                )
                if index is None:
                    return None
                _, found, since = self._idle.pop(index)
            if time.monotonic() - since < KEEP_IDLE and not found.is_readable():
                return found
            found.close()

    def _made(self, origin: Origin, limit: Deadline, proxy: Proxy | None) -> Connection:
        try:
            return connect(origin, limit, allow=self._allow, trust=self._trust, proxy=proxy)
        except PermissionError as error:
            raise NotAllowed(*error.args) from error
        except (OSError, ValueError) as error:  # ValueError: a name that no certificate can have
            raise NeverSent(said("no connection: %(why)s", why=error)) from error

    def _take_back(self, origin: Origin, connection: Connection) -> None:
        if not connection.can_go_on():
            connection.close()
            return
        with self._lock:
            self._idle.append((origin, connection, time.monotonic()))
            surplus = self._idle[: -self._most]
            self._idle = self._idle[-self._most :]
        for _, one, _ in surplus:
            one.close()
