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
from pathlib import Path
from typing import Any, TypeVar

from builders_edition import make_edition

from newsletter import merge
from newsletter.desk import server
from newsletter.model import Message
from newsletter.preview import Preview

Value = TypeVar("Value")
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
    """Build what the desk shows, without findings."""
    subject, preheader = "The ferry is back", "It crosses the river again, every half hour."
    text = "THE FERRY IS BACK\n\nIt crosses the river again, every half hour.\n"
    message = Message(subject=subject, preheader=preheader, html=html, text=text)
    preview = Preview(
        publication="The Harbour Brief",
        sender="The Harbour Brief",
        edition=make_edition(),
        message=merge.with_digest(message),
        subject=subject,
        preheader=preheader,
        html=html,
        text=text,
        findings=(),
        paths=(),
    )
    return replace(preview, **overrides)


class Renders:
    """A render that answers what it is told to, and can be told something else."""

    def __init__(self, answer: Preview | Exception) -> None:
        self.answer = answer
        self.count = 0

    def __call__(self) -> Preview:
        self.count += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Desk:
    """A running desk, as a client sees it."""

    def __init__(self, url: str, port: int) -> None:
        self.url = url
        self.port = port

    @contextmanager
    def get(self, path: str, host: str = "") -> Iterator[http.client.HTTPResponse]:
        """Ask for a path; `host` is what the Host header says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{self.port}"})
            yield connection.getresponse()
        finally:
            connection.close()

    def state(self) -> dict[str, Any]:
        """Ask for everything the page shows."""
        with self.get("/state") as answer:
            document: dict[str, Any] = json.loads(answer.read())
        return document


@contextmanager
def running_desk(render_now: Callable[[], Preview], paths: Sequence[Path] = ()) -> Iterator[Desk]:
    """Serve a desk on a free port, and end it again."""
    listener = server.listen(0)
    url, port = server.address(listener), listener.getsockname()[1]
    running = server.make(render_now, paths=paths)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Desk(url, port)
    finally:
        running.should_exit = True
        thread.join(10)
    assert not thread.is_alive()


def versions(answer: http.client.HTTPResponse) -> Iterator[int]:
    """Read the versions that a stream of events tells."""
    for line in iter(answer.readline, b""):
        if line.startswith(b"data: "):
            yield int(line.removeprefix(b"data: "))


def finish(coroutine: Coroutine[Any, Any, Value]) -> Value:
    """Run a coroutine to its end in a thread of its own.

    A browser of other tests may keep an event loop running in this one.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
