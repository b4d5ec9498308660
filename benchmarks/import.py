"""How fast a list is imported, as a share of a bare import of the same file in the same run.

    python benchmarks/import.py [ROWS…] [--postgresql URL] [--times N]

The file has what lists have: address, name, time zone, tags, the moment of the sign-up, a city and
a note; 2 % of it is dirty. The bare import reads the file with `csv`, tests each address with one
compiled expression, and writes it with one `executemany` upsert in one transaction; on PostgreSQL
it copies the rows into a table without an index, and a second reference upserts them from there.
Neither has a plan, a check, consent or history; both write one table with one index and cannot be
resumed or taken back.

Every import is a process of its own, the two take turns, and the quickest of each counts: the
machine may have other work. The ratio by processor time is less disturbed by that than the other.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
UPSERT = "ON CONFLICT (address) DO UPDATE SET name = excluded.name"
DOMAINS = ("gmail.com", "example.org", "yahoo.com", "web.de", "outlook.com")


COLUMNS = ("address", "name", "zone", "tags", "signed_up", "city", "note")
HEADER = "email,name,time_zone,tags,signup_date,city,note"
ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "America/Chicago", "Asia/Tokyo"),
    *("Australia/Sydney", "America/Sao_Paulo", "Europe/Paris", "Asia/Kolkata", "Africa/Cairo"),
)
TAGS = ("vip", "tea", "press", "event 2024", "beta", "donor", "staff", "weekly")


def write_list(file: Path, rows: int) -> None:
    """Write a list with the columns people have, of which about 2 % is dirty.

    Names are quoted where they have a comma, tags always; every row has a moment of its own. Dirty
    are addresses that are broken, repeated or outside ASCII, and zones that are none.
    """
    dice = random.Random(1)
    day = datetime(2019, 1, 1, tzinfo=UTC)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        stream.write(HEADER + "\n")
        last = "first@example.org"
        for number in range(rows):
            tags = dice.sample(TAGS, dice.randrange(3))
            moment = day + timedelta(seconds=dice.randrange(200_000_000))
            name = f"Reader, No. {number}" if number % 10 == 0 else f"Reader Number {number}"
            note = f'said "yes" at stand {number % 90}' if number % 50 == 0 else ""
            zone = dice.choice(ZONES)
            address = f"r{dice.getrandbits(40):x}.{number}@{dice.choice(DOMAINS)}"
            kind = dice.random()
            if kind < 0.005:
                address = f"broken{number}"
            elif kind < 0.01:
                address = last.upper()
            elif kind < 0.015:
                address = f"jürgen{number}@example.org"
            elif kind < 0.02:
                zone = "Middle Earth"
            last = address if "@" in address and address.isascii() else last
            row = [address, name, zone, ", ".join(tags), f"{moment:%Y-%m-%d %H:%M:%S}"]
            writer.writerow([*row, f"City {number % 500}", note])


def good_rows(file: Path) -> Iterator[tuple[str, ...]]:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        yield from ((row[0].lower(), *row[1:]) for row in rows if ADDRESS.fullmatch(row[0]))


def bare(file: Path, url: str) -> None:
    database = sqlite3.connect(f"{url.removeprefix('sqlite:///')}-bare")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(
        "CREATE TABLE reader (id INTEGER PRIMARY KEY, address TEXT UNIQUE, "
        f"{', '.join(f'{name} TEXT' for name in COLUMNS[1:])})"
    )
    with database:
        marks = ", ".join("?" * len(COLUMNS))
        insert = f"INSERT INTO reader ({', '.join(COLUMNS)}) VALUES ({marks}) {UPSERT}"
        database.executemany(insert, good_rows(file))
    database.close()


def copied(file: Path, url: str, *, upsert: str = "") -> None:
    import psycopg

    columns = ", ".join(f"{name} text" for name in COLUMNS)
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS bare_reader (id bigserial PRIMARY KEY, {columns}, "
            "UNIQUE (address))"
        )
        connection.execute(f"CREATE TEMPORARY TABLE bare_row ({columns})")
        with connection.cursor().copy("COPY bare_row FROM STDIN") as copy:
            for row in good_rows(file):
                copy.write_row(row)
        if upsert:
            connection.execute(upsert)


def copied_and_upserted(file: Path, url: str) -> None:
    upsert = (
        f"INSERT INTO bare_reader ({', '.join(COLUMNS)}) "
        f"SELECT DISTINCT ON (address) * FROM bare_row {UPSERT}"
    )
    copied(file, url, upsert=upsert)


def ours(file: Path, url: str, *, dry_run: bool = False) -> None:
    """Import the file as the command does, in this process."""
    from newsletter.storage.database import connect
    from newsletter.storage.subscribers.store import Subscribers
    from newsletter.subscribers.imports import importer

    database = connect(url)
    wish = importer.prepare(file, mapping={})
    with importer.planned(Subscribers(database, "main"), wish, now=datetime.now(UTC)) as plan:
        if not dry_run:
            plan.apply()
    database.close()


WORK: dict[str, Callable[[Path, str], None]] = {
    "bare": bare,
    "bare COPY": copied,
    "bare COPY, upsert": copied_and_upserted,
    "plan": partial(ours, dry_run=True),
    "import": ours,
    "the same again": ours,
}
ON_SQLITE = ("bare", "import", "the same again")
ON_POSTGRESQL = ("bare COPY", "bare COPY, upsert", "plan", "import", "the same again")


def measured(work: str, file: Path, url: str) -> dict[str, float]:
    begun = time.perf_counter()
    WORK[work](file, url)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall": time.perf_counter() - begun,
        "processor": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss / 1024,
    }


def alone(work: str, file: Path, url: str) -> dict[str, float]:
    """Measure in a process of its own, so that each has its own peak of memory."""
    words = [sys.executable, __file__, "--work", work, "--file", str(file), "--url", url]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(rows: int, *, server: str | None, times: int) -> None:
    works = ON_POSTGRESQL if server else ON_SQLITE
    runs: dict[str, list[dict[str, float]]] = {work: [] for work in works}
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "list.csv"
        write_list(file, rows)
        for turn in range(times):
            with new_database(server, folder=Path(name), number=turn) as url:
                for work in works:
                    runs[work].append(alone(work, file, url))
    show(rows, {work: best(found) for work, found in runs.items()})


@contextmanager
def new_database(server: str | None, *, folder: Path, number: int) -> Iterator[str]:
    """Make an empty database of a publication, and take it away again."""
    from newsletter.storage.database import connect
    from newsletter.storage.migrate import upgrade

    with place(server, folder=folder / str(number), name=f"benchmark_{number}") as url:
        database = connect(url)
        upgrade(database)
        database.close()
        yield url


@contextmanager
def place(server: str | None, *, folder: Path, name: str) -> Iterator[str]:
    if server is None:
        folder.mkdir()
        yield f"sqlite:///{folder / 'newsletter.db'}"
        shutil.rmtree(folder)
        return
    import psycopg
    from sqlalchemy import make_url

    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield str(make_url(server).set(database=name).render_as_string(hide_password=False))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def best(runs: list[dict[str, float]]) -> dict[str, float]:
    found = {what: min(run[what] for run in runs) for what in ("wall", "processor")}
    return found | {"megabytes": max(run["megabytes"] for run in runs)}


def show(rows: int, found: dict[str, dict[str, float]]) -> None:
    reference = next(iter(found.values()))
    for what, run in found.items():
        cells = (
            f"{rows:,}",
            what,
            f"{rows / run['wall']:,.0f}/s",
            f"{reference['wall'] / run['wall']:.2f}",
            f"{reference['processor'] / run['processor']:.2f}",
            f"{run['megabytes']:,.0f} MB",
        )
        print(f"| {' | '.join(cells)} |", flush=True)


def show_addresses(count: int = 100_000) -> None:
    """Compare the two ways of looking at addresses, of which 2.5 % are not plain."""
    from email_validator import EmailNotValidError, validate_email

    from newsletter.subscribers import addresses

    texts = [f"reader{n}@example.org" if n % 40 else f"readér{n}@example" for n in range(count)]
    begun = time.process_time()
    for start in range(0, count, 5_000):
        page = texts[start : start + 5_000]
        for text, fits in zip(page, addresses.plain(page).fits, strict=True):
            if not fits:
                addresses.parse(text)
    ours_alone = count / (time.process_time() - begun)
    begun = time.process_time()
    for text in texts[: count // 20]:
        with suppress(EmailNotValidError):
            validate_email(text, check_deliverability=False, allow_smtputf8=False)
    library = count / 20 / (time.process_time() - begun)
    print(f"addresses: {ours_alone:,.0f}/s, email-validator alone {library:,.0f}/s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--postgresql", metavar="URL", help="a server that may make databases")
    parser.add_argument("--times", type=int, default=2, metavar="N", help="how often each runs")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.work:
        print(json.dumps(measured(told.work, told.file, told.url)))
        return
    print("| rows | import | speed | × bare | × bare, by processor time | memory |")
    print("| ---: | --- | ---: | ---: | ---: | ---: |")
    for rows in told.rows:
        compare(rows, server=told.postgresql, times=told.times)
    show_addresses()


if __name__ == "__main__":
    main()
