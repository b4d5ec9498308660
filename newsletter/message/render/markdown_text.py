"""Markdown blocks of a story as plain text: links as `text (address)`, lists and quotes marked.

Struck words stand between `~` signs, 10^6^ is 10⁶, and a table has its columns below each other,
or, where it is too wide for that, a line for each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from markdown_it.token import Token

from newsletter.message.render import tables
from newsletter.message.render.markdown import is_allowed, parse
from newsletter.message.render.plain import WIDTH, columns
from newsletter.message.render.scripts import lowered, raised


@lru_cache(maxsize=128)  # the text part, the preheader and the reading time ask for the same
def to_text(block: str, *, addresses: bool = True) -> str:
    """Render one block; paragraphs are parted by a blank line, entries of a list are not.

    Without `addresses` only the words of links and pictures remain, as a reader would say them,
    and struck words are left out.
    """
    lines = _Lines(addresses=addresses)
    tokens = parse(block)
    ends = dict(tables.spans(tokens))
    place = 0
    while place < len(tokens):
        end = ends.get(place)
        if end is not None:
            lines.take_table(tables.read(tokens[place : end + 1]))
        else:
            lines.take(tokens[place])
        place = (end or place) + 1
    return lines.text()


class _Lines:
    """Collects lines while the tokens of one block go by."""

    def __init__(self, *, addresses: bool) -> None:
        self._addresses = addresses
        self._lines: list[str] = []
        self._counters: list[int | None] = []  # one per open list: the next number; None: bullets
        self._widths: list[int] = []  # one per open list: of its present entry's marker
        self._marker = ""  # of the entry whose first line is still to come
        self._quotes = 0

    def text(self) -> str:
        return "\n".join(self._lines).strip("\n")

    def take(self, token: Token) -> None:
        kind = token.type
        if kind == "inline":
            self._put(_inline(token.children or (), addresses=self._addresses))
        elif kind in {"fence", "code_block"}:
            self._put(token.content.rstrip("\n"))
            self._part()
        elif kind == "hr":
            self._put("* * *")
        elif kind.startswith("blockquote_"):
            self._quote(token.nesting)
        elif kind.endswith("_list_open"):
            ordered = kind.startswith("ordered")
            self._counters.append(int(token.attrs.get("start", 1)) if ordered else None)
            self._widths.append(0)
        elif kind == "list_item_open":
            self._marker = self._next_marker()
            self._widths[-1] = len(self._marker)
        elif token.nesting < 0:
            self._close(kind)

    def take_table(self, table: tables.Table) -> None:
        """Put a table below what was taken before."""
        room = WIDTH - len(self._margin())
        lines = _aligned(table, addresses=self._addresses)
        if any(columns(line) > room for line in lines):
            lines = [f"- {line}" for line in _told(table, addresses=self._addresses)]
        self._part()
        self._put("\n".join(lines))
        self._part()

    def _close(self, kind: str) -> None:
        if kind.endswith("_list_close"):
            self._counters.pop()
            self._widths.pop()
        if not self._counters:
            self._part()

    def _quote(self, nesting: int) -> None:
        if nesting < 0 and self._lines and not self._lines[-1].strip("> "):
            self._lines[-1] = ""
        self._quotes += nesting

    def _next_marker(self) -> str:
        number = self._counters[-1]
        if number is None:
            return "- "
        self._counters[-1] = number + 1
        return f"{number}. "

    def _part(self) -> None:
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append(("> " * self._quotes).rstrip())

    def _put(self, text: str) -> None:
        margin = self._margin()
        for line in text.split("\n"):
            self._lines.append(f"{margin}{self._marker}{line}")
            self._marker = " " * len(self._marker)
        if not self._counters:
            self._marker = ""

    def _margin(self) -> str:
        return "> " * self._quotes + " " * sum(self._widths[:-1])


def _aligned(table: tables.Table, *, addresses: bool) -> list[str]:
    """Write a table with its columns below each other, a rule of dashes below the heads."""
    rows = [_cells(row, addresses=addresses) for row in (table.head, *table.rows)]
    widths = [max(columns(cell) for cell in column) for column in zip(*rows, strict=False)]
    rows.insert(1, ["-" * width for width in widths])
    return [
        "  ".join(
            cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=False)
        ).rstrip()
        for row in rows
    ]


def _told(table: tables.Table, *, addresses: bool) -> Iterator[str]:
    """Write each row as `Day: Mon · Time: 06:10`."""
    for row in table.rows:
        said = (_cells(pair, addresses=addresses) for pair in tables.pairs(table, row))
        yield " · ".join(f"{head}: {cell}" if head else cell for head, cell in said)


def _cells(row: Sequence[Token], *, addresses: bool) -> list[str]:
    return [_inline(cell.children or (), addresses=addresses).replace("\n", " ") for cell in row]


def _inline(tokens: Iterable[Token], *, addresses: bool) -> str:
    parts: list[str] = []
    opened: list[tuple[int, str]] = []  # where a mark's text begins in `parts`, its address
    for token in tokens:
        if token.type in _MARKS and token.nesting > 0:
            opened.append((len(parts), str(token.attrs.get("href", ""))))
        elif token.type in _MARKS:
            start, address = opened.pop()
            inner = "".join(parts[start:])
            parts[start:] = [_closed(token.type, inner, address, addresses=addresses)]
        elif token.type == "image":
            is_linked = any(address for _, address in opened)
            source = "" if is_linked or not addresses else str(token.attrs["src"])
            parts.append(_behind(_words(token), source))
        else:
            parts.append(_BREAKS.get(token.type, token.content))
    return "".join(parts)


_BREAKS = {"softbreak": " ", "hardbreak": "\n"}
_MARKS = frozenset(
    f"{mark}_{end}" for mark in ("link", "s", "sup", "sub") for end in ("open", "close")
)


def _closed(kind: str, text: str, address: str, *, addresses: bool) -> str:
    """Return the text between two marks as plain text shows it."""
    if kind == "s_close":
        return f"~{text}~" if addresses else ""
    if kind == "sup_close":
        return raised(text)
    if kind == "sub_close":
        return lowered(text)
    return _behind(text, address) if addresses else text


def _words(picture: Token) -> str:
    """Return a picture's alternative text as its HTML has it."""
    return _inline(picture.children or (), addresses=False)


def _behind(text: str, address: str) -> str:
    """Return a link's text with its address behind it, unless the text is the address."""
    bare = address.removeprefix("mailto:")
    if not bare or not is_allowed(address) or text in {address, bare}:
        return text
    return f"{text} ({bare})" if text else bare
