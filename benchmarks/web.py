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
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

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

    def sign_up(self, shown: str, first: int, requests: int) -> float:
        """Return how long so many sign-ups take, each from another network and waited for."""
        with ExitStack() as stack:
            lines = [
                stack.enter_context(socket.create_connection(("127.0.0.1", self.port)))
                for _ in range(AT_ONCE)
            ]
            answers = [stack.enter_context(line.makefile("rb")) for line in lines]
            begun = time.perf_counter()
            for number in range(first, first + requests, AT_ONCE):
                for place, line in enumerate(lines):
                    line.sendall(signing_up(number + place, shown))
                for one in answers:
                    read(one, status=b" 303 ")
            return time.perf_counter() - begun

    def processor_time(self) -> float:
        """Return what the server has used so far, in seconds (Linux)."""
        stat = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def signing_up(number: int, shown: str) -> bytes:
    """Write what a browser sends for somebody who joins."""
    said = {"address": f"reader{number}@example.org", "shown": shown, "frequency": "daily"}
    form = urlencode(said).encode()
    network = f"10.{number // 250 % 250}.{number % 250}.9"
    head = (
        f"POST /join HTTP/1.1\r\nHost: {HOST}\r\nAccept-Language: en\r\n"
        f"X-Forwarded-For: {network}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(form)}\r\n\r\n"
    )
    return head.encode() + form


def read(answers, *, status: bytes = b" 200 ") -> bytes:
    """Read one answer to its end; return its body."""
    told = answers.readline()
    assert status in told, told
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


def serve_site(root: Path, *, has_errands: bool = True) -> None:
    from newsletter.app import build
    from newsletter.core.config import settings
    from newsletter.web.site import app, server

    with server.listen("127.0.0.1", 0) as listener:
        site = app(build(settings.load(root, {})))
        print(listener.getsockname()[1], flush=True)
        server.make(site, has_errands=has_errands).run(sockets=[listener])


def serve_join(root: Path) -> None:
    """Serve the site to readers who are all slow to confirm; its mails wait for the tick."""
    from newsletter.subscribers import joining

    joining.MOST_UNCONFIRMED = 10**9
    serve_site(root, has_errands=False)


def serve_bare_join(folder: Path) -> None:
    """Serve the least that takes in an address: a form, a row that is durable, a redirect."""
    import sqlite3
    from urllib.parse import parse_qs

    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import RedirectResponse, Response
    from starlette.routing import Route

    from newsletter.web.site import server

    database = sqlite3.connect(folder / "bare.db", check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE signup (address TEXT PRIMARY KEY, at TEXT)")
    lock = threading.Lock()

    def add(address: str) -> None:
        with lock, database:
            database.execute("INSERT INTO signup VALUES (?, datetime())", (address,))

    async def join(request: Request) -> Response:
        said = parse_qs((await request.body()).decode())
        await run_in_threadpool(add, said["address"][0])
        return RedirectResponse("/join/check", 303)

    with server.listen("127.0.0.1", 0) as listener:
        print(listener.getsockname()[1], flush=True)
        site = Starlette(routes=[Route("/join", join, methods=["POST"])])
        server.make(site, has_errands=False).run(sockets=[listener])


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


def join(rounds: int, requests: int) -> bool:
    """Measure sign-ups, durable before they are answered, beside a bare route that keeps a row."""
    from tests.support.publication import make_publication

    with tempfile.TemporaryDirectory() as folder:
        root, bare = Path(folder) / "p", Path(folder) / "bare"
        bare.mkdir()
        app = make_publication(root).open()
        app.database.close()
        app.close()
        with (root / "config.toml").open("a", encoding="utf-8") as file:
            file.write('\n[web]\ntrusted_proxies = ["127.0.0.1"]\n')
        with (
            serving("site", "join", str(root)) as site,
            serving("bare", "join-bare", str(bare)) as plain,
        ):
            shown = re.search(rb'name="shown" value="([^"]*)"', body(site, "/join"))
            assert shown
            time.sleep(1.1)  # nobody types an address sooner
            taken: dict[str, list[float]] = {"site": [], "bare": []}
            used = {"site": 0.0, "bare": 0.0}
            for number in range(rounds + 1):  # the first warms both up
                for one in (site, plain):
                    before = one.processor_time()
                    seconds = one.sign_up(shown[1].decode(), number * requests, requests)
                    if number:
                        taken[one.name].append(requests / seconds)
                        used[one.name] += one.processor_time() - before
    rates = {name: statistics.median(found) for name, found in taken.items()}
    micro = {name: 1e6 * found / rounds / requests for name, found in used.items()}
    print(
        f"join {rates['site']:,.0f}/s durable on SQLite, {AT_ONCE} at once; a bare route with an "
        f"insert {rates['bare']:,.0f}/s, ratio {rates['site'] / rates['bare']:.2f}\n"
        f"processor {micro['site']:,.0f} µs, bare {micro['bare']:,.0f} µs, "
        f"ratio {micro['bare'] / micro['site']:.2f}"
    )
    return machines() and rates["site"] >= LEAST_JOINS


def machines() -> bool:
    """Let a machine sign up ten thousand strangers; say whether that led to few mails."""
    from newsletter.core.model import Frequency
    from newsletter.storage.site.signups import Asked
    from newsletter.storage.tokens import new_tokens
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

        used = time.process_time()
        taken = sum(map(sign_up, range(10_000)))
        used, count = time.process_time() - used, len(mails(app))
        print(f"10,000 sign-ups of a machine for strangers led to {count} mails, in {used:.1f} s")
        app.close()
    return taken == count <= 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["pages", "join", "serve"])
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=1000)
    asked = parser.parse_args()
    if asked.what == "serve":
        kind, folder = asked.words
        serve = {
            "site": serve_site,
            "bare": serve_bare,
            "join": serve_join,
            "join-bare": serve_bare_join,
        }
        serve[kind](Path(folder))
        return
    if asked.what == "join":
        sys.exit(0 if join(asked.rounds, asked.requests) else 1)
    sys.exit(0 if pages(asked.rounds, asked.requests) else 1)


if __name__ == "__main__":
    main()
