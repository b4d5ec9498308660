"""How fast a list is imported, as a share of a bare import of the same file in the same run.

    python benchmarks/import.py [ROWS] [--postgresql URL]

The bare import reads the file with `csv`, tests each address with one regular expression, and
writes it with one `executemany` upsert in one transaction (on PostgreSQL: COPY into a table).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
UPSERT = (
    "INSERT INTO reader (address, name, zone, city) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (address) DO UPDATE SET name = excluded.name"
)
DOMAINS = ("gmail.com", "example.org", "yahoo.com", "web.de", "outlook.com")


def write_list(file: Path, rows: int) -> None:
    """Write a list of which about 2.5 % is dirty: broken, repeated, outside ASCII."""
    dice = random.Random(1)
    with file.open("w", encoding="utf-8") as stream:
        stream.write("email,name,time_zone,city\n")
        last = "first@example.org"
        for number in range(rows):
            kind = dice.random()
            if kind < 0.01:
                stream.write(f"broken{number},Nobody,,\n")
            elif kind < 0.02:
                stream.write(f"{last.upper()},Again,,\n")
            elif kind < 0.025:
                stream.write(f"jürgen{number}@example.org,Jürgen,,\n")
            else:
                last = f"r{dice.getrandbits(40):x}.{number}@{dice.choice(DOMAINS)}"
                stream.write(f"{last},Reader {number},Europe/Berlin,City {number % 500}\n")


def bare(file: Path, folder: Path) -> None:
    database = sqlite3.connect(folder / "bare.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(
        "CREATE TABLE reader (id INTEGER PRIMARY KEY, address TEXT UNIQUE, name TEXT, zone TEXT, "
        "city TEXT)"
    )
    with file.open(encoding="utf-8", newline="") as stream, database:
        rows = csv.reader(stream)
        next(rows)
        good = ((row[0].lower(), *row[1:]) for row in rows if ADDRESS.fullmatch(row[0]))
        database.executemany(UPSERT, good)
    database.close()


def bare_postgresql(file: Path, url: str) -> None:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("DROP TABLE IF EXISTS bare_reader")
        connection.execute(
            "CREATE TABLE bare_reader (address text, name text, zone text, city text)"
        )
        with (
            connection.cursor().copy("COPY bare_reader FROM STDIN") as copy,
            file.open(encoding="utf-8", newline="") as stream,
        ):
            for row in csv.reader(stream):
                copy.write_row(row)


def ours(file: Path, url: str) -> None:
    """Import the file as the command does, in this process."""
    from newsletter.storage.database import connect
    from newsletter.storage.migrate import upgrade
    from newsletter.storage.subscribers import Subscribers
    from newsletter.subscribers import importing

    database = connect(url)
    upgrade(database)
    wish = importing.prepare(file, mapping={})
    importing.run(Subscribers(database), wish, now=datetime.now(UTC))
    database.close()


def measured(work: Callable[[], None]) -> dict[str, float]:
    begun = time.perf_counter()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": time.perf_counter() - begun, "megabytes": peak / 1024}


def alone(*words: str) -> dict[str, float]:
    """Measure in a process of its own, so that each has its own peak of memory."""
    done = subprocess.run(
        [sys.executable, __file__, *words], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(rows: int, postgresql: str | None) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "list.csv"
        write_list(file, rows)
        url = postgresql or f"sqlite:///{folder / 'newsletter.db'}"
        base = alone("--only", "bare", "--file", str(file), "--url", url)
        print(f"{rows:,} rows")
        show("bare", rows, base, base)
        for what in ("import", "the same again"):
            show(what, rows, alone("--only", "ours", "--file", str(file), "--url", url), base)


def show(what: str, rows: int, found: dict[str, float], base: dict[str, float]) -> None:
    print(
        f"  {what:15} {rows / found['seconds']:>9,.0f} rows/s  "
        f"{base['seconds'] / found['seconds']:.2f} × bare  {found['megabytes']:,.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--postgresql", metavar="URL")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.only == "ours":
        print(json.dumps(measured(lambda: ours(told.file, told.url))))
    elif told.only == "bare" and told.url.startswith("postgresql"):
        print(json.dumps(measured(lambda: bare_postgresql(told.file, told.url))))
    elif told.only == "bare":
        print(json.dumps(measured(lambda: bare(told.file, told.file.parent))))
    else:
        compare(told.rows, told.postgresql)


if __name__ == "__main__":
    main()
