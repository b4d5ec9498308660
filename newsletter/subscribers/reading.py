"""Read the rows of a file: who they are about, or why they cannot be taken. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from newsletter.csvfile import Record, plain
from newsletter.model import Frequency, SubscriberState
from newsletter.subscribers import names
from newsletter.subscribers.addresses import Refused, parse, plain_address
from newsletter.subscribers.columns import Columns, key_of
from newsletter.subscribers.exports import FLAGS, MOMENTS, WORDS
from newsletter.subscribers.moments import as_date, as_moment
from newsletter.subscribers.zones import is_zone
from newsletter.subscribing import Person, Row

_T = TypeVar("_T")
_STATES = tuple(SubscriberState)  # from the best to the worst
_TAG = re.compile(r"""[^,;|\[\]"']+""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that cannot be taken, and why."""

    line: int
    address: str  # as given
    reason: str
    cells: tuple[str, ...]


class _CannotBeTaken(Exception):  # noqa: N818 - it never leaves this module
    """Carry the reason from a cell up to its row."""


def reader(columns: Columns) -> Callable[[Record], Row | Rejected]:
    """Give what reads the records of a file: exactly as `read` does, and quickly where it can.

    Nearly every row of a long file is plain: as many cells as the header, nothing invisible,
    nothing that a spreadsheet has marked. Whatever is not, `read` reads.
    """
    width, email, zone_at = len(columns.header), columns.email, columns.zone
    named, attributes, states = columns.name, columns.attributes, columns.states
    rare = tuple(
        index
        for index in (
            *(columns.signed_up, columns.evidence, columns.tags),
            *(columns.frequency, columns.paused_until, columns.document),
        )
        if index is not None
    )
    worded = all(field == "subscription" for _, field in states)

    def read_one(record: Record) -> Row | Rejected:
        line, cells, fault = record
        if fault is not None or len(cells) != width or not worded or any(cells[i] for i in rare):
            return read(record, columns)
        whole = "".join(cells)
        address = plain_address(cells[email])
        if address is None or len(whole) > names.LONGEST or not whole.isprintable():
            return read(record, columns)
        if "'" in whole and any(cell.lstrip()[:1] == "'" for cell in cells):
            return read(record, columns)
        state = WORDS.get(cells[states[0][0]]) if states else SubscriberState.ACTIVE
        zone = cells[zone_at].strip() if zone_at is not None else ""
        if state is None or (zone and not is_zone(zone)):
            return read(record, columns)
        name = " ".join([cell for i in named if (cell := cells[i].strip())])
        values = {key: cell for i, key in attributes if (cell := cells[i].strip())}
        return Row(line, Person(*address, name, zone or None, values, state))

    return read_one


def read(record: Record, columns: Columns) -> Row | Rejected:
    """Read one record. Pure."""
    try:
        return Row(record.line, _person(record, columns))
    except _CannotBeTaken as refused:
        return Rejected(
            line=record.line,
            address=_address_as_given(record, columns),
            reason=str(refused),
            cells=tuple(record.cells),
        )


def _person(record: Record, columns: Columns) -> Person:
    cells = record.cells
    if record.fault is not None:
        raise _CannotBeTaken(record.fault)
    if len(cells) != len(columns.header):
        raise _CannotBeTaken(
            f"The row has {len(cells)} cells, the first line {len(columns.header)}."
        )
    address = _taken(parse(plain(cells[columns.email].strip())))
    name = " ".join(filter(None, (plain(cells[index].strip()) for index in columns.name)))
    signed_up = _cell(cells, columns.signed_up)
    return Person(
        address=address.address,
        canonical=address.canonical,
        name=_taken(names.clean(name)),
        zone=_zone(_cell(cells, columns.zone)),
        attributes=_attributes(cells, columns),
        state=_state(cells, columns),
        frequency=_frequency(_cell(cells, columns.frequency)),
        paused_until=_paused(_cell(cells, columns.paused_until)),
        signed_up=as_moment(signed_up),
        evidence=_evidence(_cell(cells, columns.evidence), signed_up),
    )


def _taken(value: _T | Refused) -> _T:
    if isinstance(value, Refused):
        raise _CannotBeTaken(value.reason)
    return value


def _cell(cells: list[str], index: int | None) -> str:
    return "" if index is None else plain(cells[index].strip())


def _zone(cell: str) -> str | None:
    if cell and not is_zone(cell):
        raise _CannotBeTaken(f"“{cell[:60]}” is not a time zone such as Europe/Berlin.")
    return cell or None


def _frequency(cell: str) -> Frequency | None:
    if not cell:
        return None
    try:
        return Frequency(cell.casefold())
    except ValueError:
        raise _CannotBeTaken(f"“{cell[:60]}” is no frequency: {', '.join(Frequency)}.") from None


def _paused(cell: str) -> date | None:
    found = as_date(cell) if cell else None
    if cell and found is None:
        raise _CannotBeTaken(f"“{cell[:60]}” is not a date such as 2026-03-01.")
    return found


def _evidence(cell: str, signed_up: str) -> str:
    """Give what is said of the consent; a sign-up moment that cannot be read stays as text."""
    told = _taken(names.clean(cell, what="evidence"))
    if signed_up and as_moment(signed_up) is None:
        return "; ".join(filter(None, (told, f"signed up: {_taken(names.clean(signed_up))}")))
    return told


def _state(cells: list[str], columns: Columns) -> SubscriberState:
    """Give the worst state that any column says."""
    found = [_state_of(_cell(cells, index), field) for index, field in columns.states]
    return max(found, key=_STATES.index, default=SubscriberState.ACTIVE)


def _state_of(cell: str, field: str) -> SubscriberState:
    if field in MOMENTS:
        return MOMENTS[field] if cell else SubscriberState.ACTIVE
    words = FLAGS.get(field, WORDS)
    state = words.get(cell.casefold())
    if state is None:
        allowed = ", ".join(SubscriberState) if words is WORDS else "true, false"
        raise _CannotBeTaken(f"“{cell[:60]}” is not the state of a subscription: {allowed}.")
    return state


def _attributes(cells: list[str], columns: Columns) -> Mapping[str, str]:
    found = _document(_cell(cells, columns.document))
    for index, key in columns.attributes:
        value = _taken(names.clean(plain(cells[index].strip()), what=f"value of “{key}”"))
        if value:
            found[key] = value
    tags = tags_of(_cell(cells, columns.tags))
    if tags:
        found["tags"] = _taken(names.clean(", ".join(tags), what="value of “tags”"))
    return found


def tags_of(text: str) -> list[str]:
    """Give the tags of a cell, however they are separated or quoted, each once."""
    return list(dict.fromkeys(filter(None, map(str.strip, _TAG.findall(text)))))


def _document(cell: str) -> dict[str, str]:
    """Read attributes given as one JSON object; what is no plain value is kept as JSON text."""
    if not cell:
        return {}
    try:
        values = json.loads(cell)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise _CannotBeTaken("The attributes are not a JSON object.")
    found = {key_of(key): _as_text(value) for key, value in values.items()}
    return {
        key: _taken(names.clean(value, what=f"value of “{key}”"))
        for key, value in found.items()
        if key and value
    }


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _address_as_given(record: Record, columns: Columns) -> str:
    cells = record.cells
    if record.fault is not None:
        return cells[0]
    return cells[columns.email].strip() if columns.email < len(cells) else ""
