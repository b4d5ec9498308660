"""How fast the site answers: its pages beside a bare Starlette route that returns the same bytes.

Both run in processes of their own behind the same server, on loopback, and are asked in turns. The
client keeps each of them busy (it asks for the next pages before it has read the last), so the
time is the server's. Processor time a request stands beside it: that is what noise cannot change.

    python benchmarks/web.py pages     the pages to read, beside a bare route
    python benchmarks/web.py join      sign-ups a second, and what ten thousand of a machine cost
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

LEAST_JOINS = 300  # a second
TARGET = 0.4  # of the bare route's requests a second
AT_ONCE = 25  # requests that are asked for before the first is read
HOST = "brief.example.org"


@dataclass(frozen=True)
class Served:
    """A server that runs, as a client sees it."""

    name: str
    port: int
    process: int

    def seconds(self, path: str, requests: int) -> float:
        """Return how long so many requests for a page take."""
        asked = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Language: en\r\n\r\n".encode()
        with (
            socket.create_connection(("127.0.0.1", self.port)) as connection,
            connection.makefile("rb") as answers,
        ):
            begun = time.perf_counter()
            for _ in range(requests // AT_ONCE):
                connection.sendall(asked * AT_ONCE)
                for _ in range(AT_ONCE):
                    read(answers)
            return time.perf_counter() - begun

    def processor_time(self) -> float:
        """Return what the server has used so far, in seconds (Linux)."""
        stat = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read(answers) -> bytes:
    """Read one answer to its end; return its body."""
    status = answers.readline()
    assert b" 200 " in status, status
    length = 0
    while (line := answers.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return answers.read(length)


@contextmanager
def serving(name: str, *words: str) -> Iterator[Served]:
    """Run a server of this file in a process of its own."""
    command = [sys.executable, __file__, "serve", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield Served(name, int(process.stdout.readline()), process.pid)
        finally:
            process.terminate()


def serve_site(root: Path) -> None:
    from newsletter.app import build
    from newsletter.core.config import settings
    from newsletter.web.site import app, server

    with server.listen("127.0.0.1", 0) as listener:
        site = app(build(settings.load(root, {})))
        print(listener.getsockname()[1], flush=True)
        server.make(site).run(sockets=[listener])


def serve_bare(folder: Path) -> None:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from newsletter.web.site import server

    pages = {f"/{file.stem}": file.read_bytes() for file in folder.glob("*.html")}

    async def page(request: Request) -> Response:
        return Response(pages[f"/{request.path_params['name']}"], media_type="text/html")

    with server.listen("127.0.0.1", 0) as listener:
        print(listener.getsockname()[1], flush=True)
        server.make(Starlette(routes=[Route("/{name}", page)])).run(sockets=[listener])


def pages(rounds: int, requests: int) -> bool:
    """Measure the pages to read; say whether both reach the target."""
    from tests.support.archive import SENT, fill
    from tests.support.publication import make_publication

    paths = {"edition": f"/editions/{SENT}", "archive": "/archive"}
    with tempfile.TemporaryDirectory() as folder:
        root, bare = Path(folder) / "p", Path(folder) / "bare"
        bare.mkdir()
        app = make_publication(root).open()
        fill(app, count=40)
        app.close()
        with serving("site", "site", str(root)) as site:
            for name, path in paths.items():
                (bare / f"{name}.html").write_bytes(body(site, path))
            with serving("bare", "bare", str(bare)) as plain:
                ratios = [
                    compared(site, plain, path, f"/{name}", rounds=rounds, requests=requests)
                    for name, path in paths.items()
                ]
    return all(ratio >= TARGET for ratio in ratios)


def body(site: Served, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        with connection.makefile("rb") as answers:
            return read(answers)


def compared(
    site: Served, bare: Served, path: str, bare_path: str, *, rounds: int, requests: int
) -> float:
    """Print both rates of a page; return the site's by the bare route's."""
    taken: dict[str, list[float]] = {"site": [], "bare": []}
    used = {"site": 0.0, "bare": 0.0}
    for number in range(rounds + 1):  # the first warms both up
        for one, asked in ((site, path), (bare, bare_path)):
            before = one.processor_time()
            seconds = one.seconds(asked, requests)
            if number:
                taken[one.name].append(requests / seconds)
                used[one.name] += one.processor_time() - before
    rates = {name: statistics.median(found) for name, found in taken.items()}
    micro = {name: 1e6 * found / rounds / requests for name, found in used.items()}
    ratio, cost = rates["site"] / rates["bare"], micro["bare"] / max(micro["site"], 1e-9)
    print(
        f"{path:24} {rates['site']:8,.0f}/s  bare {rates['bare']:8,.0f}/s  ratio {ratio:.2f}"
        f"   processor {micro['site']:.0f} µs, bare {micro['bare']:.0f} µs, ratio {cost:.2f}"
    )
    return ratio


def join(count: int) -> bool:
    """Measure sign-ups, durable before they are answered, and ten thousand of a machine's."""
    from newsletter.core.model import Frequency
    from newsletter.storage.site.signups import Asked
    from newsletter.storage.tokens import new_tokens
    from newsletter.subscribers import joining
    from newsletter.subscribers.addresses import Address
    from newsletter.web.site.application import open_site
    from newsletter.web.site.mailing import to_join
    from tests.support.site import mails, open_app

    with tempfile.TemporaryDirectory() as folder:
        app = open_app(Path(folder) / "p")
        site, tokens, now = open_site(app), new_tokens(), app.clock.now()

        def sign_up(number: int) -> bool:
            address = f"reader{number}@example.org"
            asked = Asked(
                address=Address(address, address),
                frequency=Frequency.DAILY,
                locale="en",
                network="192.0.2.0/24",
                consent="“By joining …” (text 2026-11, en).",
            )
            return site.records.signups.ask(
                asked,
                token=next(tokens),
                digits=f"{number % 10**6:06}",
                compose=lambda one, letter: to_join(site, one, letter, now=now),
                now=now,
            )

        machines = sum(map(sign_up, range(10_000)))
        print(f"10,000 sign-ups of a machine for strangers led to {len(mails(app))} mails")
        joining.MOST_UNCONFIRMED = count + 100  # all that follow are readers
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(sign_up, range(10_000, 10_100)))
            used, begun = time.process_time(), time.perf_counter()
            taken = sum(pool.map(sign_up, range(20_000, 20_000 + count)))
            seconds, used = time.perf_counter() - begun, time.process_time() - used
        rate = taken / seconds
        print(
            f"join {rate:,.0f}/s durable on SQLite, {AT_ONCE} at once; "
            f"processor {1e6 * used / count:,.0f} µs each"
        )
        app.close()
    return machines <= 100 and taken == count and rate >= LEAST_JOINS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["pages", "join", "serve"])
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=1000)
    asked = parser.parse_args()
    if asked.what == "serve":
        kind, folder = asked.words
        (serve_site if kind == "site" else serve_bare)(Path(folder))
        return
    if asked.what == "join":
        sys.exit(0 if join(asked.requests) else 1)
    sys.exit(0 if pages(asked.rounds, asked.requests) else 1)


if __name__ == "__main__":
    main()
