"""Tables: which ones hold data, how they look as Markdown, and which are too large for a mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.content.html.inline import Line
from newsletter.content.html.tree import Element

BETWEEN = " · "  # the cells of a row, where it is written as a line
_MOST_COLUMNS = 4  # what a phone shows without a sideways scroll
_MOST_ROWS = 24
_LONGEST_ROW = 240  # characters
_LAYING_OUT = frozenset({"table", "h1", "h2", "h3", "form", "nav", "article", "section", "figure"})


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's cells by rows; None where a wide cell goes on."""

    rows: tuple[tuple[Element | None, ...], ...]
    has_head: bool
    captions: tuple[Element, ...]


def grid(table: Element) -> Grid | None:
    """Read a table of data; None for one that only lays out what stands in it."""
    if table.attributes.get("role", "").lower() in {"presentation", "none"}:
        return None
    if any(True for _ in table.all(*_LAYING_OUT)):
        return None
    rows = [[cell for cell in row.children if _is_cell(cell)] for row in table.all("tr")]
    cells = [[cell for cell in row if isinstance(cell, Element)] for row in rows]
    wide = max((len(row) for row in cells), default=0)
    if wide < 2 or len(cells) < 2 or _has_paragraphs(cells):
        return None
    return Grid(
        rows=tuple(tuple(_filled(row)) for row in cells),
        has_head=bool(cells[0]) and all(cell.tag == "th" for cell in cells[0]),
        captions=tuple(table.all("caption")),
    )


def refusal(rows: Sequence[Line], *, columns: int) -> str:
    """Say why a table cannot stand in a mail; nothing where it can."""
    longest = max(len(row.plain) for row in rows)
    if columns <= _MOST_COLUMNS and len(rows) <= _MOST_ROWS and longest <= _LONGEST_ROW:
        return ""
    return f"a table of {len(rows)} rows and {columns} columns, too large for a mail"


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Write a table whose first row has the heads."""
    columns = max(len(row) for row in rows)
    padded = [[*row, *[""] * (columns - len(row))] for row in rows]
    head, *body = (f"| {' | '.join(row)} |" for row in padded)
    return "\n".join((head, "|" + " --- |" * columns, *body))


def raw(element: Element) -> str:
    """Return the text of an element with its line ends as they are."""
    return "".join(_raw(element))


def _raw(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag == "br":
            yield "\n"
        else:
            yield from _raw(child)


def _is_cell(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag in {"td", "th"}


def _has_paragraphs(rows: Sequence[Sequence[Element]]) -> bool:
    """Say whether a cell holds more than one paragraph, as only those that lay out do."""
    return any(len([*cell.all("p", "ul", "ol", "div")]) > 1 for row in rows for cell in row)


def _filled(row: Sequence[Element]) -> Iterator[Element | None]:
    for cell in row:
        yield cell
        span = cell.attributes.get("colspan", "")
        wide = int(span) if span.isascii() and span.isdecimal() and len(span) < 3 else 1
        yield from [None] * (wide - 1)
