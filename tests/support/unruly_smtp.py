"""A mail server that misbehaves as told: limits, dropped connections, missing extensions."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.core.clock import Clock

Script = Callable[[str], str | None]


def _say_nothing(_address: str) -> str | None:
    return None


def greylisting(clock: Clock, wait: timedelta, *, whom: Callable[[str], bool]) -> Script:
    """Script a server that takes a stranger's mail only some time after the first try."""
    first: dict[str, datetime] = {}

    def script(address: str) -> str | None:
        begun = first.setdefault(address, clock.now())
        early = whom(address) and clock.now() - begun < wait
        return f"450 4.7.1 <{address}>: greylisted" if early else None

    return script


@dataclass
class UnrulyServer:
    """What the server does, and has seen. "hang up" as an answer: the connection ends instead."""

    on_mail: Script = _say_nothing
    on_rcpt: Script = _say_nothing
    on_content: Script = _say_nothing
    on_data: Script = _say_nothing
    on_ehlo: str = ""
    hang_up_in_content: Callable[[str], bool] = lambda _address: False
    most_per_connection: int | None = None
    says_goodbye: bool = True  # with a 421, when there are too many on a connection
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME")
    on_starttls: str = "454 4.7.0 TLS not available due to a temporary reason"
    on_auth: str | list[str] = "235 2.7.0 ok"  # or one after the other
    greeting: str = "220 unruly ESMTP"
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)  # RCPT, by address
    connections: int = 0
    port: int = 0

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.taken]


class _EndedError(Exception):
    """The server ends the connection."""


class _Dialogue(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        self.does: UnrulyServer = self.server.does  # type: ignore[attr-defined]
        self.does.connections += 1
        self.took, self.to = 0, ""
        try:
            self.say(self.does.greeting)
            for line in self.rfile:
                self.answer(line.decode("latin-1").strip())
        except (_EndedError, OSError):
            return

    def say(self, text: str) -> None:
        said, ends, _ = text.partition("hang up")
        if said:
            self.wfile.write(f"{said}\r\n".encode("latin-1"))
        if ends or text.startswith("421"):
            raise _EndedError

    def answer(self, line: str) -> None:
        verb = line[:4].upper()
        match verb:
            case "EHLO":
                lines = ["unruly", *self.does.extensions]
                told = "\r\n".join(f"250-{one}" for one in lines) + "\r\n250 HELP"
                self.say(self.does.on_ehlo or told)
            case "STAR":
                self.say(self.does.on_starttls)
            case "AUTH":
                answers = self.does.on_auth
                self.say(answers if isinstance(answers, str) else answers.pop(0))
            case "MAIL":
                self.begin(line)
            case "RCPT":
                self.name(line.partition("<")[2].partition(">")[0])
            case "DATA":
                self.take()
            case "QUIT":
                self.say("221 bye")
                raise _EndedError
            case _:
                self.say("250 ok")

    def begin(self, line: str) -> None:
        most = self.does.most_per_connection
        if most is not None and self.took >= most:
            self.say("421 4.7.0 too many messages" if self.does.says_goodbye else "hang up")
        self.to = ""
        self.say(self.does.on_mail(line) or "250 ok")

    def name(self, address: str) -> None:
        self.does.asked[address] += 1
        no = self.does.on_rcpt(address)
        self.to = "" if no and not no.lstrip().startswith("25") else address
        self.say(no or "250 ok")

    def take(self) -> None:
        if not self.to:
            self.say("554 5.5.1 no valid recipients")
            return
        no = self.does.on_data(self.to)
        if no is not None:
            self.say(no)
            return
        self.say("354 go on")
        if self.does.hang_up_in_content(self.to):
            self.rfile.readline()
            raise _EndedError
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _EndedError
            lines.append(line)
        no = self.does.on_content(self.to)
        if no is None or no == "hang up" or no.lstrip().startswith("250"):
            self.does.taken.append((self.to, b"".join(lines)))
            self.took += 1
        self.say(no or "250 queued")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def unruly(server: UnrulyServer) -> Iterator[UnrulyServer]:
    """Run the server on a free port, in threads of its own."""
    listening = _Server(("127.0.0.1", 0), _Dialogue)
    listening.does = server  # type: ignore[attr-defined]
    server.port = listening.server_address[1]
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
