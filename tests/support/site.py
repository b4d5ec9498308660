"""The publication's site in this process: a client, and pages as a browser shows them."""

from __future__ import annotations

import asyncio
import atexit
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from httpx import ASGITransport, AsyncClient, Response
from starlette.types import ASGIApp

from newsletter.app import App
from newsletter.core.model import Subscriber, SubscriberState
from newsletter.storage.single_mail_table import single_mail
from newsletter.storage.used_content import FrozenContent, FrozenEdition, write
from newsletter.subscribers.model import Consent, Person, StateChange
from newsletter.web.site import app as make_site
from newsletter.web.site import server
from tests.support.ledger import MovingClock
from tests.support.publication import make_publication

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOST = "https://brief.example.org"
Result = TypeVar("Result")


def open_app(root: Path, *, now: datetime = NOW, **environment: str) -> App:
    """Open a small publication with a clock of its own, and the database as it begins."""
    usual = {"NEWSLETTER_DELIVERY__PROVIDER": "outbox"}
    made = make_publication(root, **(usual | environment))
    if "NEWSLETTER_DATABASE__URL" not in environment:
        shutil.copyfile(_begun(), root / "newsletter.db")
    return made.open(MovingClock(now))


@cache
def _begun() -> Path:
    """Bring a database to this version once; a copy of it takes no time."""
    root = Path(tempfile.mkdtemp(prefix="newsletter-site-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    app = make_publication(root / "begun", NEWSLETTER_DELIVERY__PROVIDER="outbox").open()
    app.database.close()
    app.close()
    return root / "begun" / "newsletter.db"


class Browser:
    """A browser without scripts: it keeps cookies, and follows no redirect by itself."""

    def __init__(self, site: ASGIApp, *, address: str, host: str = HOST) -> None:
        """Come from an address, to the site by one of its names."""
        self.site = site
        transport = ASGITransport(site, client=(address, 50_000), raise_app_exceptions=True)
        self._client = AsyncClient(
            transport=transport, base_url=host, headers={"accept-language": "en"}
        )

    def request(self, method: str, path: str, **said: Any) -> Response:
        """Ask for a page."""
        return awaited(self._client.request(method, path, **said))

    def get(self, path: str, **said: Any) -> Response:
        """Open a page."""
        return self.request("GET", path, **said)

    def head(self, path: str, **said: Any) -> Response:
        """Look at a page without opening it."""
        return self.request("HEAD", path, **said)

    def post(self, path: str, **said: Any) -> Response:
        """Send a form."""
        return self.request("POST", path, **said)

    def forget(self) -> None:
        """Lose every cookie."""
        self._client.cookies.clear()


def awaited(work: Coroutine[Any, Any, Result]) -> Result:
    """Do something asynchronous, on a thread of its own: this one's loop may be a browser's."""
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Return the one loop of all clients of this process; it lasts as long."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="clients", daemon=True)
    thread.start()

    def end() -> None:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    atexit.register(end)
    return loop


def client(
    app: App, *, address: str = "203.0.113.9", base: Browser | None = None, host: str = HOST
) -> Browser:
    """Return a browser at a site of its own, or at the one of another browser."""
    return Browser(base.site if base else make_site(app), address=address, host=host)


@contextmanager
def served(app: App, taken: socket.socket | None = None) -> Iterator[str]:
    """Serve the site on a port of this machine, its mails left waiting; give its address."""
    with nullcontext(taken) if taken else server.listen("127.0.0.1", 0) as listener:
        running = server.make(make_site(app), has_errands=False)
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


def fill_in(browser: Browser, app: App, address: str, **said: str) -> Response:
    """Fill in the form of the join page as a person does, who needs a while."""
    found = re.search(r'name="shown" value="([^"]*)"', browser.get("/join").text)
    app.clock.sleep(3)
    shown = {"shown": found[1]} if found else {}
    return browser.post("/join", data={"address": address, **shown, **said})


def member(app: App, address: str, *, state: str = "active") -> Subscriber:
    """Put somebody on the list."""
    now, to = app.clock.now(), SubscriberState(state)
    added = app.subscribers.add(
        Person(address=address, canonical=address.lower(), state=to),
        change=StateChange(from_state=None, to_state=to, at=now, reason="test", by="test"),
        consent=Consent(at=now, how="test", text="test"),
    )
    assert added is not None
    return added


def freeze(app: App, day: date) -> None:
    """Freeze an edition with one headline, as a send does."""
    edition = FrozenEdition(content='[[stories]]\nheadline = "The Lamps"\n', record="{}")
    with app.database.write() as connection:
        write(
            connection,
            app.settings.publication.id,
            day,
            FrozenContent(edition, ()),
            now=app.clock.now(),
        )
