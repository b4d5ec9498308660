"""Read the rows of a table as named cells: from CSV, or from JSON lines. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsletter.core.errors import SourceError

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
            f"{name}, line {reader.line_num}: {error}.",
            hint='A text with a comma or a quotation mark stands in "…", inner ones doubled.',
        ) from error


def _delimiter(text: str) -> str:
    return ";" if ";" in text.partition("\n")[0] else ","


def _csv_line(headings: list[str], values: list[str], *, number: int) -> Line:
    surplus = ", ".join(filter(None, values[len(headings) :]))
    if surplus:  # a text with a comma but without quotation marks would else lose its end
        fault = f"more cells than headings (is “{surplus[:30]}” part of a text?)"
        return Line(number=number, cells={}, fault=fault)
    cells = dict.fromkeys(headings, "") | dict(zip(headings, values, strict=False))
    return Line(number=number, cells=cells)


def _refuse_headings(headings: list[str], *, required: Sequence[str], name: str) -> None:
    for heading in required:
        if heading not in headings:
            found = ", ".join(filter(None, headings)) or "nothing"
            raise SourceError(
                f"{name} has no column “{heading}”; its first line has {found}.",
                hint=f"Name at least these columns in the first line: {', '.join(required)}.",
            )
