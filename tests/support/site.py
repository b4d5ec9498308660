"""The publication's site in this process: a client, and pages as a browser shows them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from starlette.testclient import TestClient

from newsletter.app import App
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
