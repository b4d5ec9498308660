"""Files that are no list of subscribers, or a damaged one: refused early, or row by row."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest

from newsletter.core.errors import InputError
from newsletter.storage.database import Database
from newsletter.storage.subscribers.store import Subscribers
from newsletter.subscribers.imports import importer
from tests.support.subscribers import add, export_text, import_text, plan_of, write

GIGABYTE = 1024**3


@pytest.fixture
def store(sqlite_database: Database) -> Subscribers:
    return Subscribers(sqlite_database, "main")


def refused(store: Subscribers, path: Path) -> str:
    """Return the sentence with which a file is refused; nobody is added."""
    with pytest.raises(InputError) as caught:
        plan_of(store, importer.prepare(path, mapping={}))
    assert list(store.everyone()) == []
    return caught.value.what


def test_a_file_cut_off_inside_quotes_is_refused_with_the_line(
    store: Subscribers, tmp_path: Path
) -> None:
    path = write(tmp_path, 'email,name\nann@example.org,Ann\nben@example.org,"Be')
    assert refused(store, path).startswith("Line 3 opens a quotation mark that is never closed")


def test_of_a_file_cut_off_between_cells_the_last_row_alone_is_rejected(
    store: Subscribers, tmp_path: Path
) -> None:
    report = import_text(store, tmp_path, "email,name,city\nann@example.org,Ann,Riga\nben@exam")
    (last,) = report.first_rejected
    assert (last.line, last.reason) == (3, "The row has 1 cells, the first line 3.")
    assert [one.address for one in store.everyone()] == ["ann@example.org"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "NUL bytes"),
        (b"PK\x03\x04\x14\x00", "a spreadsheet or an archive"),
        (bytes(range(1, 256)) * 9, "neither UTF-8 nor Windows-1252"),
    ],
)
def test_a_binary_is_refused_by_what_it_is(
    store: Subscribers, tmp_path: Path, content: bytes, kind: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert kind in refused(store, path)


def test_a_line_of_two_gigabytes_is_refused_with_its_number_from_its_first_megabytes(
    store: Subscribers, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as stream:
        stream.truncate(2 * GIGABYTE)  # sparse: it takes no room on the disk
        stream.write(b"email\nann@example.org\n" + b"x" * 4 * 1024 * 1024)
    tracemalloc.start()
    try:
        sentence = refused(store, path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sentence.startswith("Line 3 of list.csv has more than 65,536 bytes")
    assert peak < 20 * 1024 * 1024


def test_line_breaks_in_quotes_belong_to_their_cell_and_lines_are_still_counted_right(
    store: Subscribers, tmp_path: Path
) -> None:
    text = 'email,note\nann@example.org,"one\r\ntwo\n\nthree"\nbroken,x\n"ben@\nexample.org",y\n'
    report = import_text(store, tmp_path, text)
    assert [row.line for row in report.first_rejected] == [6, 7]
    (ann,) = store.everyone()
    assert ann.attributes == {"note": "one two three"}


def test_a_file_with_a_header_only_is_refused(store: Subscribers, tmp_path: Path) -> None:
    for text in ("email,name\n", "email,name", "email,name\n\n \n,\n"):
        path = write(tmp_path, text)
        assert refused(store, path) == "list.csv has a first line and no rows."


def test_two_columns_of_one_name_or_one_meaning_are_refused(
    store: Subscribers, tmp_path: Path
) -> None:
    path = write(tmp_path, "email,City,city\nann@example.org,Riga,Oslo\n")
    assert refused(store, path) == "Two columns are called “city”."
    path = write(tmp_path, "email,e-mail\nann@example.org,ben@example.org\n")
    assert refused(store, path) == "The columns “email” and “e-mail” both mean email."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_file_with_nul_characters_is_refused(
    store: Subscribers, tmp_path: Path, encoding: str
) -> None:
    text = "email,name\nann@example.org,Zoë\0\n"
    assert "NUL" in refused(store, write(tmp_path, text, encoding=encoding))


def test_formulas_do_nothing_in_an_export_and_come_back_as_they_were(
    store: Subscribers, tmp_path: Path
) -> None:
    add(store, "ann@example.org", name="=cmd|' /C calc'!A0", attributes={"note": "'-1+1"})
    add(store, "+ben@example.org", name="@SUM(A1)", attributes={"note": "=1"})
    people, exported = list(store.everyone()), export_text(store)
    rows = list(csv.reader(io.StringIO(exported, newline="")))
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@", "\t"}]
    assert not import_text(store, tmp_path, exported).changed
    assert list(store.everyone()) == people
