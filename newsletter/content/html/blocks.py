"""The tree of a text becomes its blocks: paragraphs, subheadings, lists, quotes, tables. Pure.

Every word that is seen stands in exactly one block. A block knows which elements it stands in, so
that later rules judge it by its place, and nothing is found again by comparing texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from newsletter.content.html import inline, tables
from newsletter.content.html.inline import Line, Run, Style
from newsletter.content.html.tree import BLOCKS, Element
from newsletter.core.sentences import said

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_LISTS = frozenset({"ul", "ol", "menu", "dir"})


class Kind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"
    QUOTE = "quote"
    CODE = "code"
    TABLE = "table"


Cells = tuple[tuple[tuple[Line, ...], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of a text."""

    kind: Kind
    lines: tuple[Line, ...]  # all its words; one line an item, or a row
    way: tuple[Element, ...] = ()  # the elements it stands in, from the outermost on
    level: int = 0  # of a heading, from 1
    is_strong: bool = False  # a paragraph that heads what follows
    items: tuple[tuple[Block, ...], ...] = ()  # of a list; of a quote the one it has
    numbers: tuple[int, ...] = ()  # of the items of an ordered list
    cells: Cells = ()  # of a table, by rows; the first has the heads
    reason: str = ""  # why it cannot stand in a mail, if so

    @property
    def plain(self) -> str:
        """Return the words in one line."""
        return " ".join([line.plain for line in self.lines])

    @property
    def linked(self) -> float:
        """Return the share of the text that leads somewhere else."""
        whole = sum([len(line.plain) for line in self.lines])
        return sum([line.linked for line in self.lines]) / whole if whole else 0.0

    @property
    def hrefs(self) -> tuple[str, ...]:
        """Return where its links lead, as the page has it."""
        return tuple(run.href for line in self.lines for run in line.runs if run.href)

    @property
    def is_term(self) -> bool:
        """Say whether it is a term of a list of definitions."""
        return self.is_strong and len(self.lines) == 1


@dataclass(frozen=True, slots=True)
class _Place:
    style: Style
    way: tuple[Element, ...] = ()

    def within(self, element: Element) -> _Place:
        return _Place(inline.styled(element, self.style), (*self.way, element))


def blocks(root: Element, *, language: str = "") -> tuple[Block, ...]:
    """Return the blocks of a tree in order."""
    return tuple(_flow(root, _Place(Style(language=language))))


def _flow(element: Element, place: _Place) -> Iterator[Block]:
    """Yield what stands in an element: runs of inline text, and the boxes between them."""
    place = place.within(element)
    run: list[Element | str] = []
    for child in element.children:
        if _is_inline(child):
            run.append(child)
            continue
        if run:
            yield from _paragraphs(run, place)
            run = []
        if child.tag != "noscript":  # type: ignore[union-attr]
            yield from _box(child, place)  # type: ignore[arg-type]  # what is no element is inline
    if run:
        yield from _paragraphs(run, place)


def _is_inline(child: Element | str) -> bool:
    return isinstance(child, str) or not (child.has_block or child.tag in BLOCKS)


def _paragraphs(run: Sequence[Element | str], place: _Place) -> Iterator[Block]:
    if all(isinstance(one, str) and one.isspace() for one in run):
        return
    for lines in inline.lines(run, place.style):
        yield Block(kind=Kind.PARAGRAPH, lines=tuple(lines), way=place.way)
    for element in _hidden(run):
        if words := element.text():
            line = Line((Run(words),))
            way = (*place.way, element)
            yield Block(
                kind=Kind.PARAGRAPH, lines=(line,), way=way, reason=said("hidden on the page")
            )


def _hidden(run: Sequence[Element | str]) -> Iterator[Element]:
    """Yield what stands in a line and is not shown, the outermost of each."""
    for one in run:
        if isinstance(one, Element) and one.is_hidden:
            yield one
        elif isinstance(one, Element) and one.has_hidden:
            yield from _hidden(one.children)


def _box(element: Element, place: _Place) -> Iterator[Block]:
    tag = element.tag
    if tag in _HEADINGS:
        yield from _heading(element, place)
    elif tag in _LISTS:
        yield from _list(element, place)
    elif tag == "dl":
        yield from _definitions(element, place)
    elif tag == "blockquote":
        yield from _quote(element, place)
    elif tag == "pre":
        yield from _code(element, place)
    elif tag == "table":
        yield from _table(element, place)
    elif tag == "summary":
        yield from _strong(_flow(element, place))
    else:
        yield from _flow(element, place)


def _heading(element: Element, place: _Place) -> Iterator[Block]:
    inner, refused = _parted(_flow(element, place))
    if lines := _lines(inner):
        way = (*place.way, element)
        yield Block(kind=Kind.HEADING, lines=lines, level=_HEADINGS[element.tag], way=way)
    yield from refused


def _parted(found: Iterable[Block]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Part blocks into those that can stand in a mail, and all others."""
    blocks_ = tuple(found)
    return tuple(b for b in blocks_ if not b.reason), tuple(b for b in blocks_ if b.reason)


def _lines(found: Iterable[Block]) -> tuple[Line, ...]:
    return tuple(line for block in found for line in block.lines)


def _strong(found: Iterator[Block]) -> Iterator[Block]:
    for block in found:
        yield replace(block, is_strong=True) if block.kind is Kind.PARAGRAPH else block


def _list(element: Element, place: _Place) -> Iterator[Block]:
    """Yield a list as one block; where its items are whole sections, what stands in these."""
    within = place.within(element)
    parted = [_parted(_box_or_run(child, within)) for child in element.children]
    items = [item for item, _ in parted]
    kept = [(n, item) for n, item in zip(_numbers(element), items, strict=True) if item]
    if any(_is_section(item) for _, item in kept):
        yield from (block for _, item in kept for block in item)
    elif kept:
        yield Block(
            kind=Kind.LIST,
            lines=tuple(_one_line(item) for _, item in kept),
            way=within.way,
            items=tuple(item for _, item in kept),
            numbers=tuple(number for number, _ in kept) if element.tag == "ol" else (),
        )
    yield from (block for _, refused in parted for block in refused)


def _box_or_run(child: Element | str, place: _Place) -> Iterator[Block]:
    if isinstance(child, str) or _is_inline(child):
        yield from _paragraphs([child], place)
    else:
        yield from _box(child, place)


def _numbers(element: Element) -> list[int]:
    """Return the number of each child of an ordered list."""
    number = _whole(element.attributes.get("start"), 1)
    numbers: list[int] = []
    for child in element.children:
        if isinstance(child, Element) and child.tag == "li":
            number = _whole(child.attributes.get("value"), number)
            numbers.append(number)
            number += 1
        else:
            numbers.append(number)
    return numbers


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text.strip()) else otherwise


def _is_section(item: Sequence[Block]) -> bool:
    return any(block.kind in {Kind.HEADING, Kind.TABLE} for block in item)


def _one_line(item: Sequence[Block]) -> Line:
    """Put all words of an item into one line."""
    runs: list[Run] = []
    for line in _lines(item):
        runs += [Run(" "), *line.runs] if runs else line.runs
    return Line(tuple(runs))


def _definitions(element: Element, place: _Place) -> Iterator[Block]:
    """Yield terms with what they mean, as a list; where that is whole sections, these."""
    within = place.within(element)
    items: list[list[Block]] = []
    refused: list[Block] = []
    for child in element.children:
        found, others = _parted(_box_or_run(child, within))
        refused += others
        is_term = isinstance(child, Element) and child.tag == "dt"
        if is_term or not items:
            items.append(list(_strong(iter(found))) if is_term else list(found))
        else:
            items[-1] += found
    kept = tuple(tuple(item) for item in items if item)
    if any(_is_section(item) for item in kept):
        yield from (block for item in kept for block in item)
    elif kept:
        lines = tuple(_one_line(item) for item in kept)
        yield Block(kind=Kind.LIST, lines=lines, way=within.way, items=kept)
    yield from refused


def _quote(element: Element, place: _Place) -> Iterator[Block]:
    inner, refused = _parted(_flow(element, place))
    if inner:
        way = (*place.way, element)
        yield Block(kind=Kind.QUOTE, lines=_lines(inner), way=way, items=(inner,))
    yield from refused


def _code(element: Element, place: _Place) -> Iterator[Block]:
    text = tables.raw(element).replace("\r\n", "\n").strip("\n")
    if inline.is_visible(text):
        rows = tuple(Line((Run(row.rstrip()),)) for row in text.split("\n"))
        yield Block(kind=Kind.CODE, lines=rows, way=(*place.way, element))


def _table(element: Element, place: _Place) -> Iterator[Block]:
    """Yield a table of data as one block; one that only lays out, as what stands in it."""
    grid = tables.grid(element)
    if grid is None:
        yield from _flow(element, place)
        return
    within = place.within(element)
    for caption in grid.captions:
        yield from _flow(caption, within)
    parted = [[_cell(cell, within) for cell in row] for row in grid.rows]
    yield from (block for row in parted for _, refused in row for block in refused)
    cells = tuple(tuple(lines for lines, _ in row) for row in parted)
    cells = tuple(row for row in cells if any(row))
    if not cells:
        return
    lines = tuple(_row(row) for row in cells)
    reason = tables.refusal(lines, columns=max(len(row) for row in cells))
    kind = Kind.TABLE if grid.has_head or reason else Kind.PARAGRAPH
    yield Block(kind=kind, lines=lines, way=within.way, cells=cells, reason=reason)


def _cell(element: Element | None, place: _Place) -> tuple[tuple[Line, ...], tuple[Block, ...]]:
    """Return the lines of a cell, and what of it cannot stand in a mail."""
    inner, refused = _parted(_flow(element, place)) if element is not None else ((), ())
    return _lines(inner), refused


def _row(cells: Sequence[Sequence[Line]]) -> Line:
    runs: list[Run] = []
    for cell in filter(None, cells):
        words = [run for line in cell for run in line.runs]
        runs += [Run(tables.BETWEEN), *words] if runs else words
    return Line(tuple(runs))
