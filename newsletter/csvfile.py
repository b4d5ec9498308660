"""Read a CSV file as people have them: any usual encoding and delimiter, in flat memory.

`examine` looks at the whole file once, without keeping it, and refuses what is not a CSV file;
`CsvFile.records` then streams the records with the number of the line each begins on. Also here:
cells that a spreadsheet would run as a formula, made harmless for export and read back as given.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from newsletter.errors import InputError

LONGEST_LINE = 64 * 1024  # bytes; a subscriber has a few hundred
_BLOCK = 1024 * 1024
_SAMPLE = 256 * 1024
_SAMPLE_RECORDS = 50
_DELIMITERS = ",;\t|"
_FOREIGN = {
    b"PK\x03\x04": "a spreadsheet or an archive; save the sheet as CSV first",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet or document; save the sheet as CSV first",
}
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


class Record(NamedTuple):
    """One record of the file."""

    line: int  # the first of its lines, counted from 1
    cells: list[str]
    fault: str | None = None  # why the cells cannot be told apart; `cells` is the raw line then


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """A file that was examined."""

    path: Path
    sha256: str
    lines: int
    encoding: str
    delimiter: str

    def records(self) -> Iterator[Record]:
        """Yield the records that are not blank, in order.

        Raises `InputError` when a quotation mark is never closed, so that lines would be lost.
        """
        with self.path.open(encoding=self.encoding, newline="") as stream:
            yield from _records(stream, delimiter=self.delimiter)

    def sample(self) -> list[Record]:
        """Give the first records, enough to tell what the columns hold."""
        return list(islice(self.records(), _SAMPLE_RECORDS))


def examine(path: Path) -> CsvFile:
    """Find out encoding and delimiter.

    Raises `InputError` for a file that is empty, not text, or has a line over 64 KB.
    """
    try:
        with path.open("rb") as stream:
            scan = _Scan(stream, name=path.name)
        encoding = scan.encoding(path)
        with path.open(encoding=encoding, newline="") as text:
            delimiter = _delimiter(_beginning(text))
    except (OSError, UnicodeError) as error:
        raise InputError(f"{path.name} cannot be read: {error}.") from error
    return CsvFile(
        path=path,
        sha256=scan.digest.hexdigest(),
        lines=scan.lines,
        encoding=encoding,
        delimiter=delimiter,
    )


def write_row(stream: IO[str], cells: Iterable[str]) -> None:
    """Write one line of a comma-separated file; formulas are neutralised."""
    csv.writer(stream, lineterminator="\n").writerow([neutralise(cell) for cell in cells])


def neutralise(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def plain(cell: str) -> str:
    """Take the apostrophe of `neutralise` away again."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


class _Scan:
    """One pass over the bytes: digest, size, whether they are UTF-8, how long the lines are."""

    def __init__(self, stream: IO[bytes], *, name: str) -> None:
        self.digest = hashlib.sha256()
        self.lines = 0
        self._name = name
        self._line = 0
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self._start = stream.read(4)
        stream.seek(0)
        self._refuse_foreign()
        self._utf16 = self._start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        while block := stream.read(_BLOCK):
            self._take(block)
        self._decode(b"", final=True)
        if not self.lines:
            raise InputError(f"{name} is empty.")

    def encoding(self, path: Path) -> str:
        """Name the encoding; UTF-16 and Windows-1252 are read through once to be sure of it."""
        if self._utf8 is not None and not self._utf16:
            return "utf-8-sig"
        encoding = "utf-16" if self._utf16 else "cp1252"
        try:
            with path.open(encoding=encoding, newline="") as stream:
                while text := stream.read(_BLOCK):
                    if "\0" in text:
                        raise self._binary()
        except UnicodeError as error:
            tried = "UTF-16" if self._utf16 else "UTF-8 nor Windows-1252"
            raise InputError(
                f"{self._name} is not text: it is {'not' if self._utf16 else 'neither'} {tried}.",
                hint="Save it as CSV in UTF-8.",
            ) from error
        return encoding

    def _take(self, block: bytes) -> None:
        self.digest.update(block)
        if b"\0" in block and not self._utf16:
            raise self._binary()
        self._decode(block)
        self._measure(block)

    def _decode(self, block: bytes, *, final: bool = False) -> None:
        if self._utf8 is None:
            return
        try:
            self._utf8.decode(block, final)
        except UnicodeDecodeError:
            self._utf8 = None

    def _measure(self, block: bytes) -> None:
        lines = block.splitlines(keepends=True)
        lengths = [len(line) for line in lines]
        lengths[0] += self._line
        if max(lengths) > LONGEST_LINE:
            raise InputError(
                f"{self._name} has a line of more than {LONGEST_LINE:,} bytes; it is no CSV file.",
                hint="Export the list again, as CSV with one subscriber on each line.",
            )
        self.lines += len(lines) - (self._line > 0)
        self._line = 0 if lines[-1].endswith((b"\n", b"\r")) else lengths[-1]

    def _refuse_foreign(self) -> None:
        for magic, kind in _FOREIGN.items():
            if self._start.startswith(magic):
                raise InputError(f"{self._name} is not a CSV file but {kind}.")

    def _binary(self) -> InputError:
        return InputError(
            f"{self._name} is not a text file: it holds NUL bytes.",
            hint="Save the list as CSV in UTF-8.",
        )


class _Lines:
    """The lines of a stream, remembering how many there were and the last one."""

    def __init__(self, stream: Iterable[str]) -> None:
        self._lines = iter(stream)
        self.last = ""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        self.last = next(self._lines)
        return self.last


def _records(stream: Iterable[str], *, delimiter: str) -> Iterator[Record]:
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _faulty(error, first=line, last=reader.line_num, raw=lines.last)
            continue
        if any(cells) and any(map(str.strip, cells)):
            yield Record(line, cells)


def _faulty(error: csv.Error, *, first: int, last: int, raw: str) -> Record:
    """Keep one broken line as a record of its own; refuse when it swallowed further lines."""
    if "unexpected end of data" in str(error):
        raise InputError(
            f"Line {first} opens a quotation mark that is never closed; the file may be cut off.",
            hint=f"Export it again, or close the quotation mark in line {first}.",
        ) from error
    if last > first:
        raise InputError(
            f"Line {first} opens a quotation mark that is not closed before line {last}.",
            hint=f"Look at the quotation marks from line {first} on; inside quotes write "
            "each of them twice.",
        ) from error
    too_long = "field limit" in str(error)
    fault = "A cell is too long." if too_long else "The quotation marks of the line do not match."
    return Record(first, [raw.strip()], fault)


def _beginning(stream: IO[str]) -> str:
    """Read the beginning of a file, without a line that the sample cuts off."""
    text = stream.read(_SAMPLE)
    return text[: text.rfind("\n") + 1] or text if len(text) == _SAMPLE else text


def _delimiter(text: str) -> str:
    """Choose the delimiter by which most records have as many cells as the first; else a comma."""
    scores = {delimiter: _evenness(text, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0.0, 1) else ","


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLE_RECORDS)
    try:
        widths = [len(row) for row in rows if any(row)]
    except csv.Error:  # not by this delimiter
        return (0.0, 1)
    if not widths or widths[0] == 1:
        return (0.0, 1)
    return (widths.count(widths[0]) / len(widths), widths[0])
