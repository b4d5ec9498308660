"""A desk that runs on a thread, and previews to put on it."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.testclient import TestClient

from newsletter.app import App, build
from newsletter.core.clock import Clock
from newsletter.core.config import settings
from newsletter.core.model import Message
from newsletter.delivery.provider import Provider
from newsletter.editions.proofs import Preview
from newsletter.message import merge
from newsletter.web.desk import server
from newsletter.web.desk.renders import Soon, Stages
from newsletter.web.desk.routes import Site
from newsletter.web.desk.starting import GRACE
from tests.support.edition import make_edition
from tests.support.publication import STORY
from tests.support.time import PATIENCE

Value = TypeVar("Value")
PUBLICATION = """\
[publication]
name = "The Brief"
url = "https://brief.example.org"
sender = { name = "The Brief", email = "editor@brief.example.org" }
postal_address = "1 Example Street, Exampletown"
"""
DAY = date(2027, 3, 9)
TOKEN = "a-token-of-the-desk"
HTML = """<!doctype html>
<html lang="en"><head><title>Brief</title><style>
body { margin: 0; background: #ffffff } p { font-size: 20px; line-height: 30px }
@media (prefers-color-scheme: dark) { body { background: #101010 } }
</style></head><body><div style="padding: 20px"><h1>The ferry is back</h1>
<p>It crosses the river again, every half hour, and the bell rings as before.</p>
<p><a href="https://brief.example.org/ferry">The timetable</a></p>
<script>document.title = "The mail ran a script"</script></div></body></html>
"""


def make_preview(html: str = HTML, **overrides: Any) -> Preview:
    """Build what the desk shows, without findings; the message's parts may be given as well."""
    parts = {
        "subject": "The ferry is back",
        "preheader": "It crosses the river again, every half hour.",
        "text": "THE FERRY IS BACK\n\nIt crosses the river again, every half hour.\n",
    }
    parts |= {name: overrides.pop(name) for name in parts if name in overrides}
    message = Message(html=html, fields=overrides.pop("fields", ()), **parts)
    preview = Preview(
        publication="The Harbour Brief",
        sender="The Harbour Brief",
        edition=make_edition(),
        message=merge.with_digest(message),
        findings=(),
        unsubscribe_url="https://brief.example.org/u/token",
    )
    return replace(preview, **overrides)


class Renders:
    """A render that answers what it is told to, and can be told something else."""

    def __init__(self, answer: Preview | Exception) -> None:
        self.answer = answer
        self.count = 0

    def __call__(self, *asked: object) -> Preview:
        del asked  # for a date, or for the only one there is; nothing is shown before it is checked
        self.count += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read to its end."""

    status: int
    location: str
    text: str


class Desk:
    """A running desk, as a client sees it."""

    def __init__(self, base: str, port: int, day: date = DAY) -> None:
        self.base = base  # begins every address, token included
        self.url = f"{base}{day}/"
        self.port = port

    @property
    def origin(self) -> str:
        """Return what a page of this desk says it comes from."""
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def ask(
        self, path: str, *, method: str = "GET", body: bytes = b"", **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        """Ask for a path as it is; underscores in a header's name are hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body or None, headers=given)
            yield connection.getresponse()
        finally:
            connection.close()

    @contextmanager
    def get(self, path: str, **headers: Any) -> Iterator[http.client.HTTPResponse]:
        """Ask for a path below the date the desk was opened with."""
        with self.ask(self.url.removeprefix(self.origin) + path, **headers) as answer:
            yield answer

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """Submit a form as a page of the desk does; read the whole answer."""
        given = {
            "Origin": self.origin,
            "Content-Type": "application/x-www-form-urlencoded",
            **headers,
        }
        body = urlencode(form).encode()
        with self.get(path, method="POST", body=body, **given) as answer:
            return Answer(answer.status, answer.headers.get("Location", ""), answer.read().decode())

    def state(self, query: str = "") -> dict[str, Any]:
        """Ask for everything the page shows."""
        with self.get(f"state{query}") as answer:
            document: dict[str, Any] = json.loads(answer.read())
        return document


def running_desk(
    render: Callable[[date, Soon], Preview], paths: Sequence[Path] = ()
) -> AbstractContextManager[Desk]:
    """Serve a desk that only shows what it is told to."""
    nowhere = Path("nowhere")
    return _serving(
        server.Desk(
            token=TOKEN,
            name="The Brief",
            day=DAY,
            media=nowhere / "media",
            render=render,
            watched=lambda _day: paths,
            opened=lambda: opened(nowhere),
        )
    )


def make_root(root: Path, sections: str, *, story: str = STORY) -> Path:
    """Write a publication with some sections of configuration, and one story that takes turns."""
    (root / "config.toml").write_text(PUBLICATION + sections, encoding="utf-8")
    stories = root / "content" / "stories"
    stories.mkdir(parents=True)
    if story:
        (stories / "tides.md").write_text(story, encoding="utf-8")
    return root


def desk_of(
    root: Path,
    *,
    port: int = 0,
    opened: Callable[[Path], AbstractContextManager[App]] | None = None,
    grace: float = GRACE,
) -> AbstractContextManager[Desk]:
    """Serve the desk of the publication in a folder, as `newsletter preview` does."""
    open_it = opened or _opened

    def render(day: date, soon: Soon) -> Preview:
        with open_it(root) as app:
            return app.proofs.preview(day, soon=soon)

    def stands(day: date) -> object:
        with open_it(root) as app:
            return app.edition_calendar.seen(day, digest="", holds=False)

    return _serving(
        server.Desk(
            token=TOKEN,
            name="The Brief",
            day=DAY,
            media=root / "content" / "media",
            render=render,
            watched=lambda _day: (root,),
            opened=lambda: open_it(root),
            stands=stands,
            grace=grace,
        ),
        port=port,
    )


@contextmanager
def opened(
    root: Path, *, clock: Clock | None = None, provider: Provider | None = None
) -> Iterator[App]:
    """Open a publication for one piece of work."""
    known = settings.load(root, {"NEWSLETTER_SENDGRID__BASE_URL": "http://127.0.0.1:9"})
    app = build(known, clock=clock, provider=provider)
    try:
        yield app
    finally:
        app.close()


_opened = opened  # a desk may be given another way


@contextmanager
def client_of(root: Path) -> Iterator[TestClient]:
    """Ask the desk's application in this process; its mails are never rendered."""
    site = Site(
        token="t",
        name="The Brief",
        day=DAY,
        media=root,
        stages=Stages(lambda _: make_preview(), lambda _: (), lambda _: None),
        opened=lambda: opened(root),
        is_closing=lambda: False,
    )
    origin = "http://127.0.0.1"
    with TestClient(site.app(), base_url=f"{origin}/t/", headers={"Origin": origin}) as client:
        yield client


@contextmanager
def _serving(made: server.Desk, *, port: int = 0) -> Iterator[Desk]:
    """Serve a desk on a free port, or on one that is given, and end it again."""
    listener = server.listen(port)
    running = server.make(made)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Desk(server.address(listener, TOKEN), listener.getsockname()[1])
    finally:
        running.should_exit = True
        thread.join(PATIENCE)
    assert not thread.is_alive()


class _Fields(HTMLParser):
    """Collects what a browser would submit of a page's form, but for its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._name = ""
        self._is_read = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "name" not in given:
            return  # no field of the form
        if tag == "input" and given.get("type") not in {"checkbox", "file", "radio"}:
            self.found[given["name"]] = given.get("value", "")
        elif tag in {"textarea", "select"}:
            self._name = given["name"]
        self._is_read = tag == "textarea" or (tag == "option" and "selected" in given)

    def handle_endtag(self, tag: str) -> None:
        self._is_read = False

    def handle_data(self, data: str) -> None:
        if self._is_read:
            self.found[self._name] = data.removeprefix("\n")


def fields_of(page: str) -> dict[str, str]:
    """Return the fields of a page's form."""
    reader = _Fields()
    reader.feed(page)
    return reader.found


def versions(answer: http.client.HTTPResponse) -> Iterator[int]:
    """Read the versions that a stream of events tells, each once."""
    known = None
    for line in iter(answer.readline, b""):
        if line.startswith(b"data: "):
            version = json.loads(line.removeprefix(b"data: "))["version"]
            if version != known:
                yield version
            known = version


def finish(coroutine: Coroutine[Any, Any, Value]) -> Value:
    """Run a coroutine to its end in a thread of its own.

    A browser of other tests may keep an event loop running in this one.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
