"""How fast copies reach a mail server, against the standard library's client in the same run.

    python benchmarks/smtp.py [COPIES]        default: 4000

The peer builds an `EmailMessage` for each reader and hands it over with `smtplib` on one kept
connection. The provider is measured on one connection and on four. The server in the other process
answers at once and throws the mail away, so it is not the bottleneck: the last row says what it
takes when ready-made bytes are written to it.
"""

from __future__ import annotations

import smtplib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from newsletter.core.model import Attempt
from newsletter.delivery.providers import smtp
from tests.support.delivery import (
    LEAVE,
    NAME,
    NOW,
    FixedClock,
    make_attempt,
    make_message,
    make_recipient,
)
from tests.support.edition import make_settings

SIZE = 100  # copies of an attempt
LINE = "<p>A promise about the sea, kept twice a day by the moon, and never late.</p>\n"
LINK = f'<p><a href="{LEAVE.html_tag}">Leave</a></p>\n'
HTML = f"<p>Dear {NAME.html_tag},</p>\n{LINE * 480}{LINK}"  # 40 kB, as a brief has
WORDS = "A promise about the sea.\n" * 160
TEXT = f"Dear {NAME.text_tag},\n{WORDS}{LEAVE.text_tag}\n"
MESSAGE = make_message(html=HTML, text=TEXT)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    ways: dict[str, Callable[[int, list[Attempt]], None]] = {
        "smtplib and EmailMessage": by_library,
        "the provider, 1 connection": by_provider,
        "the provider, 4 connections": lambda port, work: by_provider(port, work, parallel=4),
        "ready-made bytes, 1 connection": ready_made,
    }
    rates = {}
    with server() as port:
        for name, way in ways.items():
            copies = count // 10 if way is by_library else count
            work = [batch(number) for number in range(max(1, copies // SIZE))]
            start = time.perf_counter()
            way(port, work)
            rates[name] = len(work) * SIZE / (time.perf_counter() - start)
    print(f"{'':<32} {'copies':>10} {'ratio':>8}")
    for name, rate in rates.items():
        print(f"{name:<32} {rate:>8,.0f}/s {rate / rates['smtplib and EmailMessage']:>7.1f}")


def batch(number: int) -> Attempt:
    people = (make_recipient(number * SIZE + n, name=f"Reader {n}") for n in range(1, SIZE + 1))
    return replace(make_attempt(*people), id=f"attempt-{number}", message=MESSAGE)


def by_provider(port: int, work: list[Attempt], *, parallel: int = 1) -> None:
    values = {"host": "127.0.0.1", "port": port, "security": "none"}
    provider = smtp.make(make_settings(Path("/nowhere"), smtp=values), FixedClock())
    with ThreadPoolExecutor(parallel) as pool:
        list(pool.map(provider.submit, work))
    provider.close()


def by_library(port: int, work: list[Attempt]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for attempt in work:
            for person in attempt.recipients:
                client.send_message(compose(attempt, person))


def compose(attempt: Attempt, person) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(attempt.envelope.sender_name, addr_spec=attempt.envelope.sender_email)
    mail["To"] = Address(person.name, addr_spec=person.address)
    mail["Subject"] = attempt.message.subject.replace(NAME.text_tag, person.name)
    mail["Date"] = NOW
    mail["List-Unsubscribe"] = f"<{person.unsubscribe_url}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(attempt.message.text.replace(NAME.text_tag, person.name))
    mail.add_alternative(attempt.message.html.replace(NAME.html_tag, person.name), subtype="html")
    return mail


def ready_made(port: int, work: list[Attempt]) -> None:
    """Write the same finished copy again and again: what server and loopback can take."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    answers = connection.makefile("rb")
    answers.readline()
    body = compose(work[0], work[0].recipients[0]).as_bytes() + b".\r\n"
    envelope = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"
    for _ in range(len(work) * SIZE):
        connection.sendall(envelope)
        for _ in range(3):
            answers.readline()
        connection.sendall(body)
        answers.readline()
    connection.close()


@contextmanager
def server() -> Iterator[int]:
    """Run the mail server in a process of its own."""
    ports = get_context("spawn").SimpleQueue()
    process = get_context("spawn").Process(target=serve, args=(ports,), daemon=True)
    process.start()
    try:
        yield ports.get()
    finally:
        process.terminate()
        process.join()


def serve(ports) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    ports.put(listener.getsockname()[1])
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=converse, args=(connection,), daemon=True).start()


def converse(connection: socket.socket) -> None:
    """Answer commands as they come; look at a mail only for its end."""
    connection.sendall(b"220 sink\r\n")
    waiting = b""
    while data := connection.recv(1 << 18):
        waiting += data
        while b"\r\n" in waiting:
            line, _, waiting = waiting.partition(b"\r\n")
            word = line[:4].upper()
            if word == b"EHLO":
                connection.sendall(b"250-sink\r\n250-8BITMIME\r\n250 PIPELINING\r\n")
            elif word == b"DATA":
                connection.sendall(b"354 go\r\n")
                waiting = skip_mail(connection, waiting)
                connection.sendall(b"250 taken\r\n")
            elif word == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                connection.close()
                return
            else:
                connection.sendall(b"250 ok\r\n")


def skip_mail(connection: socket.socket, waiting: bytes) -> bytes:
    """Read to the end of a mail; give what came behind it."""
    while (end := waiting.find(b"\r\n.\r\n")) < 0:
        data = connection.recv(1 << 18)
        if not data:
            return b""
        waiting = waiting[-4:] + data
    return waiting[end + 5 :]


if __name__ == "__main__":
    main()
