"""A server ends soon whoever is connected, and closes every connection."""

from __future__ import annotations

import gc
import socket
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from newsletter.web.ending import Server
from tests.support.time import PATIENCE, wait_until


class Missed(set[Any]):
    """Connections of which one that was accepted just now is not told at first."""

    def __iter__(self) -> Iterator[Any]:
        known, self.told = getattr(self, "told", False), True
        return super().__iter__() if known else iter(())


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


def ended(server: uvicorn.Server, listener: socket.socket, *, says: bytes = b"") -> bytes:
    """Connect, say something, and have the server end; return what it said to that."""
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    with socket.create_connection(listener.getsockname(), timeout=PATIENCE) as client:
        client.sendall(says)
        wait_until(lambda: len(server.server_state.connections))
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            gc.collect()
        assert [str(one.message) for one in told if one.category is ResourceWarning] == []
        return b"".join(iter(lambda: client.recv(4096), b""))


def make(patience: int) -> Server:
    config = uvicorn.Config(
        Starlette(), log_level="critical", lifespan="off", timeout_graceful_shutdown=patience
    )
    return Server(config)


@pytest.mark.parametrize("says", [b"", b"GET / HT"])
def test_a_connection_that_is_accepted_in_the_last_moment_is_closed_at_once(
    listener: socket.socket, says: bytes
) -> None:
    server = make(10 * PATIENCE)
    server.server_state.connections = Missed()
    assert ended(server, listener, says=says) == b""


def test_a_request_that_never_ends_is_cut_off(listener: socket.socket) -> None:
    says = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"
    assert ended(make(1), listener, says=says)[:12] in {b"", b"HTTP/1.1 404"}
