"""Tables of a story: small ones stay tables, wide ones become a line for each row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

MOST_COLUMNS = 4  # more do not stand beside each other on a phone
_SIGNS = ("-", "−", "+", "±", "–")
_FIGURES = "21%"  # of the width: columns of figures stand at the same places in every table
_FIGURE = re.compile(r"[^\w]{0,2}\d[\d.,:'’ \u00a0\u202f%°/–-]*\s*(?:%|°\w?|[^\W\d]{1,3}|[€$£¥])?")
_LONG_WORD = re.compile(r"\S{16}")  # four such words beside each other are wider than a phone
_ALIGNED = re.compile(r"text-align:\s*(left|right|center)")


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a table, each as the tokens of one line."""

    head: tuple[Token, ...]
    rows: tuple[tuple[Token, ...], ...]


def read(tokens: Sequence[Token]) -> Table:
    """Read the cells between `table_open` and `table_close`."""
    rows: list[list[Token]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token)
    head, *body = rows
    return Table(tuple(head), tuple(tuple(row) for row in body))


def spans(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield where each table begins and ends; the end is the place of its last token."""
    start = 0
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            start = place
        elif token.type == "table_close":
            yield start, place


def prepared(tokens: list[Token]) -> list[Token]:
    """Return a block's tokens with its tables as a mail shows them.

    A table has its role, heads have their scope, and columns of figures end at the end side. One
    of more than `MOST_COLUMNS` columns is a list with an entry for each row.
    """
    for start, end in reversed(list(spans(tokens))):
        table = read(tokens[start : end + 1])
        if len(table.head) > MOST_COLUMNS:
            tokens = [*tokens[:start], *_as_list(table, tokens[start]), *tokens[end + 1 :]]
        else:
            _mark(tokens[start : end + 1], figures=_figure_columns(table))
    return tokens


def pairs(table: Table, row: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Yield head and cell of a row, without the empty cells."""
    return ((head, cell) for head, cell in zip(table.head, row, strict=False) if cell.content)


def _mark(tokens: Iterable[Token], *, figures: frozenset[int]) -> None:
    column, opened = 0, Token("td_open", "td", 1)
    for token in tokens:
        if token.type == "table_open":
            names = {"role": "table", "class": "data", "width": "100%", "border": "0"}
            token.attrs = {**names, "cellpadding": "0", "cellspacing": "0"}
        elif token.type == "tr_open":
            column = 0
        elif token.type in {"th_open", "td_open"}:
            opened = token
            token.attrs = _cell(token, is_figure=column in figures)
            column += 1
        elif token.type == "inline" and column - 1 in figures:
            _hold_together(token)
            if token.content.startswith(_SIGNS):  # they would change sides among other letters
                opened.attrSet("dir", "ltr")
        elif token.type == "inline" and _LONG_WORD.search(token.content):
            opened.attrJoin("class", "long")


def _hold_together(figure: Token) -> None:
    for child in figure.children or ():
        child.content = child.content.replace(" ", "\u00a0")


def _cell(token: Token, *, is_figure: bool) -> dict[str, str | int | float]:
    chosen = _ALIGNED.fullmatch(str(token.attrs.get("style", "")))
    attributes: dict[str, str | int | float] = {"scope": "col"} if token.tag == "th" else {}
    if is_figure and token.tag == "th":
        attributes["width"] = _FIGURES
    classes = ["figure"] if is_figure else []
    if chosen:
        attributes["align"] = chosen[1]
        classes.append(f"to-{chosen[1]}")
    if classes:
        attributes["class"] = " ".join(classes)
    return attributes


def _figure_columns(table: Table) -> frozenset[int]:
    """Name the columns, but for the first, that hold nothing but figures."""
    return frozenset(
        column
        for column in range(1, len(table.head))
        if table.rows
        and all(_FIGURE.fullmatch(row[column].content) for row in table.rows if row[column].content)
        and any(row[column].content for row in table.rows)
    )


def _as_list(table: Table, opened: Token) -> Iterator[Token]:
    yield Token("bullet_list_open", "ul", 1, block=True, level=opened.level)
    for row in table.rows:
        yield Token("list_item_open", "li", 1, block=True, level=opened.level + 1)
        yield Token("inline", "", 0, children=list(_row_line(table, row)))
        yield Token("list_item_close", "li", -1, block=True, level=opened.level + 1)
    yield Token("bullet_list_close", "ul", -1, block=True, level=opened.level)


def _row_line(table: Table, row: Sequence[Token]) -> Iterator[Token]:
    for place, (head, cell) in enumerate(pairs(table, row)):
        if place:
            yield Token("text", "", 0, content=" · ")
        if head.content:
            yield Token("strong_open", "strong", 1)
            yield from head.children or ()
            yield Token("text", "", 0, content=":")
            yield Token("strong_close", "strong", -1)
            yield Token("text", "", 0, content=" ")
        yield from cell.children or ()
