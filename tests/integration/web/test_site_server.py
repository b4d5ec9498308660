"""The site as a server: slow clients are cut, mails go out beside, the webhook believes no one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from newsletter.app import App
from newsletter.web.site import app as make_site
from newsletter.web.site import server
from tests.support.site import client, fill_in, open_app
from tests.support.time import PATIENCE


@contextmanager
def running(app: App) -> Iterator[tuple[str, int]]:
    """Serve the site with everything it does beside."""
    with server.listen("127.0.0.1", 0) as listener:
        one = server.make(make_site(app))
        thread = threading.Thread(target=one.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[:2]
        finally:
            one.should_exit = True
            thread.join()


def is_cut(connection: socket.socket) -> bool:
    """Say whether a connection ends while its request goes on dripping."""
    try:
        while True:
            connection.sendall(b"X: y\r\n")
            connection.settimeout(0.05)
            try:
                return connection.recv(1) == b""
            except TimeoutError:
                connection.settimeout(PATIENCE)
    except OSError:  # reset, or a pipe that is broken
        return True


def test_a_client_that_drips_its_request_is_cut_and_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SLOWEST_HEAD", 0.5)
    app = open_app(tmp_path / "p")
    with running(app) as place, socket.create_connection(place, timeout=PATIENCE) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        assert httpx.get(f"http://127.0.0.1:{place[1]}/healthz").status_code == 200
        assert is_cut(slow)
    app.close()


def test_the_mail_goes_out_beside_the_answer(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p")
    with running(app) as place:
        fill_in(client(app), app, "anna@example.org")
        outbox, until = tmp_path / "p" / "outbox", time.monotonic() + PATIENCE
        while not list(outbox.rglob("*.eml")):
            assert time.monotonic() < until
            httpx.post(f"http://127.0.0.1:{place[1]}/lost")  # any form wakes what works beside
            time.sleep(0.05)
    [mail] = outbox.rglob("*.eml")
    text = mail.read_text()
    assert "To: anna@example.org" in text
    assert "List-Unsubscribe" not in text
    app.close()


def test_a_webhook_without_a_key_refuses_every_post(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p", NEWSLETTER_DELIVERY__PROVIDER="sendgrid")
    browser = client(app)
    told = browser.post("/webhooks/sendgrid", json=[{"event": "delivered"}])
    assert told.status_code == 403
    assert browser.get("/webhooks/sendgrid").status_code == 405
    assert browser.post("/webhooks/sendgrid", content=b"x" * 5_000_000).status_code == 413
    app.close()
