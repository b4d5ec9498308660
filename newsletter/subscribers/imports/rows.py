"""Read the rows of a file: who they are about, or why they cannot be taken. Pure.

Who opted out is taken with nothing but an address that can be mailed, whatever else is wrong in
their row, and as well as it can be told from a row whose cells have shifted.

What a value is, is said once, cell by cell (`_fields_of`). `read` asks for one row and gives the
reason where it cannot be taken; `take` asks column by column, each distinct cell once, and leaves
to `read` whatever is not plain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import compress
from typing import Any, NamedTuple, TypeVar

from newsletter.core.model import SubscriberState
from newsletter.core.sentences import said
from newsletter.subscribers import addresses, names
from newsletter.subscribers.addresses import Address, Refused
from newsletter.subscribers.csv_cells import plain
from newsletter.subscribers.csvfile import Page, Record
from newsletter.subscribers.imports import plainly
from newsletter.subscribers.imports.address_cells import address_of
from newsletter.subscribers.imports.columns import Columns, key_of
from newsletter.subscribers.imports.formats import OURS, words_of
from newsletter.subscribers.imports.readings import state_of
from newsletter.subscribers.imports.words import ACTIVE, WORDS, folded, worst
from newsletter.subscribers.lifecycle import OPTED_OUT
from newsletter.subscribers.model import ImportColumns, ImportRow, Person
from newsletter.subscribers.profile import ATTRIBUTES, VALUES, Value
from newsletter.subscribers.times import as_moment

_T = TypeVar("_T")
_REFUSED = object()
_EVIDENCE = said("evidence")
_ADDRESS = re.compile(r"[^\s@,;|\"'<>]+@[^\s@,;|\"'<>]+")
_DELIMITERS = re.compile(r"[,;|\t]")
CUT = "cut"
"""The code of the finding about a text that was too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that cannot be taken, and why."""

    line: int
    address: str  # as given
    reason: str
    cells: tuple[str, ...]


class _CannotBeTaken(Exception):  # noqa: N818 - it never leaves this module
    """Carry the reason from a cell up to its row."""


class _Field(NamedTuple):
    """A value of a person: the cells it is read from, and how, one by one and all at once."""

    name: str
    cells: tuple[int, ...]
    read: Callable[..., Any]
    read_all: Callable[[plainly.Cells], list[Any] | None] | None = (
        None  # None: something is not plain
    )


def read(record: Record, columns: Columns) -> ImportRow | Rejected:
    """Read one record. Pure."""
    try:
        return ImportRow(record.line, _person(record, columns))
    except _CannotBeTaken as refused:
        leaving = _leaving(record, columns)
        if leaving is not None:
            return ImportRow(record.line, leaving)
        return Rejected(
            line=record.line,
            address=_address_as_given(record, columns),
            reason=str(refused),
            cells=tuple(record.cells),
        )


def take(page: Page, columns: Columns) -> tuple[ImportColumns, list[Record]]:
    """Read the rows that are plain, as `read` would; give the others back. Pure."""
    width = len(columns.header)
    fits = [len(row) == width for row in page.rows]
    if page.fault is not None or not any(fits):
        return ImportColumns([], {}), list(page.records())
    rows, lines = list(compress(page.rows, fits)), list(compress(page.lines, fits))
    said, fitting = _columns_of(rows, columns)
    if not all(fitting):
        said = {name: list(compress(values, fitting)) for name, values in said.items()}
        kept = iter(fitting)
        fits = [fit and next(kept) for fit in fits]
        lines = list(compress(page.lines, fits))
    left = [not fit for fit in fits]
    others = Page(list(compress(page.lines, left)), list(compress(page.rows, left)))
    return ImportColumns(lines, said), list(others.records())


def noticed(
    page: Page, columns: Columns, lines: Iterable[int], *, longest: int
) -> Iterator[tuple[str, int, str]]:
    """Find the cells of taken rows that hold no value and were read as empty, or were cut. Pure.

    Yields the code of the finding, the line and the cell. No line has more than `longest` bytes.
    """
    width = len(columns.header)
    numbered = zip(page.lines, page.rows, strict=True)
    rows = [(line, row) for line, row in numbered if len(row) == width]
    taken: frozenset[int] | None = None
    for index, code, is_one in _looked_for(columns, longest):
        wrong = {cell for cell in {row[index] for _, row in rows} if is_one(plainly.told(cell))}
        if not wrong:
            continue
        taken = frozenset(lines) if taken is None else taken
        found = ((line, row[index]) for line, row in rows if row[index] in wrong)
        yield from ((code, line, plainly.told(cell)) for line, cell in found if line in taken)


def _looked_for(columns: Columns, longest: int) -> Iterator[tuple[int, str, Callable[[str], bool]]]:
    """Name the cells in which something may be noticed, its code, and how it is told."""
    for one in VALUES:
        if one.finding:
            for index in columns.cells(one.field):
                yield index, one.finding[0], partial(_is_refused, one)
    if longest > names.LONGEST:
        yield from ((index, CUT, _is_cut) for index in _texts(columns))


def _is_cut(text: str) -> bool:
    return len(text) > names.LONGEST


def _texts(columns: Columns) -> tuple[int, ...]:
    """Name the cells that are kept as text, and cut where they are too long."""
    loose = (*columns.cells("tags"), *columns.cells("evidence"))
    return (*columns.name, *(index for index, _ in columns.attributes), *loose)


def _columns_of(
    rows: Sequence[Sequence[str]], columns: Columns
) -> tuple[dict[str, Sequence[Any]], Sequence[bool]]:
    """Return each field's values, and which of the rows are plain in all of them."""
    cells = list(zip(*rows, strict=True))
    fitting, mailed, canonical = addresses.plain(cells[columns.email])
    said: dict[str, Sequence[Any]] = {"address": mailed, "canonical": canonical}
    for field in _fields_of(columns):
        said[field.name], refused = _column([cells[index] for index in field.cells], field)
        if refused:
            taken = (value is not _REFUSED for value in said[field.name])
            fitting = [fit and one for fit, one in zip(fitting, taken, strict=True)]
    return said, fitting


def _column(cells: Sequence[Sequence[str]], field: _Field) -> tuple[list[Any], bool]:
    """Read a column, each distinct cell once; say whether some are `_REFUSED`."""
    at_once = field.read_all(cells) if field.read_all else None
    if at_once is not None:
        return at_once, False
    keys = list(zip(*cells, strict=True))
    values = {key: _read_or_refused(field, key) for key in set(keys)}
    return list(map(values.__getitem__, keys)), _REFUSED in values.values()


def _read_or_refused(field: _Field, cells: Iterable[str]) -> Any:
    try:
        return field.read(*map(plainly.told, cells))
    except _CannotBeTaken:
        return _REFUSED


def _person(record: Record, columns: Columns) -> Person:
    cells = record.cells
    if record.fault is not None:
        raise _CannotBeTaken(record.fault)
    if len(cells) != len(columns.header):
        raise _CannotBeTaken(
            said(
                "The row has %(count)s cells, the first line %(columns)s.",
                count=len(cells),
                columns=len(columns.header),
            )
        )
    address = _taken(_address_of(cells[columns.email], columns))
    values = {
        field.name: field.read(*(plainly.told(cells[index]) for index in field.cells))
        for field in _fields_of(columns)
    }
    return Person(address.address, address.canonical, **values)


@lru_cache(maxsize=8)
def _fields_of(columns: Columns) -> tuple[_Field, ...]:
    """Say what is read from which cells; what the file has no column for is left out."""
    signed_up, evidence = columns.cells("signed_up"), columns.cells("evidence")
    fields = (
        *(_value_field(one, columns.cells(one.field)) for one in VALUES),
        _attributes_field(columns),
        _Field("state", _state_cells(columns), partial(_state, columns)),
        _Field("signed_up", signed_up, as_moment, plainly.moments),
        _Field(
            "evidence",
            (*evidence, *signed_up),
            partial(_evidence, said=bool(evidence)),
            None if evidence else plainly.nothing_but_moments,
        ),
    )
    return tuple(field for field in fields if field.cells)


def _state_cells(columns: Columns) -> tuple[int, ...]:
    """Name the cells that say a state; any will do where the name of the file alone says it."""
    cells = tuple(index for index, _ in columns.states)
    return cells or ((columns.email,) if columns.floor is not ACTIVE else ())


def _value_field(column: Value, cells: tuple[int, ...]) -> _Field:
    read_all = plainly.texts_as_given if column.read is names.clean else None
    return _Field(column.name, cells, partial(_value, column), read_all)


def _attributes_field(columns: Columns) -> _Field:
    documents, tags = columns.cells(ATTRIBUTES.field), columns.cells("tags")
    keys = tuple(key for _, key in columns.attributes)
    read = partial(_attributes, keys=keys, has_document=bool(documents), has_tags=bool(tags))
    cells = (*documents, *(index for index, _ in columns.attributes), *tags)
    read_all = (
        None if documents else partial(plainly.attributes_of_all, keys=keys, has_tags=bool(tags))
    )
    return _Field(ATTRIBUTES.name, cells, read, read_all)


def _taken(value: _T | Refused) -> _T:
    if isinstance(value, Refused):
        raise _CannotBeTaken(value.reason)
    return value


def _value(column: Value, *cells: str) -> Any:
    """Read a value; one that stands in several cells has a blank between them."""
    text = " ".join(filter(None, cells))
    if not text or (column.finding and _is_refused(column, text)):
        return column.unsaid
    read = names.cut if column.read is names.clean else column.read
    return _taken(read(text))


def _is_refused(column: Value, text: str) -> bool:
    return bool(text) and isinstance(column.read(text), Refused)


def _evidence(*cells: str, said: bool) -> str:
    """Return what is said of the consent; a sign-up moment that cannot be read stays as text."""
    told = _taken(names.cut(cells[0], what=_EVIDENCE)) if said else ""
    signed_up = cells[-1] if len(cells) > said else ""
    if signed_up and as_moment(signed_up) is None:
        return "; ".join(filter(None, (told, f"signed up: {_taken(names.cut(signed_up))}")))
    return told


def _state(columns: Columns, *cells: str) -> SubscriberState:
    """Return the worst state that any column says, or the name of the file."""
    found = [columns.floor]
    for cell, (index, reading) in zip(cells, columns.states, strict=False):
        state = state_of(cell, reading, _words_in(columns, index))
        if state is None:
            allowed = ", ".join(SubscriberState) if reading == "subscription" else "true, false"
            raise _CannotBeTaken(
                said(
                    "“%(cell)s” is not the state of a subscription: %(allowed)s.",
                    cell=cell[:60],
                    allowed=allowed,
                )
            )
        found.append(state)
    return worst(found)


@lru_cache(maxsize=32)
def _words_in(columns: Columns, index: int) -> Mapping[str, SubscriberState]:
    """Return what the words of a column mean besides: to its program, or to whoever told it."""
    return {**words_of(columns.export), **dict(dict(columns.wordings).get(index, ()))}


def _leaving(record: Record, columns: Columns) -> Person | None:
    """Read a row that cannot be taken as somebody who opted out, if it says so; else None."""
    cells = [plain(cell.strip()) for cell in record.cells]
    fits = record.fault is None and len(cells) == len(columns.header)
    if record.fault is not None:
        cells = [cell.strip(" \"'") for cell in _DELIMITERS.split(record.cells[0])]
    state = worst(_states_in(cells, columns, fits=fits))
    address = _address_in(cells, columns, fits=fits) if state in OPTED_OUT else None
    if address is None:
        return None
    said = dict(_readable(cells, columns)) if fits else {}
    return Person(address.address, address.canonical, **said | {"state": state})


def _states_in(cells: Sequence[str], columns: Columns, *, fits: bool) -> Iterator[SubscriberState]:
    """Yield what the cells say of a state: where it should stand, or wherever it may have gone."""
    yield columns.floor
    ahead = len(cells) - len(columns.header)
    for index, reading in columns.states:
        words = _words_in(columns, index)
        for at in {index} if fits else {index, index + ahead}:
            cell = cells[at] if 0 <= at < len(cells) else ""
            yield state_of(cell, reading, words) or ACTIVE
    if not fits and columns.states:
        yield from (WORDS.get(folded(cell), ACTIVE) for cell in cells)


def _address_in(cells: Sequence[str], columns: Columns, *, fits: bool) -> Address | None:
    """Read the address where it should stand; in a row that has shifted, the first one."""
    at = columns.email
    found = _address_of(cells[at], columns) if at < len(cells) else None
    if isinstance(found, Address) or fits:
        return found if isinstance(found, Address) else None
    texts = (one for cell in cells for one in _ADDRESS.findall(cell))
    return next((one for one in map(addresses.parse, texts) if isinstance(one, Address)), None)


def _readable(cells: Sequence[str], columns: Columns) -> Iterator[tuple[str, Any]]:
    for field in _fields_of(columns):
        try:
            yield field.name, field.read(*(cells[index] for index in field.cells))
        except _CannotBeTaken:
            continue


def _attributes(
    *cells: str, keys: Sequence[str], has_document: bool, has_tags: bool
) -> Mapping[str, str]:
    """Return the attributes of a row: those of a JSON object, of the columns, and the tags."""
    told = list(cells)
    found = _document(told.pop(0)) if has_document else {}
    tags = plainly.tags_of(told.pop()) if has_tags else []
    for key, cell in zip(keys, told, strict=True):
        value = _taken(names.cut(cell, what=said("value of “%(key)s”", key=key)))
        if value:
            found[key] = value
    if tags:
        found["tags"] = _taken(names.cut(", ".join(tags), what=said("value of “tags”")))
    if not found.get("tags", "tags"):
        del found["tags"]
    return found


def _document(cell: str) -> dict[str, str]:
    """Read attributes given as one JSON object; what is no plain value is kept as JSON text."""
    if not cell:
        return {}
    try:
        values = json.loads(cell)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise _CannotBeTaken(said("The attributes are not a JSON object."))
    found = {key_of(key): _as_text(value) for key, value in values.items()}
    return {
        key: _taken(names.cut(value, what=said("value of “%(key)s”", key=key)))
        for key, value in found.items()
        if key and value
    }


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _address_of(cell: str, columns: Columns) -> Address | Refused:
    return address_of(cell, as_written=columns.export == OURS.name)


def _address_as_given(record: Record, columns: Columns) -> str:
    cells = record.cells
    if record.fault is not None:
        return cells[0]
    return cells[columns.email].strip() if columns.email < len(cells) else ""
