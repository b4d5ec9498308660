"""A provider that takes everything, and keeps its own record of who got how many mails."""

from __future__ import annotations

import mmap
import multiprocessing
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_READER = re.compile(rb'"email":"reader(\d+)@')
_ATTEMPT = re.compile(rb'"nl_attempt":"(\w+)"')
_TAKEN = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: m\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What the provider wrote down: a byte a reader, and the id of each attempt."""

    port: int
    people: int
    memory: mmap.mmap  # shared with the provider's process
    attempts_file: Path

    @property
    def mails(self) -> int:
        """Count the mails so far."""
        return int.from_bytes(self.memory[self.people :], "little")

    def twice(self) -> int:
        """Count who has more than one mail."""
        counts = self.memory[: self.people]
        return self.people - counts.count(0) - counts.count(1)

    def without(self) -> int:
        """Count who has no mail."""
        return self.memory[: self.people].count(0)

    def attempts(self) -> set[str]:
        """Return the ids of the attempts that were taken."""
        return set(self.attempts_file.read_text().split())


@contextmanager
def tally(people: int, folder: Path) -> Iterator[Tally]:
    """Run the provider in a process of its own; the readers are `reader0@` to `reader(N - 1)@`."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    memory = mmap.mmap(-1, people + 8)
    file = folder / "attempts"
    file.touch()
    kept = Tally(port=listening.getsockname()[1], people=people, memory=memory, attempts_file=file)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(listening, kept))
    process.start()
    try:
        yield kept
    finally:
        process.terminate()
        process.join()
        listening.close()


def _serve(listening: socket.socket, kept: Tally) -> None:
    lock = threading.Lock()
    while True:
        connection, _ = listening.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_answer, args=(connection, kept, lock), daemon=True).start()


def _answer(connection: socket.socket, kept: Tally, lock: threading.Lock) -> None:
    """Take each request that comes whole, and write it down before it is answered."""
    with connection:
        try:
            while (body := _request(connection)) is not None:
                with lock:
                    _keep(body, kept)
                connection.sendall(_TAKEN)
        except ConnectionError:
            return


def _request(connection: socket.socket) -> bytes | None:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65_536)
        if not piece:
            return None
        head += piece
    head, _, begun = head.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    length = int(found.group(1)) if found else 0
    body = bytearray(length)
    body[: len(begun)] = begun
    room, at = memoryview(body), len(begun)
    while at < length:
        read = connection.recv_into(room[at:])
        if not read:
            return None  # it was cut off: nothing is taken
        at += read
    return bytes(body)


def _keep(body: bytes, kept: Tally) -> None:
    readers = _READER.findall(body)
    for reader in readers:
        kept.memory[int(reader)] = min(kept.memory[int(reader)] + 1, 255)
    kept.memory[kept.people :] = (kept.mails + len(readers)).to_bytes(8, "little")
    ids = {found.decode() for found in _ATTEMPT.findall(body)}
    with kept.attempts_file.open("a") as file:
        file.writelines(f"{one}\n" for one in ids)
