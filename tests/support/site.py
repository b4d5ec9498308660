"""The publication's site in this process: a client, and pages as a browser shows them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from httpx import Response
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.storage.single_mail_table import single_mail
from newsletter.web.site import app as make_site
from newsletter.web.site import server
from tests.support.ledger import MovingClock
from tests.support.publication import make_publication

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOST = "https://brief.example.org"


def open_app(root: Path, *, now: datetime = NOW, **environment: str) -> App:
    """Open a small publication with a clock of its own."""
    made = make_publication(root, NEWSLETTER_DELIVERY__PROVIDER="outbox", **environment)
    return made.open(MovingClock(now))


def client(app: App, *, address: str = "203.0.113.9") -> TestClient:
    """Return a browser without scripts: it keeps cookies, and follows no redirect by itself."""
    return TestClient(
        make_site(app),
        base_url=HOST,
        follow_redirects=False,
        client=(address, 50_000),
        headers={"accept-language": "en"},
    )


@contextmanager
def served(app: App) -> Iterator[str]:
    """Serve the site on a port of this machine; give its address."""
    with server.listen("127.0.0.1", 0) as listener:
        running = server.make(make_site(app))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield server.address(listener)
        finally:
            running.should_exit = True
            thread.join()


@dataclass(frozen=True)
class Mail:
    """A mail to one person as it waits in the outbox."""

    kind: str
    to: str
    subject: str
    html: str
    text: str

    @property
    def links(self) -> list[str]:
        """Return the paths on this site that the mail leads to."""
        found = re.findall(re.escape(HOST) + r"(/[^\s\"<>]*)", self.html + "\n" + self.text)
        return list(dict.fromkeys(found))

    def path(self, begins: str) -> str:
        """Return its one link that begins so."""
        [found] = [link for link in self.links if link.startswith(begins)]
        return found

    @property
    def digits(self) -> str:
        """Return the six digits."""
        found = re.search(r"^(\d{3}) (\d{3})$", self.text, re.MULTILINE)
        assert found
        return found[1] + found[2]


def mails(app: App) -> list[Mail]:
    """List the mails to one person each, oldest first."""
    with app.database.read() as connection:
        rows = connection.execute(sa.select(single_mail).order_by(single_mail.c.id)).all()
    return [
        Mail(kind=row.kind, to=row.address, subject=row.subject, html=row.html, text=row.text)
        for row in rows
    ]


def fill_in(browser: TestClient, app: App, address: str, **said: str) -> Response:
    """Fill in the form of the join page as a person does, who needs a while."""
    found = re.search(r'name="shown" value="([^"]*)"', browser.get("/join").text)
    app.clock.sleep(3)
    shown = {"shown": found[1]} if found else {}
    return browser.post("/join", data={"address": address, **shown, **said})
