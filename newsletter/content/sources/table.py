"""Facts, quotes or words from CSV or JSON lines: dated rows on their date, others by turns."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from newsletter.content.pasted.parts_of_speech import part_of_speech
from newsletter.content.source import NothingUsed, Past, SourceOptions
from newsletter.content.sources import _material, _options
from newsletter.content.validity import cleaned, problem_with
from newsletter.core.errors import ConfigError, SourceError, Where
from newsletter.core.model import Credit, Fact, Part, Quote, Supply, Word
from newsletter.core.sentences import said

LOCAL = True  # what is taken out of the file must not come back from an earlier look

_FILES: Mapping[Part, str] = {
    Part.FACT: "content/facts.csv",
    Part.QUOTE: "content/quotes.csv",
    Part.WORD: "content/words.csv",
}
_REQUIRED: Mapping[Part, tuple[str, ...]] = {
    Part.FACT: ("text",),
    Part.QUOTE: ("text", "author"),
    Part.WORD: ("word", "definition"),
}
_YEARLY = re.compile(r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")

Feature = Fact | Quote | Word


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row that can be used, and the line it ends on."""

    line: int
    date: str  # "", "2026-03-01" or, for every year, "03-01"
    feature: Feature
    key: str  # its own text, for its place among the others


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What a file holds: rows for use, and why others cannot be used."""

    rows: tuple[_Row, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """One file, CSV or JSON lines, with one feature a row."""

    root: Path
    file: str
    past: Past = field(default_factory=NothingUsed)

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the row of the date, else the row whose turn it is.

        A full date goes before a yearly one, and dated rows take no turns. Turns follow the
        calendar through an order that depends on the rows' text alone, past those used within a
        year: as many days on end as there are rows without a repeat, and the same date always the
        same row. Rows that cannot be used are passed over and named in the origin. Raises
        `SourceError` when no row is left.
        """
        table, name = self._table(part)
        dated = _dated(table.rows, day)
        row = dated or self._whose_turn(table.rows, part, day)
        passed_over = _material.passed_over(table.faults)
        if row is None:
            what = said(
                "%(name)s has no row for this date%(passed_over)s.",
                name=name,
                passed_over=passed_over,
            )
            raise SourceError(what, where=Where(file=name, part=part, leads=False))
        origin = f"{name}, line {row.line}{passed_over}"
        return Supply(feature=row.feature, origin=origin, own=dated is not None)

    def pool(self, part: Part) -> Iterable[Supply]:
        """Return the rows without a date. Raises `SourceError` when the file cannot be read."""
        table, name = self._table(part)
        return [
            replace(_supply(row), origin=f"{name}, line {row.line}") for row in _undated(table.rows)
        ]

    def _table(self, part: Part) -> tuple[_Table, str]:
        path = self.root / self.file
        name = _material.shown(path, root=self.root)
        return _read(_material.read_text(path, root=self.root), part=part, name=name), name

    def _whose_turn(self, rows: tuple[_Row, ...], part: Part, day: date) -> _Row | None:
        return _material.next_unused(_undated(rows), day, part=part, past=self.past, supply=_supply)


def make(options: SourceOptions) -> TableSource:
    """Make the source from its table. Option: `file`; its default depends on the part."""
    if options.part not in _FILES:
        raise ConfigError(
            "A table has facts, quotes or words, no stories.",
            hint="Use the sources “markdown” or “page” in [sources] story.",
            where=options.where(leads=False),
        )
    defaults: dict[str, _options.Option] = {"file": _FILES[options.part]}
    chosen = _options.checked(options, source="table", defaults=defaults)
    return TableSource(root=options.root, file=chosen["file"], past=options.past)


def _dated(rows: tuple[_Row, ...], day: date) -> _Row | None:
    wanted = (day.isoformat(), f"{day:%m-%d}")
    return next((row for date in wanted for row in rows if row.date == date), None)


def _undated(rows: tuple[_Row, ...]) -> list[_Row]:
    return sorted((row for row in rows if not row.date), key=lambda row: (row.key, row.line))


def _supply(row: _Row) -> Supply:
    return Supply(feature=row.feature)


def _read(text: str, *, part: Part, name: str) -> _Table:
    rows: list[_Row] = []
    faults: list[str] = []
    for line in read_lines(text, name=name, required=_REQUIRED[part]):
        try:
            rows.append(_row(line, part=part))
        except ValueError as error:
            faults.append(f"line {line.number}, {error}")
    return _Table(rows=tuple(rows), faults=tuple(faults))


def _row(line: Line, *, part: Part) -> _Row:
    """Read a line of the table. Raises `ValueError` with what is wrong."""
    if line.fault:
        raise ValueError(line.fault)
    cells = line.cells
    for heading in _REQUIRED[part]:
        if not cells.get(heading):
            raise ValueError(f"no {heading}")
    feature = cleaned(_READERS[part](cells))
    problem = problem_with(part, Supply(feature=feature))
    if problem:
        raise ValueError(problem)
    key = hashlib.sha256(cells[_REQUIRED[part][0]].encode()).hexdigest()
    return _Row(line=line.number, date=_date(cells.get("date", "")), feature=feature, key=key)


def _date(text: str) -> str:
    if not text or _YEARLY.fullmatch(text):
        return text
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(
            said("date “%(text)s” is neither 2026-03-01 nor 03-01", text=text)
        ) from error


def _credit(cells: Cells) -> Credit | None:
    name, url = cells.get("source", ""), cells.get("source_url", "")
    if url and not name:
        raise ValueError(said("a source_url without a source"))
    return Credit(name, url or None) if name else None


def _fact(cells: Cells) -> Fact:
    figure = cells.get("figure") or None
    return Fact(text=cells["text"], figure=figure, source=_credit(cells))


def _quote(cells: Cells) -> Quote:
    return Quote(text=cells["text"], author=cells["author"], source=_credit(cells))


def _word(cells: Cells) -> Word:
    printed = cells.get("pos", "")
    sentence = cells.get("sentence", "")
    return Word(
        word=cells["word"],
        definition=cells["definition"],
        pos=part_of_speech(printed) if printed else None,
        pos_raw=printed or None,
        pronunciation=cells.get("pronunciation") or None,
        extra_sense=cells.get("extra_sense") or None,
        sentences=(sentence,) if sentence else (),
        source=_credit(cells),
    )


_READERS: Mapping[Part, Callable[[Cells], Feature]] = {
    Part.FACT: _fact,
    Part.QUOTE: _quote,
    Part.WORD: _word,
}


Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table: its cells, or what is wrong with it."""

    number: int  # where it ends in the file
    cells: Cells
    fault: str = ""  # without a full stop


def read_lines(text: str, *, name: str, required: Sequence[str]) -> Iterator[Line]:
    """Yield the lines that hold something; names of cells are in lower case.

    A file whose name ends in `.jsonl` has an object on each line, any other is CSV with its
    headings in the first line. Raises `SourceError` when a heading that is `required` is
    missing, or when the file is no CSV.
    """
    if name.lower().endswith(".jsonl"):
        return _json_lines(text)
    return _csv_lines(text, name=name, required=required)


def _json_lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield Line(number=number, cells=_cells_of(json.loads(line)))
        except (ValueError, TypeError, RecursionError) as error:
            yield Line(number=number, cells={}, fault=_told(error))


def _cells_of(values: object) -> Cells:
    if not isinstance(values, dict):
        raise TypeError("is no object in braces")
    cells = {str(name).strip().lower(): value for name, value in values.items()}
    for name, value in cells.items():
        if value is not None and not isinstance(value, str):
            raise TypeError(f"“{name}” is no text")
    return {name: (value or "").strip() for name, value in cells.items()}


def _told(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)


def _csv_lines(text: str, *, name: str, required: Sequence[str]) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        headings = [heading.strip().lower() for heading in next(reader, [])]
        _refuse_headings(headings, required=required, name=name)
        for values in reader:
            cells = [value.strip() for value in values]
            if any(cells):
                yield _csv_line(headings, cells, number=reader.line_num)
    except csv.Error as error:
        raise SourceError(
            said("The line is no CSV: %(error)s.", error=error),
            hint=said('A text with a comma or a quotation mark stands in "…", inner ones doubled.'),
            where=Where(file=name, line=reader.line_num),
        ) from error


def _delimiter(text: str) -> str:
    return ";" if ";" in text.partition("\n")[0] else ","


def _csv_line(headings: list[str], values: list[str], *, number: int) -> Line:
    surplus = ", ".join(filter(None, values[len(headings) :]))
    if surplus:  # a text with a comma but without quotation marks would else lose its end
        fault = said(
            "more cells than headings (is “%(surplus)s” part of a text?)", surplus=surplus[:30]
        )
        return Line(number=number, cells={}, fault=fault)
    cells = dict.fromkeys(headings, "") | dict(zip(headings, values, strict=False))
    return Line(number=number, cells=cells)


def _refuse_headings(headings: list[str], *, required: Sequence[str], name: str) -> None:
    for heading in required:
        if heading not in headings:
            found = ", ".join(filter(None, headings)) or said("nothing")
            raise SourceError(
                said(
                    "%(name)s has no column “%(heading)s”; its first line has %(found)s.",
                    name=name,
                    heading=heading,
                    found=found,
                ),
                hint=said(
                    "Name at least these columns in the first line: %(columns)s.",
                    columns=", ".join(required),
                ),
                where=Where(file=name, line=1, key=heading, leads=False),
            )
