"""Read a CSV file as people have them: any usual encoding and delimiter, in flat memory.

`examine` looks at the whole file once, without keeping it, and refuses what is not a CSV file;
`CsvFile.pages` then streams the records, many at once, with the number of the line each begins
on.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import IO, NamedTuple

from newsletter.core.errors import InputError, Where
from newsletter.core.sentences import said
from newsletter.subscribers.encodings import code_page

LONGEST_LINE = 64 * 1024  # bytes; a subscriber has a few hundred
_BLOCK = 1024 * 1024
_SAMPLE = 256 * 1024
_SAMPLE_RECORDS = 50
_PAGE_RECORDS = 5_000
_PAGE_BYTES = 16 * 1024 * 1024  # fewer records a page where lines are long: memory stays flat
_DELIMITERS = ",;\t|"
_FOREIGN = {
    b"PK\x03\x04": said("a spreadsheet or an archive; save the sheet as CSV first"),
    b"%PDF": said("a PDF document"),
    b"\x1f\x8b": said("a compressed file; unpack it first"),
    b"\xd0\xcf\x11\xe0": said("an old spreadsheet or document; save the sheet as CSV first"),
}
# Texts that are saved under the name of a list by mistake, or by a program.
_OTHER_TEXTS = {
    re.compile(rb"\s*(?:\{\s*\"|\[\s*[\[{\"\]])"): said("JSON; export or convert it as CSV"),
    re.compile(rb"\s*<(?:[!?]|/?[a-z]+[\s>])", re.I): said(
        "a web page or XML; save the sheet as CSV first"
    ),
    re.compile(rb"BEGIN:VCARD", re.I): said("a file of visiting cards; export the list as CSV"),
}
# What a spreadsheet reads as the delimiter, and writes itself.
_DECLARED = re.compile(r'\ufeff?"?sep=([^\w\s"]|\t)"?[,;\t]*[ ]*(?:\r\n|\r|\n)', re.IGNORECASE)
_BREAK = re.compile(r"\r\n|\r|\n")


class Record(NamedTuple):
    """One record of the file."""

    line: int  # the first of its lines, counted from 1
    cells: list[str]
    fault: str | None = None  # why the cells cannot be told apart; `cells` is the raw line then


class Page(NamedTuple):
    """Records that follow each other; a broken one has a page of its own."""

    lines: Sequence[int]  # of each record the first of its lines, counted from 1
    rows: list[list[str]]  # their cells; blank records are among them
    fault: str | None = None  # as of `Record`

    def after(self, line: int) -> Page:
        """Leave out the records that begin up to a line."""
        first = bisect_right(self.lines, line)
        return Page(self.lines[first:], self.rows[first:], self.fault) if first else self

    def without_surplus(self, width: int) -> Page:
        """Leave out blank cells behind the last column, as a delimiter at each line's end makes."""
        if self.fault is not None or max(map(len, self.rows), default=0) <= width:
            return self
        rows = [row if any(map(str.strip, row[width:])) else row[:width] for row in self.rows]
        return self._replace(rows=rows)

    def records(self) -> Iterator[Record]:
        """Yield the records that are not blank."""
        for line, cells in zip(self.lines, self.rows, strict=True):
            if any(cells) and any(map(str.strip, cells)):
                yield Record(line, cells, self.fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """A file that was examined."""

    path: Path
    sha256: str
    lines: int
    longest_line: int  # bytes
    encoding: str
    delimiter: str
    declared: bool = False  # the first line is `sep=;` and no record

    def pages(self) -> Iterator[Page]:
        """Yield all records in order, up to 5,000 at once.

        Raises `InputError` when a quotation mark is never closed, so that lines would be lost.
        """
        most = max(1, min(_PAGE_RECORDS, _PAGE_BYTES // self.longest_line))
        with self.path.open(encoding=self.encoding, newline="") as stream:
            for page in _pages(stream, delimiter=self.delimiter, most=most):
                rest = page.after(1) if self.declared else page
                if rest.rows:
                    yield rest

    def records(self) -> Iterator[Record]:
        """Yield the records that are not blank, in order. Raises `InputError` as `pages`."""
        for page in self.pages():
            yield from page.records()

    def sample(self) -> list[Record]:
        """Return the first records, enough to tell what the columns hold."""
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
            beginning = _beginning(text)
    except (OSError, UnicodeError) as error:
        where = Where(file=path.name, leads=False)
        raise InputError(
            said("%(name)s cannot be read: %(why)s.", name=path.name, why=error), where=where
        ) from error
    declared = _DECLARED.match(beginning)
    return CsvFile(
        path=path,
        sha256=scan.digest.hexdigest(),
        lines=scan.lines,
        longest_line=scan.longest,
        encoding=encoding,
        delimiter=declared[1] if declared else _delimiter(beginning),
        declared=declared is not None,
    )


class _Scan:
    """One pass over the bytes: digest, size, whether they are UTF-8, how long the lines are."""

    def __init__(self, stream: IO[bytes], *, name: str) -> None:
        self.digest = hashlib.sha256()
        self.lines = 0
        self.longest = 1
        self._name = name
        self._line = 0  # how much of a line the last block ended with
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        beginning = stream.read(64)
        self._start = beginning[:4]
        stream.seek(0)
        self._refuse_other_texts(beginning.removeprefix(codecs.BOM_UTF8))
        self._refuse_foreign()
        self._utf16 = _utf16_of(self._start)
        while block := stream.read(_BLOCK):
            self._take(block)
        self._decode(b"", final=True)
        if not self.lines:
            raise InputError(said("%(name)s is empty.", name=name), where=self._where())

    def encoding(self, path: Path) -> str:
        """Name the encoding; what is no UTF-8 is read through once to be sure of it."""
        if self._utf8 is not None and not self._utf16:
            return "utf-8-sig"
        encoding = self._utf16 or self._old_encoding(path)
        try:
            with path.open(encoding=encoding, newline="") as stream:
                while text := stream.read(_BLOCK):
                    if "\0" in text:
                        raise self._binary()
        except UnicodeError as error:
            what = said(
                "%(name)s is not text: it is neither UTF-8 nor Windows-1252.", name=self._name
            )
            if self._utf16:
                what = said("%(name)s is not text: it is not UTF-16.", name=self._name)
            raise self._unreadable(what) from error
        return encoding

    def _old_encoding(self, path: Path) -> str:
        with path.open("rb") as stream:
            found = code_page(iter(lambda: stream.read(_BLOCK), b""))
        if not found:
            raise self._unreadable(
                said(
                    "%(name)s is neither UTF-8 nor Windows-1252, and its code page is unclear: a "
                    "word such as “unsubscribed” could be missed.",
                    name=self._name,
                )
            )
        return found

    def _unreadable(self, what: str) -> InputError:
        hint = said("Save it as CSV in UTF-8.")
        return InputError(what, hint=hint, where=self._where())

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
        lengths = list(map(len, lines))
        lengths[0] += self._line
        before = self.lines - (self._line > 0)
        self.longest = max(self.longest, *lengths)
        if self.longest > LONGEST_LINE:
            raise self._long_line(before + lengths.index(self.longest) + 1)
        self.lines = before + len(lines)
        self._line = 0 if lines[-1].endswith((b"\n", b"\r")) else lengths[-1]

    def _refuse_foreign(self) -> None:
        for magic, kind in _FOREIGN.items():
            if self._start.startswith(magic):
                raise self._foreign(kind)

    def _refuse_other_texts(self, beginning: bytes) -> None:
        for pattern, kind in _OTHER_TEXTS.items():
            if pattern.match(beginning):
                raise self._foreign(kind)

    def _foreign(self, kind: str) -> InputError:
        what = said("%(name)s is not a CSV file but %(kind)s.", name=self._name, kind=kind)
        return InputError(what, where=self._where())

    def _long_line(self, number: int) -> InputError:
        return InputError(
            said(
                "Line %(number)s of %(name)s has more than %(most)s bytes; that is no CSV file.",
                number=f"{number:,}",
                name=self._name,
                most=f"{LONGEST_LINE:,}",
            ),
            hint=said("Export the list again, as CSV with one subscriber on each line."),
            where=self._where(number),
        )

    def _binary(self) -> InputError:
        return InputError(
            said("%(name)s is not a text file: it holds NUL bytes.", name=self._name),
            hint=said("Save the list as CSV in UTF-8."),
            where=self._where(),
        )

    def _where(self, line: int | None = None) -> Where:
        return Where(file=self._name, line=line, leads=False)


def _utf16_of(start: bytes) -> str:
    """Name the kind of UTF-16 that a file begins with, also without its mark; else empty."""
    if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16"
    if len(start) < 4 or not any(start):
        return ""
    if start[1] == start[3] == 0 and start[0] and start[2]:
        return "utf-16-le"
    return "utf-16-be" if start[0] == start[2] == 0 and start[1] and start[3] else ""


class _Lines:
    """The lines of a stream in blocks, the last of which can be looked at again."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._block: list[str] = []
        self._before = 0

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._blocks())

    def line(self, number: int) -> str:
        """Return a line of the latest block, by its number from 1."""
        return self._block[number - self._before - 1]

    def _blocks(self) -> Iterator[list[str]]:
        while block := self._stream.readlines(_SAMPLE):
            self._before += len(self._block)
            self._block = block
            yield block


def _pages(stream: IO[str], *, delimiter: str, most: int) -> Iterator[Page]:
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        first, error = reader.line_num + 1, None
        rows: list[list[str]] = []
        try:
            rows.extend(islice(reader, most))
        except csv.Error as caught:  # what was read before it stays in `rows`
            error = caught
        *numbers, after = _line_numbers(
            rows, first, next_line=None if error else reader.line_num + 1
        )
        if rows:
            yield Page(numbers, rows)
        if error is not None:
            yield _faulty(error, first=after, last=reader.line_num, raw=lines.line(reader.line_num))
        elif not rows:
            return


def _line_numbers(
    rows: Sequence[Sequence[str]], first: int, *, next_line: int | None
) -> Sequence[int]:
    """Return the line on which each record begins, and the one after them all.

    `next_line` is that last one, where it is known: mostly it shows that each has one line.
    """
    if next_line == first + len(rows):
        return range(first, next_line + 1)
    breaks = (sum(len(_BREAK.findall(cell)) for cell in row) for row in rows)
    return list(accumulate((1 + found for found in breaks), initial=first))


def _faulty(error: csv.Error, *, first: int, last: int, raw: str) -> Page:
    """Keep one broken line as a page of its own; refuse when it swallowed further lines."""
    if "unexpected end of data" in str(error):
        raise InputError(
            said(
                "Line %(first)s opens a quotation mark that is never closed; the file may "
                "be cut off.",
                first=first,
            ),
            hint=said(
                "Export it again, or close the quotation mark in line %(first)s.", first=first
            ),
            where=Where(line=first, leads=False),
        ) from error
    if last > first:
        raise InputError(
            said(
                "Line %(first)s opens a quotation mark that is not closed before line %(last)s.",
                first=first,
                last=last,
            ),
            hint=said(
                "Look at the quotation marks from line %(first)s on; inside quotes write "
                "each of them twice.",
                first=first,
            ),
            where=Where(line=first, leads=False),
        ) from error
    fault = said("The quotation marks of the line do not match.")
    if "field limit" in str(error):
        fault = said("A cell is too long.")
    return Page([first], [[raw.strip()]], fault)


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
