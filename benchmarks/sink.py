"""A server that takes every request whole and answers 202; made to be no bottleneck."""

from __future__ import annotations

import itertools
import multiprocessing
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@contextmanager
def sink(delay: float = 0.0) -> Iterator[int]:
    """Run the server in a process of its own; give its port on 127.0.0.1.

    Each answer waits so many seconds after its request.
    """
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(listening, delay))
    process.start()
    try:
        yield listening.getsockname()[1]
    finally:
        process.terminate()
        process.join()
        listening.close()


def _serve(listening: socket.socket, delay: float) -> None:
    numbers = itertools.count(1)
    while True:
        connection, _ = listening.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_answer, args=(connection, numbers, delay), daemon=True).start()


def _answer(connection: socket.socket, numbers: Iterator[int], delay: float) -> None:
    room = bytearray(1 << 20)
    while True:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65_536)
            if not piece:
                return
            head += piece
        head, _, body = head.partition(b"\r\n\r\n")
        found = _LENGTH.search(head)
        left = (int(found.group(1)) if found else 0) - len(body)
        while left > 0:
            left -= connection.recv_into(room)
        if delay:
            time.sleep(delay)
        connection.sendall(
            b"HTTP/1.1 202 Accepted\r\nX-Message-Id: m%d\r\nContent-Length: 0\r\n\r\n"
            % next(numbers)
        )
