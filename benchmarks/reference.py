"""The bare limit: the same work with the standard library alone.

One process reads the audience from SQLite, splices JSON bodies with name, link and header for each
recipient, posts them over kept-open `http.client` connections, and marks each batch durably. It
freezes nothing, checks nothing, escapes only names, and forgets what was answered.
"""

from __future__ import annotations

import http.client
import json
import queue
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from publication import BASE, STORY

SIZE = 1000


def reference(root: Path, port: int, connections: int) -> float:
    """Hand over to everybody on the list; give the seconds."""
    connection = sqlite3.connect(root / "newsletter.db")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE mark (batch INTEGER PRIMARY KEY)")
    shared = json.dumps({"from": {"email": "editor@brief.example.org"}, "subject": "Tides",
                         "content": [{"type": "text/html", "value": STORY * 9}]})[1:]  # fmt: skip
    work: queue.Queue[tuple[int, bytes] | None] = queue.Queue(maxsize=2 * connections)
    done: queue.Queue[int] = queue.Queue()
    threads = [threading.Thread(target=_post, args=(port, work, done)) for _ in range(connections)]
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


def ready_made(port: int, bodies: int) -> float:
    """Post one ready-made body of a thousand over and over, on one connection: the sink's limit."""
    people = [(f"r{n}@d{n % 50}.example.org", f"Reader {n}", f"{n:022}") for n in range(SIZE)]
    shared = json.dumps({"content": [{"type": "text/html", "value": STORY * 9}]})[1:]
    body = ('{"personalizations":[' + ",".join(map(_spliced, people)) + "]," + shared).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    start = time.perf_counter()
    for _ in range(bodies):
        _exchange(connection, body)
    return time.perf_counter() - start


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
        _exchange(connection, body)
        done.put(number)
    connection.close()


def _exchange(connection: http.client.HTTPConnection, body: bytes) -> None:
    connection.request("POST", "/v3/mail/send", body, {"Content-Type": "application/json"})
    connection.getresponse().read()


def _mark(connection: sqlite3.Connection, done: queue.Queue) -> None:
    while not done.empty():
        connection.execute("INSERT INTO mark VALUES (?)", (done.get(),))
        connection.commit()
