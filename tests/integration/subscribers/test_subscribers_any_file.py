"""Whatever a CSV file holds, each of its rows ends in exactly one class, and twice in the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.core.errors import InputError
from newsletter.core.model import Frequency
from newsletter.core.model import SubscriberState as State
from newsletter.storage.database import Database, connect
from newsletter.storage.migrate import upgrade
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import subscriber
from newsletter.subscribers.imports import importer
from newsletter.subscribers.imports.questions import Asked
from newsletter.subscribers.imports.rows import read
from newsletter.subscribers.model import ImportRow, Person
from newsletter.subscribers.profile import PROFILE
from tests.support.database import sqlite_url
from tests.support.examples import examples
from tests.support.subscribers import NOON, add, export_text, plan_of, suppress

ADDRESSES = [
    *("ann@example.org", "ANN@example.org", " ann@Example.org", "ben@example.org"),
    *("gone@example.org", "never@example.org", "new@example.org", "new@bücher.example"),
    *("new@xn--bcher-kva.example", "jörg@example.com", "nobody", "", "'+a@example.org"),
]
CELL = st.one_of(
    st.sampled_from([*ADDRESSES, "Ann", "Europe/Riga", "unsubscribed", "active", '"', "a\nb"]),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8),
)
ROW = st.one_of(
    st.tuples(st.sampled_from(ADDRESSES), CELL, CELL).map(list), st.lists(CELL, max_size=5)
)
HEADER = st.sampled_from(
    [["email", "name", "x"], ["E-mail", "time zone", "x"], ["mail", "subscription", "name"]]
)
# Beside somebody with attributes, one whose row is too short, and who left.
SHIFTED = [
    ["ann@example.org", "", "new@bücher.example"],
    ["ann@example.org", "Ann", "ann@example.org"],
    ["unsubscribed", "ann@example.org"],
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subscribers]:
    """A list in which somebody is known, somebody left, and somebody is suppressed."""
    database = connect(sqlite_url(tmp_path_factory.mktemp("list")))
    upgrade(database)
    subscribers = Subscribers(database, "main")
    add(subscribers, "ann@example.org", name="Ann")
    add(subscribers, "gone@example.org", state=State.UNSUBSCRIBED)
    suppress(database, "never@example.org")
    yield subscribers
    database.close()


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A list that a test may fill as it likes."""
    database = connect(sqlite_url(tmp_path_factory.mktemp("others")))
    upgrade(database)
    yield database
    database.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "any.csv"


def planned(store: Subscribers, file: Path) -> tuple[dict[str, int], list[int]] | str:
    """Return the counts and the rejected lines, or the sentence with which the file is refused."""
    lines: list[int] = []
    try:
        report = plan_of(
            store,
            importer.prepare(file, mapping={}),
            rejected=lambda row: lines.append(row.line),
        )
    except (InputError, Asked) as error:
        return error.what
    assert report.rows == sum(report.counts.values())
    assert report.counts["rejected"] == len(lines)
    return {str(key): count for key, count in report.counts.items()}, lines


@settings(max_examples=examples(200), deadline=None)
@given(header=HEADER, rows=st.lists(ROW, max_size=12), delimiter=st.sampled_from(",;\t|"))
@example(header=["mail", "subscription", "name"], rows=SHIFTED, delimiter=",")
def test_each_row_of_a_well_formed_file_ends_in_exactly_one_class(
    store: Subscribers, file: Path, header: list[str], rows: list[list[str]], delimiter: str
) -> None:
    filled = write_rows(file, header, rows, delimiter)
    found = planned(store, file)
    if isinstance(found, str):
        assert not filled or "no row that can be taken" in found or "opting out" in found
        return
    counts, lines = found
    assert sum(counts.values()) == filled
    assert lines == sorted(set(lines))


@settings(max_examples=examples(25), deadline=None)
@given(header=HEADER, rows=st.lists(ROW, max_size=12))
def test_a_file_has_the_same_plan_each_time(
    store: Subscribers, file: Path, header: list[str], rows: list[list[str]]
) -> None:
    write_rows(file, header, rows, ",")
    assert planned(store, file) == planned(store, file)


def write_rows(file: Path, header: list[str], rows: list[list[str]], delimiter: str) -> int:
    """Write a file; say how many of its rows are not blank."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([header, *rows])
    file.write_text(stream.getvalue(), encoding="utf-8", newline="")
    return sum(any(cell.strip() for cell in row) for row in rows)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")),
    )
)
def test_any_bytes_are_planned_or_refused_in_a_sentence(
    store: Subscribers, file: Path, content: bytes
) -> None:
    file.write_bytes(content)
    found = planned(store, file)
    if isinstance(found, str):
        assert found.endswith((".", "”"))
        return
    counts, _ = found
    assert sum(counts.values()) > counts["rejected"]


KEYS = ("city", "name", "zone", "full_name", "left_at", "state", "email", "ignore", "attributes")
VALUE = st.text(st.characters(exclude_categories=("C", "Z")), max_size=5)
PROFILES = {
    "name": VALUE,
    "zone": st.sampled_from([None, "Europe/Riga"]),
    "frequency": st.sampled_from(Frequency),
    "paused_until": st.none() | st.dates(),
    "locale": st.sampled_from([None, "pt-BR", "zh-Hant-TW", "en-US-u-ca-gregory"]),
    "attributes": st.dictionaries(st.sampled_from(KEYS), VALUE.filter(bool), max_size=3),
}
PERSON = st.fixed_dictionaries(
    {"state": st.sampled_from(State)} | {one.name: PROFILES[one.name] for one in PROFILE}
)


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(PERSON, min_size=1, max_size=5))
def test_a_list_that_is_exported_and_imported_again_is_unchanged(
    others: Database, file: Path, people: list[dict]
) -> None:
    addresses = [f"r{at}@example.org" for at in range(len(people))]
    people = [
        one | {"address": address, "canonical": address}
        for one, address in zip(people, addresses, strict=True)
    ]
    kept = {"publication": "main", "created_at": NOON, "changed_at": NOON}
    with others.write() as connection:
        connection.execute(sa.delete(subscriber))
        rows = [{"token": f"{at}", **kept, **one} for at, one in enumerate(people)]
        connection.execute(sa.insert(subscriber), rows)
    file.write_text(export_text(Subscribers(others, "main")), encoding="utf-8-sig", newline="")
    wish = importer.prepare(file, mapping={})
    assert wish.columns.export == "newsletter"
    rows = [read(record, wish.columns) for record in list(wish.file.records())[1:]]
    assert [row.person for row in rows if isinstance(row, ImportRow)] == [
        Person(**one) for one in people
    ]
