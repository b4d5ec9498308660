"""CSV files as people have them: encodings, delimiters, quotes, and what is no CSV file."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import InputError
from newsletter.subscribers.csv_cells import neutralise, plain, write_columns, write_row
from newsletter.subscribers.csvfile import LONGEST_LINE, Record, examine
from tests.support.subscribers import write

LIST = "email,name\nann@example.org,Zoë\nben@example.org,“Ben”\n"


def cells(path: Path) -> list[list[str]]:
    return [record.cells for record in examine(path).records()]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found_and_no_mark_stays_in_the_first_cell(
    tmp_path: Path, encoding: str, found: str
) -> None:
    file = write(tmp_path, LIST, encoding=encoding)
    assert examine(file).encoding == found
    assert cells(file) == [
        ["email", "name"],
        ["ann@example.org", "Zoë"],
        ["ben@example.org", "“Ben”"],
    ]


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_is_read_in_either_byte_order(tmp_path: Path, mark: bytes) -> None:
    order = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    (tmp_path / "l.csv").write_bytes(mark + LIST.encode(order))
    assert cells(tmp_path / "l.csv")[1] == ["ann@example.org", "Zoë"]


def test_a_late_foreign_byte_makes_the_whole_file_windows_1252(tmp_path: Path) -> None:
    head = b"email,name\n" + b"ann@example.org,Ann\n" * 80_000
    (tmp_path / "l.csv").write_bytes(head + b"zoe@example.org,Zo\xeb\n")
    file = examine(tmp_path / "l.csv")
    assert (file.encoding, file.lines) == ("cp1252", 80_002)
    assert list(file.records())[-1] == Record(80_002, ["zoe@example.org", "Zoë"])


def test_a_letter_cut_by_the_reading_block_is_still_utf_8(tmp_path: Path) -> None:
    block = 1024 * 1024
    line = "zoe@example.org,Zoë\n".encode()
    before = b"n" * ((block - 1 - line.index("ë".encode())) % len(line) - 1) + b"\n"
    content = before + line * 60_000
    assert content[block - 1 : block + 1] == "ë".encode()
    (tmp_path / "l.csv").write_bytes(content)
    assert examine(tmp_path / "l.csv").encoding == "utf-8-sig"


@pytest.mark.parametrize("mark", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_first_line_that_declares_the_delimiter_is_no_record(tmp_path: Path, mark: str) -> None:
    file = write(tmp_path, f"{mark}\r\nemail;a,b\r\nann@example.org;1,2\r\n", encoding="utf-8-sig")
    assert examine(file).delimiter == ";"
    assert list(examine(file).records()) == [
        Record(2, ["email", "a,b"]),
        Record(3, ["ann@example.org", "1,2"]),
    ]


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_without_its_mark_too(tmp_path: Path, order: str) -> None:
    file = write(tmp_path, LIST, encoding=order)
    assert (examine(file).encoding, cells(file)[1]) == (order, ["ann@example.org", "Zoë"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = 'email,name\nann@example.org,"Dr. Ann, MD; PhD"\n'.replace(",", delimiter, 2)
    file = write(tmp_path, text.replace("org,", f"org{delimiter}"))
    assert examine(file).delimiter == delimiter
    assert cells(file)[1][1] == "Dr. Ann, MD; PhD"


def test_a_single_column_has_no_delimiter_to_be_misled_by(tmp_path: Path) -> None:
    assert cells(write(tmp_path, "email\nann@example.org\n")) == [["email"], ["ann@example.org"]]


def test_records_know_their_first_line_and_blank_ones_are_left_out(tmp_path: Path) -> None:
    text = 'email,note\n\na@example.org,"two\nlines"\n , \nb@example.org,x\n'
    records = list(examine(write(tmp_path, text)).records())
    assert [(record.line, record.cells) for record in records] == [
        (1, ["email", "note"]),
        (3, ["a@example.org", "two\nlines"]),
        (6, ["b@example.org", "x"]),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(tmp_path: Path, end: str) -> None:
    file = write(tmp_path, LIST.replace("\n", end))
    assert len(cells(file)) == 3
    assert examine(file).lines == 3


def test_a_line_with_stray_quotes_is_a_record_of_its_own_with_a_fault(tmp_path: Path) -> None:
    text = 'email,name\na@example.org,"Ann "The Ace" Smith"\nb@example.org,Ben\n'
    _, bad, good = examine(write(tmp_path, text)).records()
    assert bad.fault is not None
    assert bad.line == 2
    assert "Ace" in bad.cells[0]
    assert good == Record(3, ["b@example.org", "Ben"])


def test_a_quotation_mark_that_swallows_lines_refuses_the_file(tmp_path: Path) -> None:
    text = 'email,name\na@example.org,"Ann\nb@example.org,Ben\nc@example.org,"Cleo"\n'
    with pytest.raises(InputError, match=r"Line 2 .* before line 4"):
        cells(write(tmp_path, text))


def test_a_file_that_is_cut_off_inside_quotes_is_refused(tmp_path: Path) -> None:
    text = 'email,name\na@example.org,Ann\nb@example.org,"Be'
    with pytest.raises(InputError, match=r"Line 3 .* cut off"):
        cells(write(tmp_path, text))


def test_a_quotation_mark_over_a_whole_large_file_is_refused_without_reading_it_all(
    tmp_path: Path,
) -> None:
    text = 'email,name\na@example.org,"Ann\n' + "b@example.org,Ben\n" * 20_000
    with pytest.raises(InputError, match=r"Line 2 .* not closed before"):
        cells(write(tmp_path, text))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"email\nann\0@example.org\n", "NUL"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "NUL"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xfee\0m\0a\0\0\0", "NUL"),
        (b"\xff\xfee\0m", "UTF-16"),
        (b"email\nann\x81@example.org\n", "neither UTF-8 nor Windows-1252"),
        (b"email\n" + b"x" * (LONGEST_LINE + 1) + b"\n", "65,536 bytes"),
        # The same, half of it in each of two reading blocks.
        (b"email\n" * ((1024 * 1024 - 40_000) // 6) + b"x" * 80_000, "65,536 bytes"),
    ],
)
def test_what_is_no_csv_file_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, word: str
) -> None:
    (tmp_path / "l.csv").write_bytes(content)
    with pytest.raises(InputError, match=word):
        examine(tmp_path / "l.csv")


def test_a_long_line_is_refused_before_it_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    with path.open("wb") as stream:
        stream.truncate(2 * 1024**3)  # sparse: two gigabytes, hardly a byte on disk
        stream.seek(0)
        stream.write(b"x" * (3 * 1024 * 1024))
    with pytest.raises(InputError, match="65,536 bytes"):
        examine(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            examine(path)


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    file = write(tmp_path, LIST)
    assert examine(file).sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("cell", ["=cmd()", "+49 30", "-1", "@SUM(A1)", "\tx", "'=x"])
def test_formulas_are_neutralised(cell: str) -> None:
    assert neutralise(cell) == f"'{cell}"


UNSEEN = ("", "\ufeff", "\u200b", "\u00a0", " ", "\ufeff ")
SIGNS = ("=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "\ufe661", "\n=1")


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("sign", SIGNS)
def test_full_width_signs_and_what_nobody_sees_hide_no_formula(unseen: str, sign: str) -> None:
    cell = f"{unseen}{sign}"
    assert neutralise(cell) == f"'{cell}"
    assert plain(neutralise(cell)) == cell
    stream = io.StringIO()
    write_columns(stream, [[cell, "Ann"]])
    assert stream.getvalue().strip('"').startswith("'")


@given(st.text())
def test_neutralising_is_undone_exactly_and_leaves_no_formula(cell: str) -> None:
    written = neutralise(cell)
    assert plain(written) == cell
    assert written[:1] not in {"=", "+", "-", "@"}


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"))), min_size=2, max_size=5))
def test_a_written_row_is_read_back_as_it_was(row: list[str]) -> None:
    stream = io.StringIO()
    write_row(stream, row)
    (read,) = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    assert [plain(cell) for cell in read] == row
