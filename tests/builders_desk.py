"""A desk that runs on a thread, and previews to put on it."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from builders_edition import make_edition

from newsletter import merge
from newsletter.desk import server
from newsletter.model import Message
from newsletter.preview import Preview

Value = TypeVar("Value")
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

    def __call__(self, day: date = DAY) -> Preview:
        self.count += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Desk:
    """A running desk, as a client sees it."""

    def __init__(self, base: str, port: int, day: date = DAY) -> None:
        self.base = base  # begins every address, token included
        self.url = f"{base}{day}/"
        self.port = port

    @property
    def origin(self) -> str:
        """Give what a page of this desk says it comes from."""
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def ask(
        self, path: str, *, method: str = "GET", body: bytes = b"", **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        """Ask for a path as it is; underscores in a header's name are hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body or None, headers=given)
            yield connection.getresponse()
        finally:
            connection.close()

    @contextmanager
    def get(self, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
        """Ask for a path below the date the desk was opened with."""
        with self.ask(self.url.removeprefix(self.origin) + path, **headers) as answer:
            yield answer

    def state(self, query: str = "") -> dict[str, Any]:
        """Ask for everything the page shows."""
        with self.get(f"state{query}") as answer:
            document: dict[str, Any] = json.loads(answer.read())
        return document


@contextmanager
def running_desk(render: Callable[[date], Preview], paths: Sequence[Path] = ()) -> Iterator[Desk]:
    """Serve a desk on a free port, and end it again."""
    listener = server.listen(0)
    made = server.Desk(
        token=TOKEN, day=DAY, media=Path("nowhere"), render=render, watched=lambda _day: paths
    )
    running = server.make(made)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Desk(server.address(listener, TOKEN), listener.getsockname()[1])
    finally:
        running.should_exit = True
        thread.join(10)
    assert not thread.is_alive()


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
