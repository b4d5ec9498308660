"""How fast an edition is handed over, against a bare reference in the same run.

    python benchmarks/send.py [RECIPIENTS …]        default: 10000 100000

The reference uses the standard library only: an SQLite audience, spliced JSON bodies, four
kept-open `http.client` connections, and one durable mark per batch. Both post batches of 1,000
with name, link and header for each recipient to the same sink on this machine.
"""

from __future__ import annotations

import http.client
import json
import queue
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from sink import sink

SIZE, THREADS = 1000, 4
BASE = "https://brief.example.org"
CONFIG = """
[publication]
name = "The Brief"
url = "{base}"
sender = {{ name = "The Brief", email = "editor@brief.example.org" }}
postal_address = "1 Example Street, Exampletown"
[sources]
story = [{{ type = "markdown", rotate = true }}]
fact = []
quote = []
word = []
[sendgrid]
base_url = "http://127.0.0.1:{port}"
[delivery]
parallel = {threads}
"""
STORY = '+++\ntitle = "How tide tables are made"\n+++\n\n' + "A promise about the sea. " * 120


def main() -> None:
    counts = [int(word) for word in sys.argv[1:]] or [10_000, 100_000]
    print(f"{'recipients':>12} {'newsletter':>14} {'reference':>14} {'ratio':>7} {'memory':>18}")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, sink() as port:
            root = make_publication(Path(folder), count=count, port=port)
            bare, bare_memory = apart(reference, root, port)
            ours, memory = apart(newsletter, root, port)
        print(
            f"{count:>12,} {count / ours:>12,.0f}/s {count / bare:>12,.0f}/s {bare / ours:>7.2f} "
            f"{memory:>7.0f} / {bare_memory:.0f} MB"
        )


def apart(work, root: Path, port: int) -> tuple[float, float]:
    """Run in a process of its own; give the seconds of the work and the peak memory in MB."""
    answers = get_context("spawn").SimpleQueue()
    process = get_context("spawn").Process(target=_report, args=(work, root, port, answers))
    process.start()
    result = answers.get()
    process.join()
    return result


def _report(work, root: Path, port: int, answers) -> None:
    seconds = work(root, port)
    answers.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def make_publication(root: Path, *, count: int, port: int) -> Path:
    """Write a publication whose list has so many readers."""
    (root / "config.toml").write_text(CONFIG.format(base=BASE, port=port, threads=THREADS))
    stories = root / "content" / "stories"
    stories.mkdir(parents=True)
    (stories / "tides.md").write_text(STORY)
    app = open_app(root)
    path = app.database.engine.url.database
    app.close()
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    columns = "address, canonical, name, state, token, attributes, created_at, changed_at"
    rows = (
        (f"r{n}@d{n % 50}.example.org", f"r{n}@d{n % 50}.example.org", f"Reader {n}", "active",
         f"t{n * 7919 % 10**9:021}-{n}", "{}", now, now)
        for n in range(count)
    )  # fmt: skip
    with sqlite3.connect(path) as connection:
        statement = f"INSERT INTO subscriber ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        connection.executemany(statement, rows)
    connection.close()
    return root


def open_app(root: Path):
    from newsletter import config
    from newsletter.app import build

    return build(config.load(root, {"SENDGRID_API_KEY": "SG.benchmark"}))


def newsletter(root: Path, _port: int) -> float:
    """Freeze and hand over, as `newsletter send --now` does."""
    from newsletter.sending import Wish

    app = open_app(root)
    app.prove(app.today())  # rendering is measured elsewhere
    start = time.perf_counter()
    app.send(Wish(day=app.today(), at_once=True))
    seconds = time.perf_counter() - start
    app.close()
    return seconds


def reference(root: Path, port: int) -> float:
    """Do the same with the standard library alone."""
    connection = sqlite3.connect(root / "newsletter.db", check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE mark (batch INTEGER PRIMARY KEY)")
    shared = json.dumps({"from": {"email": "editor@brief.example.org"}, "subject": "Tides",
                         "content": [{"type": "text/html", "value": STORY * 9}]})[1:]  # fmt: skip
    work: queue.Queue[tuple[int, bytes] | None] = queue.Queue(maxsize=2 * THREADS)
    done: queue.Queue[int] = queue.Queue()
    threads = [threading.Thread(target=_post, args=(port, work, done)) for _ in range(THREADS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for number, people in enumerate(_batches(connection)):
        body = '{"personalizations":[' + ",".join(map(_spliced, people)) + "]," + shared
        work.put((number, body.encode()))
        _mark(connection, done)
    for _ in threads:
        work.put(None)
    for thread in threads:
        thread.join()
    _mark(connection, done)
    seconds = time.perf_counter() - start
    connection.execute("DROP TABLE mark")
    connection.close()
    return seconds


def _batches(connection: sqlite3.Connection) -> Iterator[list[tuple[str, str, str]]]:
    rows = connection.execute("SELECT address, name, token FROM subscriber ORDER BY id")
    while people := rows.fetchmany(SIZE):
        yield people


def _spliced(person: tuple[str, str, str]) -> str:
    address, name, token = person
    link = f"{BASE}/u/{token}"
    return (
        f'{{"to":[{{"email":"{address}","name":{json.dumps(name)}}}],'
        f'"substitutions":{{"-name-":{json.dumps(name)},"-link-":"{link}"}},'
        f'"headers":{{"List-Unsubscribe":"<{link}>"}}}}'
    )


def _post(port: int, work: queue.Queue, done: queue.Queue) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while (item := work.get()) is not None:
        number, body = item
        connection.request("POST", "/v3/mail/send", body, {"Content-Type": "application/json"})
        connection.getresponse().read()
        done.put(number)
    connection.close()


def _mark(connection: sqlite3.Connection, done: queue.Queue) -> None:
    while not done.empty():
        connection.execute("INSERT INTO mark VALUES (?)", (done.get(),))
        connection.commit()


if __name__ == "__main__":
    main()
