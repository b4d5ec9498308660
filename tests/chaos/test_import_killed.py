"""An import that is killed anywhere is finished by the same command, and nothing is there twice."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.support.publication import Publication, make_publication

ROWS = 200_000
KILLS = 10


def write_list(file: Path) -> None:
    """Write a list with every kind of row in it, spread over the file."""
    kinds = ("reader{n}@example.org,R{n},", "READER{n}@example.org,Twice,", "broken{n},X,")
    kinds += ("left{n}@example.org,L{n},unsubscribed",)
    with file.open("w", encoding="utf-8") as stream:
        stream.write("email,name,subscription\n")
        for n in range(ROWS):
            kind = kinds[n % 97 % 4 if n % 97 < 4 else 0]
            number = n - 1 if kind.startswith("READER") else n
            stream.write(kind.format(n=number) + "\n")


WRITTEN = (
    "SELECT id, address, name, state, import_id, import_line, evidence FROM subscriber ORDER BY id",
    "SELECT subscriber_id, to_state, reason FROM state_change ORDER BY subscriber_id, id",
    "SELECT subscriber_id, text FROM consent ORDER BY subscriber_id, id",
    "SELECT subscriber_id, line, after FROM import_change ORDER BY subscriber_id",
    "SELECT id, state, counts, consent FROM import_run ORDER BY id",
)
"""Everything an import writes, without tokens and times of day."""


def rows(publication: Publication, query: str) -> Iterator[tuple]:
    with closing(sqlite3.connect(publication.root / "newsletter.db")) as connection:
        yield from connection.execute(query)


def prepared(folder: Path) -> Publication:
    """Make a publication that knows some of the people already."""
    publication = make_publication(folder)
    publication.add([(f"reader{n}@example.org", "Before") for n in range(0, ROWS, 50)])
    write_list(folder / "list.csv")
    return publication


@pytest.mark.timeout(900)  # on a machine with other work
def test_ten_kills_and_a_last_run_give_the_database_of_an_undisturbed_import(
    tmp_path: Path,
) -> None:
    calm, shaken = prepared(tmp_path / "calm"), prepared(tmp_path / "shaken")
    words = ("subscribers", "import", "list.csv")
    begun = time.monotonic()
    expected = calm.json(*words)
    whole = time.monotonic() - begun
    generator = random.Random(20260301)
    for _ in range(KILLS):
        process = shaken.start(*words)
        time.sleep(generator.uniform(0.2, 1.0) * whole)
        process.kill()
        process.communicate()
    last = shaken.run(*words, "--json")
    assert last.returncode in {0, 3}, last.stderr
    for query in WRITTEN:
        for found, meant in zip_longest(rows(shaken, query), rows(calm, query)):
            assert found == meant
    assert sum(expected[name] for name in ("new", "updated", "kept_opted_out")) > 0
