"""What an import will do with each row of a file; every row ends in exactly one class.

Reading a row needs only the row; classifying it needs how its address stands in the list. Both
are pure, so a plan can be shown before anything is written, and the same rules apply when it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from newsletter.csvfile import Record, plain
from newsletter.model import SubscriberState
from newsletter.ports import Known, Person, Standing
from newsletter.subscribers import lifecycle, names
from newsletter.subscribers.addresses import Refused, parse
from newsletter.subscribers.columns import STATES, Columns
from newsletter.subscribers.zones import is_zone


class RowClass(StrEnum):
    """What becomes of a row, in the order in which they are counted."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT_OPTED_OUT = "kept_opted_out"
    SUPPRESSED = "suppressed"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row that can be taken: who it is about."""

    line: int
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that cannot be taken, and why."""

    line: int
    address: str  # as given
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A row's class and what there is to write for it."""

    row_class: RowClass
    line: int
    person: Person  # with what is stored filled in, where it is known
    known: Known | None = None
    opts_out: bool = False  # the file says so of somebody who is not opted out yet


def read(record: Record, columns: Columns) -> Row | Rejected:
    """Read one record. Pure."""
    person = _person(record, columns)
    if isinstance(person, Person):
        return Row(line=record.line, person=person)
    return Rejected(
        line=record.line,
        address=_address_as_given(record, columns),
        reason=person.reason,
        cells=tuple(record.cells),
    )


def classify(row: Row, standing: Standing | None) -> Planned:
    """Decide about one row; `standing` is None for an address of an earlier row. Pure.

    A suppressed or opted-out person is left exactly as they are. Of a person who is known, empty
    cells and missing columns change nothing, and a state never rises.
    """
    if standing is None:
        return _planned(RowClass.DUPLICATE, row)
    if standing.suppressed:
        return _planned(RowClass.SUPPRESSED, row)
    known = standing.known
    if known is None:
        opted_out = row.person.state in lifecycle.OPTED_OUT
        return _planned(RowClass.KEPT_OPTED_OUT if opted_out else RowClass.NEW, row)
    if known.state in lifecycle.OPTED_OUT:
        return _planned(RowClass.KEPT_OPTED_OUT, row, known=known)
    return _compared(row, known)


def _compared(row: Row, known: Known) -> Planned:
    told = row.person
    person = replace(
        told,
        name=told.name or known.name,
        zone=told.zone or known.zone,
        attributes={**known.attributes, **told.attributes},
    )
    opts_out = told.state in lifecycle.OPTED_OUT
    same = (person.name, person.zone, person.attributes) == (
        known.name,
        known.zone,
        known.attributes,
    )
    return Planned(
        row_class=RowClass.UNCHANGED if same and not opts_out else RowClass.UPDATED,
        line=row.line,
        person=person,
        known=known,
        opts_out=opts_out,
    )


def _planned(row_class: RowClass, row: Row, *, known: Known | None = None) -> Planned:
    return Planned(row_class=row_class, line=row.line, person=row.person, known=known)


def _person(record: Record, columns: Columns) -> Person | Refused:
    cells = record.cells
    if record.fault is not None:
        return Refused(record.fault)
    if len(cells) != len(columns.header):
        return Refused(f"The row has {len(cells)} cells, the first line {len(columns.header)}.")
    address = parse(plain(cells[columns.email].strip()))
    if isinstance(address, Refused):
        return address
    name = names.clean(" ".join(filter(None, (plain(cells[i].strip()) for i in columns.name))))
    if isinstance(name, Refused):
        return name
    zone = _cell(cells, columns.zone)
    if zone and not is_zone(zone):
        return Refused(f"“{zone[:60]}” is not a time zone such as Europe/Berlin.")
    state = _state(_cell(cells, columns.subscription))
    if isinstance(state, Refused):
        return state
    attributes = _attributes(cells, columns)
    if isinstance(attributes, Refused):
        return attributes
    return Person(
        address=address.address,
        canonical=address.canonical,
        name=name,
        zone=zone or None,
        attributes=attributes,
        state=state,
    )


def _cell(cells: list[str], index: int | None) -> str:
    return "" if index is None else plain(cells[index].strip())


def _state(cell: str) -> SubscriberState | Refused:
    state = STATES.get(cell.casefold())
    if state is None:
        known = ", ".join(SubscriberState)
        return Refused(f"“{cell[:60]}” is not the state of a subscription: {known}.")
    return state


def _attributes(cells: list[str], columns: Columns) -> Mapping[str, str] | Refused:
    found: dict[str, str] = {}
    for index, key in columns.attributes:
        value = names.clean(plain(cells[index].strip()), what=f"value of “{key}”")
        if isinstance(value, Refused):
            return value
        if value:
            found[key] = value
    return found


def _address_as_given(record: Record, columns: Columns) -> str:
    cells = record.cells
    if record.fault is not None:
        return cells[0]
    return cells[columns.email].strip() if columns.email < len(cells) else ""
