"""An import that is killed anywhere is finished by the same command, and nothing is there twice."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders_publication import Publication, make_publication

from newsletter.storage.database import connect
from newsletter.storage.tables import consent, import_change, import_run, state_change, subscriber

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


def content(publication: Publication) -> list[list[tuple]]:
    """Give everything an import writes, without tokens and times of day."""
    database = connect(f"sqlite:///{publication.root / 'newsletter.db'}")
    people = subscriber.c
    queries = (
        sa.select(people.id, people.address, people.name, people.state, people.import_id),
        sa.select(state_change.c.subscriber_id, state_change.c.to_state, state_change.c.reason),
        sa.select(consent.c.subscriber_id, consent.c.text),
        sa.select(import_change.c.subscriber_id, import_change.c.line, import_change.c.after),
        sa.select(import_run.c.id, import_run.c.state, import_run.c.counts),
    )
    with database.read() as connection:
        found = [
            sorted(map(repr, connection.execute(query)), key=lambda row: (len(row), row))
            for query in queries
        ]
    database.close()
    return found


def prepared(folder: Path) -> Publication:
    """Make a publication that knows some of the people already."""
    publication = make_publication(folder)
    publication.add([(f"reader{n}@example.org", "Before") for n in range(0, ROWS, 50)])
    write_list(folder / "list.csv")
    return publication


@pytest.mark.serial
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
    assert content(shaken) == content(calm)
    assert sum(expected[name] for name in ("new", "updated", "kept_opted_out")) > 0
