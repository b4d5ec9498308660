"""Which column of a file holds what, found by its name or told with `--map`.

Columns that are nobody's become attributes: values a template may ask for as
`attributes.<key>`, where the key is the column's name in small letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter.core.errors import InputError, UsageError, Where
from newsletter.subscribers.addresses import Address, parse
from newsletter.subscribers.csvfile import Record
from newsletter.subscribers.imports.formats import FLAGS, MOMENTS, OURS, WORDS, Export, recognise
from newsletter.subscribers.profile import ADDRESS, ATTRIBUTES, EXPORTED, STATE, VALUES

IGNORE = "ignore"
# What only a file has: parts of a name, what is kept with the consent, tags, and what is left out.
_OF_FILES: Mapping[str, tuple[str, ...]] = {
    "first_name": ("first_name", "firstname", "given_name", "forename", "fname"),
    "last_name": ("last_name", "lastname", "surname", "family_name", "lname"),
    "signed_up": ("signed_up", "signup_date", "sign_up_date", "subscribed_at", "opt_in_date"),
    "evidence": ("evidence", "consent_evidence"),
    "tags": ("tags",),
    IGNORE: ("rejected_line", "rejected_reason", IGNORE),
}
_NAMES = {one.field: one.headers for one in EXPORTED} | dict(_OF_FILES)
FIELDS = tuple(_NAMES)
"""What `--map` can say that a column holds, besides an attribute's key."""
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}
# "State" and "status" mean a subscription only where every cell of them is one of these words.
_MAYBE_SUBSCRIPTION = ("status", "state", "subscriber_status")
_ATTRIBUTE = "attributes."
# Fields of one column each, as they are shown.
_SINGLE = {one.field: one.label for one in (*VALUES, ATTRIBUTES) if one.field != "name"}
_SINGLE |= {"tags": "tags", "signed_up": "moment of the consent"}
_SINGLE |= {"evidence": "words of the consent"}
_RESERVED = frozenset({*_FIELD_OF, *FLAGS, *MOMENTS, *_SINGLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a record's cells belong, by index."""

    header: tuple[str, ...]
    email: int
    name: tuple[int, ...] = ()  # joined by a space: one full name, or first and last
    states: tuple[tuple[int, str], ...] = ()  # index and "subscription", or a field of `exports`
    single: tuple[tuple[int, str], ...] = ()  # index and any other field
    attributes: tuple[tuple[int, str], ...] = ()  # index and key
    headless: bool = False  # the first record is a row
    export: str = ""  # the program whose export this is, where that can be told

    def cells(self, field: str) -> tuple[int, ...]:
        """Name the cells that hold the name, or a field of one column; none: it is not there."""
        if field == "name":
            return self.name
        return tuple(index for index, found in self.single if found == field)


def meanings(columns: Columns) -> tuple[tuple[str, str], ...]:
    """Say of each column that has a name what it is read as, in the file's order. Pure."""
    found = {columns.email: ADDRESS.field}
    found |= dict.fromkeys(columns.name, "name")
    found |= {index: STATE.field for index, _ in columns.states}
    found |= {index: f"{_ATTRIBUTE}{key}" for index, key in columns.attributes}
    found |= {index: _SINGLE[field] for index, field in columns.single}
    return tuple(
        (name, found.get(index, "left out")) for index, name in enumerate(columns.header) if name
    )


def column_of(key: str) -> str:
    """Name the column of an attribute so that it is read as that attribute again. Pure."""
    return f"{_ATTRIBUTE}{key}" if key in _RESERVED else key


def key_of(name: str) -> str:
    """Return a column's name as a key: small ASCII letters, digits and single underscores.

    Empty when nothing of the name can be kept. A key may be asked for as a merge field.
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = "_".join(re.findall(r"[a-z0-9]+", letters))[:40].rstrip("_")
    return f"n{key}" if key[:1].isdigit() else key


def find(sample: Sequence[Record], mapping: Mapping[str, str] | None = None) -> Columns:
    """Find the columns from the first records of a file; `mapping` is column name → field.

    A field is one of `_NAMES`, one an export has besides, or the key of an attribute. Raises
    `InputError` when no column holds addresses or two hold the same, `UsageError` for a mapping
    of a column that is not there.
    """
    if not sample:
        raise InputError("The file has no rows.")
    header = sample[0]
    if header.fault is not None:
        where = Where(line=header.line)
        raise InputError(header.fault, hint="Mend the first line.", where=where)
    if not mapping and _is_address_list(header.cells):
        return Columns(header=("email",), email=0, headless=True)
    names = tuple(cell.strip().lstrip("\ufeff") for cell in header.cells)
    _refuse_twins(names)
    export = recognise(list(map(key_of, names)))
    fields = _fields(names, mapping or {}, sample[1:], export)
    return replace(_columns(names, fields), export=export.name if export else "")


def _is_address_list(cells: Sequence[str]) -> bool:
    return len(cells) == 1 and isinstance(parse(cells[0]), Address)


def _fields(
    names: Sequence[str],
    mapping: Mapping[str, str],
    rows: Sequence[Record],
    export: Export | None,
) -> list[str]:
    """Return each column's field, or its key as an attribute; empty for a column without a name."""
    told = _told(names, mapping)
    usual = _FIELD_OF | (dict(export.fields) if export else {})
    keys = [key_of(name) for name in names]
    fields = [
        told.get(name)
        or _own_attribute(name)
        or usual.get(key)
        or key
        or (f"column_{index}" if name else "")
        for index, (name, key) in enumerate(zip(names, keys, strict=True), start=1)
    ]
    free = [index for index, name in enumerate(names) if name not in told]
    for one in () if export is OURS else EXPORTED:
        if one.field not in fields:
            _promote(fields, free, one.faint, one.field)
    if "subscription" not in fields:
        holding = [index for index in free if _holds_states(rows, index)]
        _promote(fields, holding, _MAYBE_SUBSCRIPTION, "subscription")
    return fields


def _own_attribute(name: str) -> str:
    """Return the key of a column that says itself to be an attribute; empty for any other."""
    return column_of(key_of(name.removeprefix(_ATTRIBUTE))) if name.startswith(_ATTRIBUTE) else ""


def _promote(fields: list[str], free: Sequence[int], names: Sequence[str], field: str) -> None:
    for index in free:
        if fields[index] in names:
            fields[index] = field
            return


def _holds_states(rows: Sequence[Record], index: int) -> bool:
    cells = [row.cells[index].strip().casefold() for row in rows if index < len(row.cells)]
    return any(cells) and all(cell in WORDS for cell in cells)


def _told(names: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    by_fold = {name.casefold(): name for name in names}
    told: dict[str, str] = {}
    for column, field in mapping.items():
        name = by_fold.get(column.strip().casefold())
        if name is None:
            raise UsageError(
                f"--map names a column “{column}” that the file does not have.",
                hint=f"Its columns are: {_listed(names)}.",
            )
        key = key_of(field)
        if not key:
            raise UsageError(f"--map “{column}={field}” does not name a field.")
        told[name] = _FIELD_OF.get(key, key)
    return told


def _columns(names: tuple[str, ...], fields: Sequence[str]) -> Columns:
    where: dict[str, int] = {}
    for index, field in enumerate(fields):
        if field in {"", IGNORE}:
            continue
        if field in where:
            raise InputError(
                f"The columns “{names[where[field]]}” and “{names[index]}” both mean {field}.",
                hint=f'Leave one out: --map "{names[index]}={IGNORE}".',
            )
        where[field] = index
    if "email" not in where:
        raise InputError(
            f"No column holds addresses. The first line has: {_listed(names)}.",
            hint='Name the column, such as --map "Contact=email"; a file without a first line '
            "of names may only have one column.",
        )
    return _sorted_out(Columns(header=names, email=where.pop("email")), where)


def _sorted_out(columns: Columns, where: dict[str, int]) -> Columns:
    states = [field for field in ("subscription", *FLAGS, *MOMENTS) if field in where]
    # Beside a full name, first and last name are attributes; alone they are the name.
    parts = ("name",) if "name" in where else ("first_name", "last_name")
    columns = replace(
        columns,
        single=tuple((where.pop(field), field) for field in _SINGLE if field in where),
        states=tuple((where.pop(field), field) for field in states),
        name=tuple(where.pop(part) for part in parts if part in where),
    )
    attributes = ((index, key.removeprefix(_ATTRIBUTE)) for key, index in where.items())
    return replace(columns, attributes=tuple(attributes))


def _refuse_twins(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in filter(None, map(str.casefold, names)):
        if name in seen:
            raise InputError(
                f"Two columns are called “{name}”.",
                hint="Rename one of them in the first line of the file.",
            )
        seen.add(name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names if name) or "nothing"
