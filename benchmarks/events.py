"""How fast a provider's events are taken in, beside a bare append of the same rows.

    python benchmarks/events.py posts   [EVENTS]   posts of 1,000, with all that follows from them
    python benchmarks/events.py single  [POSTS]    one event a post, signed, over HTTP on loopback,
                                                   beside a bare route that stores the same bytes
    python benchmarks/events.py profile [EVENTS]   where the time of the first goes

The list has a reader for every two events, and every event is of one frozen send: a copy is taken
("processed") and delivered; of a hundred copies one bounces, and of a thousand one is complained
about. Consequences are drawn in the same transaction: each reader's report, the proof of each
batch, who is mailed no more. The bare appends write the same rows, one transaction for each post,
as durably: into a table without a key or index, and into one with those that ours has. The bare
route tells nothing genuine and draws no consequences; it stores what comes while a transaction is
under way with the next one, as ours does.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import random
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import publication
from apart import apart

PER_POST = 1000
CONNECTIONS = 32
WARM = 640  # posts before it counts: a server loads what it needs with its first
KEYED = "keyed.db"
KEY_VARIABLE = "SENDGRID_WEBHOOK_PUBLIC_KEY"
_COLUMNS = (
    "key, event_id, kind, name, at, canonical, attempt_id, send_id, position, reason, received_at"
)
_KEYS = ("CREATE UNIQUE INDEX k ON e (key)", "CREATE UNIQUE INDEX i ON e (event_id)")
_INDEX = "CREATE INDEX c ON e (canonical)"


def posts(count: int) -> None:
    """Compare posts of a thousand with bare appends of the rows they make."""
    with made(count // 2) as root:
        ours = apart(take_in, root, count)
        again = apart(take_in, root, count)
        plain, keyed = apart(bare, root, "bare.db"), apart(bare, root, KEYED)
    print(f"{'':28} {'speed':>12} {'x bare':>7} {'of processor':>14} {'x bare':>7} {'memory':>8}")
    for name, one in (
        ("bare append", plain),
        ("bare append with our keys", keyed),
        ("taken in", ours),
        ("the same again", again),
    ):
        ratio, share = plain.seconds / one.seconds, plain.processor / one.processor
        print(
            f"{name:28} {count / one.seconds:>10,.0f}/s {ratio:>7.2f} "
            f"{count / one.processor:>12,.0f}/s {share:>7.2f} {one.memory:>5.0f} MB",
            flush=True,
        )


def single(count: int) -> None:
    """Measure signed posts of one event each, and how soon all of them are taken in."""
    with made(count // 2) as root:
        with listening(_serve_bare, root) as (server, port, key):
            bare_seconds, bare_used = served(server, port, signed(count + WARM, key))
        with listening(_serve, root) as (server, port, key):
            seconds, used = served(server, port, signed(count + WARM, key))
            later = until_taken(root, count + WARM)
    print(f"{count:,} posts on {CONNECTIONS} connections")
    print(f"bare route: {count / bare_seconds:,.0f}/s, {bare_used / count * 1e6:,.0f} us a post")
    print(f"webhook:    {count / seconds:,.0f}/s, {used / count * 1e6:,.0f} us a post")
    print(f"all of them taken in after {later:.1f} s more")


def served(server: int, port: int, requests: list[bytes]) -> tuple[float, float]:
    """Post everything, some before it counts; give the seconds, and those of the processor."""
    posted(port, requests[:WARM])
    begun = processor_of(server)
    seconds = posted(port, requests[WARM:])
    return seconds, processor_of(server) - begun


def processor_of(process: int) -> float:
    """Read how long a process has had the processor."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def profile(count: int) -> None:
    """Say where the time goes while posts of a thousand are taken in."""
    with made(count // 2) as root:
        profiler = cProfile.Profile()
        profiler.runcall(take_in, root, count)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


def take_in(root: Path, count: int) -> tuple[float, float]:
    """Take posts in as `newsletter events ingest` does; give the seconds, and the processor's."""
    app = publication.open_app(root)
    intake = app.events()
    bodies = [json.dumps(post).encode() for post in in_posts(events(count), PER_POST)]
    begun = moment()
    taken = [intake.ingest(body) for body in bodies]
    seconds = since(begun)
    app.close()
    assert sum(one.events + one.repeated for one in taken) == count, taken[-1]
    return seconds


def bare(root: Path, name: str) -> tuple[float, float]:
    """Append the same rows to a table of their own; give the seconds."""
    with closing(sqlite3.connect(root / "newsletter.db")) as ours:
        rows = ours.execute(f"SELECT {_COLUMNS} FROM event").fetchall()
    with closing(sqlite3.connect(root / name, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(f"CREATE TABLE e ({_COLUMNS})")
        for statement in (*_KEYS, _INDEX) if name == KEYED else ():
            database.execute(statement)
        places = ", ".join("?" * len(rows[0]))
        begun = moment()
        for post in in_posts(rows, PER_POST):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(f"INSERT INTO e VALUES ({places})", post)
            database.execute("COMMIT")
        return since(begun)


def moment() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def since(begun: tuple[float, float]) -> tuple[float, float]:
    """Return the seconds since a moment, and those of the processor."""
    now = moment()
    return now[0] - begun[0], now[1] - begun[1]


def events(count: int) -> list[dict[str, Any]]:
    """Return events of the send's copies as SendGrid writes them, a little out of order."""
    chance, now = random.Random(count), int(time.time()) - count // 50
    found = []
    for place in range(count // 2):
        outcome = "bounce" if place % 100 == 7 else "delivered"
        if place % 1000 == 11:
            outcome = "spamreport"
        for step, kind in enumerate(("processed", outcome)):
            found.append((place + step * 400 + chance.random() * 300, kind, place))
    return [_event(kind, place, at=now + place // 50) for _, kind, place in sorted(found)]


def _event(kind: str, place: int, *, at: int) -> dict[str, Any]:
    chance = random.Random(f"{kind}{place}")
    message = f"{random.Random(place // 1000).getrandbits(128):032x}"
    entry = {
        "email": f"reader{place}@d{place % 50}.example.org",
        "timestamp": at,
        "event": kind,
        "smtp-id": f"<{message}@geopod.example>",
        "sg_event_id": f"{chance.getrandbits(132):022x}",
        "sg_message_id": f"{message[:22]}.recvd-{place // 1000}-{place}.0",
        "category": ["main", "edition"],
        "nl_attempt": attempt_id(place // 1000 + 1),
        "nl_position": str(place + 1),
    }
    if kind == "delivered":
        entry["response"] = "250 2.0.0 OK: queued"
    if kind == "bounce":
        entry |= {"status": "5.1.1", "reason": "550 no such mailbox", "type": "bounce"}
    return entry


def attempt_id(batch: int) -> str:
    return f"{batch:032x}"


def in_posts(items: list[Any], size: int) -> Iterator[list[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


@contextmanager
def made(readers: int) -> Iterator[Path]:
    """Make a publication whose edition was handed over, and of which nothing is reported."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        apart(publication.make, root, readers, 1, 1, "sqlite:///newsletter.db")
        apart(publication.freeze, root)
        apart(_handed_over, root)
        yield root


def _handed_over(root: Path) -> float:
    import sqlalchemy as sa

    from newsletter.storage.tables import attempt, batch, send

    app = publication.open_app(root)
    now = datetime.now(UTC)
    with app.database.write() as connection:
        digest = connection.scalar(sa.select(send.c.digest))
        for row in connection.execute(sa.select(batch)).all():
            tried = {"id": attempt_id(row.number), "send_id": row.send_id, "batch": row.number}
            tried |= {"digest": digest, "state": "submitted", "started_at": now, "ended_at": now}
            connection.execute(sa.insert(attempt).values(tried))
            this = (batch.c.send_id == row.send_id) & (batch.c.number == row.number)
            done = {"state": "submitted", "attempt_id": tried["id"]}
            connection.execute(sa.update(batch).where(this).values(done))
    app.close()
    return 0.0


@contextmanager
def listening(serve: Callable[..., None], root: Path) -> Iterator[tuple[int, int, Any]]:
    """Serve in a process of its own; give its number, its port, and the key it believes."""
    from cryptography.hazmat.primitives.asymmetric import ec

    from newsletter.sandbox.events import public_text

    key = ec.generate_private_key(ec.SECP256R1())
    context = get_context("spawn")
    ports = context.SimpleQueue()
    process = context.Process(target=serve, args=(root, public_text(key), ports), daemon=True)
    process.start()
    try:
        yield process.pid or 0, ports.get(), key
    finally:
        process.terminate()
        process.join()


def _serve(root: Path, key: str, ports: Any) -> None:
    from newsletter.app import build
    from newsletter.core.config import settings
    from newsletter.web import webhook

    known = {"SENDGRID_API_KEY": "SG.benchmark", KEY_VARIABLE: key}
    app = build(settings.load(root, known))
    _listen(webhook.make(app.events(), path="/events"), ports)


def _serve_bare(root: Path, key: str, ports: Any) -> None:
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route

    from newsletter.delivery.events.keeping import Keeper

    del key
    database = sqlite3.connect(root / "bare.db", isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE post (id INTEGER PRIMARY KEY, body BLOB)")

    def store(posts: Any) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO post (body) VALUES (?)", posts)
        database.execute("COMMIT")

    keeper = Keeper(store)

    async def post(request: Any) -> Response:
        await keeper.keep((await request.body(),))  # type: ignore[arg-type]
        return Response(status_code=204)

    _listen(Starlette(routes=[Route("/events", post, methods=["POST"])]), ports)


def _listen(app: Any, ports: Any) -> None:
    from newsletter.web import webhook

    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    ports.put(listener.getsockname()[1])
    webhook.server(app).run(sockets=[listener])


def signed(count: int, key: Any) -> list[bytes]:
    """Write requests, each with one event, as they travel."""
    from newsletter.sandbox.events import signed_headers

    now, found = time.time(), []
    for one in events(count):
        body = json.dumps([one]).encode()
        headers = signed_headers(key, body, at=now) | {
            "Host": "127.0.0.1",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        found.append(f"POST /events HTTP/1.1\r\n{lines}\r\n".encode() + body)
    return found


def posted(port: int, requests: list[bytes]) -> float:
    """Post on some kept connections, the next when the last is answered; give the seconds."""
    shares = [requests[number::CONNECTIONS] for number in range(CONNECTIONS)]
    failed: list[bytes] = []
    threads = [threading.Thread(target=_post, args=(port, one, failed)) for one in shares]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    assert not failed, failed[0]
    return seconds


def _post(port: int, requests: Iterable[bytes], failed: list[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            connection.sendall(request)
            answer = connection.recv(65_536)
            if not answer.startswith(b"HTTP/1.1 204"):
                failed.append(answer)
                return


def until_taken(root: Path, count: int) -> float:
    """Wait until everything that was stored is taken in; give the seconds."""
    start = time.perf_counter()
    with closing(sqlite3.connect(root / "newsletter.db")) as database:
        while database.execute("SELECT count(*) FROM event").fetchone()[0] < count:
            time.sleep(0.1)
    return time.perf_counter() - start


CLAIMS: dict[str, tuple[Callable[[int], None], int]] = {
    "posts": (posts, 200_000),
    "single": (single, 20_000),
    "profile": (profile, 20_000),
}

if __name__ == "__main__":
    claim, *numbers = sys.argv[1:] or ["posts"]
    work, default = CLAIMS[claim]
    work(int(numbers[0]) if numbers else default)
