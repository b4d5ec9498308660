"""Cells of CSV files as spreadsheets take them: no formula is written, all are read as given."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import IO

# What spreadsheets run: also in the full-width and small forms, and behind what nobody sees.
_UNSEEN = "\ufeff\u200b\u200c\u200d\u2060\u00a0\u3000 "
_SIGNS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
_FORMULA = re.compile(f"'*[{_UNSEEN}]*[{_SIGNS}]")
_FORMULA_STARTS = frozenset(f"'{_UNSEEN}{_SIGNS}")


def write_row(stream: IO[str], cells: Iterable[str]) -> None:
    """Write one line of a comma-separated file; formulas are neutralised."""
    csv.writer(stream, lineterminator="\n").writerow([neutralise(cell) for cell in cells])


def write_columns(stream: IO[str], columns: Sequence[Sequence[str]]) -> None:
    """Write many lines at once, given column by column; formulas are neutralised."""
    rows = zip(*map(_neutralised, columns), strict=True)
    csv.writer(stream, lineterminator="\n").writerows(rows)


def neutralise(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def plain(cell: str) -> str:
    """Take the apostrophe of `neutralise` away again."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def _neutralised(cells: Sequence[str]) -> Sequence[str]:
    if _FORMULA_STARTS.isdisjoint({cell[:1] for cell in cells}):
        return cells
    return [neutralise(cell) for cell in cells]
