"""A mail server that ends the connection while it is given a copy: nobody has that copy."""

from __future__ import annotations

import smtplib
import socket
import threading

import pytest

from newsletter.core.errors import Throttled, Unreachable
from newsletter.delivery.providers._smtp import Copy, Session
from tests.support.time import PATIENCE

LARGE = b"Subject: Tides\r\n\r\n" + b"x" * 30_000_000  # more than a system keeps on its way


def talking(lines: bytes) -> Session:
    """Return a session whose server answers these lines, reads a little, and closes."""
    listener = socket.create_server(("127.0.0.1", 0))
    ours = socket.create_connection(listener.getsockname(), timeout=PATIENCE)
    theirs, _ = listener.accept()

    def serve() -> None:
        with listener, theirs:
            theirs.sendall(lines)
            theirs.recv(65_536)

    threading.Thread(target=serve).start()
    smtp = smtplib.SMTP()
    smtp.sock, smtp.does_esmtp, smtp.esmtp_features = ours, True, {"pipelining": ""}
    return Session(smtp)


@pytest.mark.parametrize("words", [b"", b"421 4.7.0 too many messages\r\n", b"451 4.3.0 busy\r\n"])
def test_a_copy_that_the_server_did_not_read_is_no_doubt(words):
    """The reply was asked of a connection that the library had closed: an error of our own."""
    session = talking(b"250 ok\r\n250 ok\r\n354 go on\r\n" + words)
    (told,) = session.hand_over([Copy("ann@example.org", LARGE)], sender="editor@example.org")
    session.close()
    assert told.means == "ended"
    assert isinstance(told.error, Unreachable | Throttled)
