"""Which column of a file holds what, found by its name or told with `--map`.

Columns that are nobody's become attributes: values a template may ask for as
`attributes.<key>`, where the key is the column's name in small letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter.core.errors import InputError, UsageError, Where
from newsletter.core.model import SubscriberState
from newsletter.core.sentences import said
from newsletter.subscribers.addresses import Address
from newsletter.subscribers.csvfile import Record
from newsletter.subscribers.imports.address_cells import address_of
from newsletter.subscribers.imports.formats import OURS, Export, recognise
from newsletter.subscribers.imports.headers import guessed, of_other_channel, of_others, parted_name
from newsletter.subscribers.imports.readings import READINGS
from newsletter.subscribers.imports.wordings import WORDS_ANSWER, Wordings, parted
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
# Answers to what an import asks, beside the fields.
STATE_ANSWER, OUT_ANSWER, ATTRIBUTE_ANSWER = "state", "opt-out", "attribute"
IN_ANSWER = "opt-in"  # of a column that asks for a yes
ANSWERS = (STATE_ANSWER, OUT_ANSWER, ATTRIBUTE_ANSWER, IGNORE)
_ANSWERED = {
    "state": "subscription",
    WORDS_ANSWER: "subscription",
    "opt_out": "left_at",
    "opt_in": "opted_in",
}
_ATTRIBUTE = "attributes."
# Fields of one column each, as they are shown.
_SINGLE = {one.field: one.label for one in (*VALUES, ATTRIBUTES) if one.field != "name"}
_SINGLE |= {"tags": "tags", "signed_up": "moment of the consent"}
_SINGLE |= {"evidence": "words of the consent"}
_LOOSE = frozenset({"tags", ATTRIBUTES.field})  # anything may stand in these
FILE_NAME = "file name"
"""What `--map` calls the name of the file, where that speaks of opting out."""
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_RESERVED = frozenset({*_FIELD_OF, *READINGS, *_SINGLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a record's cells belong, by index."""

    header: tuple[str, ...]
    email: int
    name: tuple[int, ...] = ()  # joined by a space: one full name, or first and last
    states: tuple[tuple[int, str], ...] = ()  # index and how it is read (`readings`)
    guesses: tuple[int, ...] = ()  # of `states` those that nobody told, nor a known program has
    unread: tuple[int, ...] = ()  # columns whose cells nobody reads as a state; they are watched
    single: tuple[tuple[int, str], ...] = ()  # index and any other field
    attributes: tuple[tuple[int, str], ...] = ()  # index and key
    headless: bool = False  # the first record is a row
    export: str = ""  # the program whose export this is, where that can be told
    floor: SubscriberState = SubscriberState.ACTIVE  # nobody is better off: the file's name says so
    wordings: tuple[tuple[int, Wordings], ...] = ()  # of columns of states whose words were told

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


def find(
    sample: Sequence[Record],
    mapping: Mapping[str, str] | None = None,
    *,
    floor: SubscriberState = SubscriberState.ACTIVE,
) -> Columns:
    """Find the columns from the first records of a file; `mapping` is column name → field.

    A field is one of `_NAMES` or `ANSWERS`, one an export has besides, or the key of an
    attribute. `floor` is the state that everybody in the file has at least. Raises `InputError`
    when no column holds addresses or two hold the same, `UsageError` for a mapping of a column
    that is not there.
    """
    if not sample:
        raise InputError(said("The file has no rows."))
    header = sample[0]
    if header.fault is not None:
        where = Where(line=header.line)
        raise InputError(header.fault, hint=said("Mend the first line."), where=where)
    named = {name: to for name, to in (mapping or {}).items() if name.casefold() != FILE_NAME}
    if not named and _is_address_list(header.cells):
        return Columns(header=("email",), email=0, headless=True, floor=floor)
    headless = any(map(_is_address, header.cells))
    names = tuple(map(_nth, range(len(header.cells)))) if headless else _names_in(header)
    _refuse_twins(names)
    export = recognise(list(map(key_of, names)))
    named, words = parted([name or _nth(at) for at, name in enumerate(names)], named)
    told = _told(names, named)
    fields, guesses = _fields(names, told, sample[not headless :], export)
    columns = _columns(names, fields, _repeatable(names, told, export))
    unread = () if export is OURS else _unread(columns, fields, told, export)
    return replace(
        columns,
        headless=headless,
        export=export.name if export else "",
        guesses=guesses,
        unread=tuple(unread),
        floor=floor,
        wordings=tuple(_wordings(names, named, words)),
    )


def _wordings(
    names: Sequence[str],
    told: Mapping[str, str],
    words: Mapping[str, Mapping[str, SubscriberState]],
) -> Iterator[tuple[int, Wordings]]:
    """Name the columns whose words are told one by one, with what was told up to now."""
    asked = {name.strip().casefold() for name, answer in told.items() if answer == WORDS_ANSWER}
    for index, name in enumerate(names):
        column = name or _nth(index)
        if column.casefold() in asked or column in words:
            yield index, tuple(sorted(words.get(column, {}).items()))


def _unread(
    columns: Columns, fields: Sequence[str], told: Mapping[str, str], export: Export | None
) -> Iterator[int]:
    """Name the columns in which anything may stand: nobody told what it is, nor a program."""
    known = export.fields if export else {}
    read = {columns.email, *columns.name, *(index for index, _ in columns.states)}
    read |= {index for index, field in columns.single if field not in _LOOSE}
    read |= of_others(columns.header)
    for index, name in enumerate(columns.header):
        is_known = key_of(name) in known and fields[index] not in _LOOSE
        is_told = (name or _nth(index)) in told or name.startswith(_ATTRIBUTE)
        is_known |= of_other_channel(parted_name(name)) or fields[index] == IGNORE
        if not (index in read or is_known or is_told):
            yield index


def _nth(index: int) -> str:
    """Name a column that has no name of its own, as questions and `--map` do."""
    return f"column {index + 1}"


def _names_in(header: Record) -> tuple[str, ...]:
    return tuple(cell.strip().strip(_INVISIBLE).strip() for cell in header.cells)


def _is_address_list(cells: Sequence[str]) -> bool:
    return len(cells) == 1 and _is_address(cells[0])


def _is_address(cell: str) -> bool:
    return isinstance(address_of(cell), Address)


def _fields(
    names: Sequence[str],
    told: Mapping[str, str],
    rows: Sequence[Record],
    export: Export | None,
) -> tuple[list[str], tuple[int, ...]]:
    """Return each column's field, or its key as an attribute, and which readings are guesses.

    Empty for a column without a name.
    """
    usual = _FIELD_OF | (dict(export.fields) if export else {})
    keys = [key_of(name) for name in names]
    fields = [
        told.get(name or _nth(index))
        or _own_attribute(name)
        or usual.get(key)
        or (column_of(key) if key in READINGS else key)
        or (f"column_{index + 1}" if name else "")
        for index, (name, key) in enumerate(zip(names, keys, strict=True))
    ]
    free = [
        index
        for index, name in enumerate(names)
        if name and name not in told and not _own_attribute(name)
    ]
    holding = _holding_addresses(free, rows) if ADDRESS.field not in fields else ()
    if export is not OURS and len(holding) == 1:
        fields[holding[0]] = ADDRESS.field
    for one in () if export is OURS else EXPORTED:
        if one.field not in fields:
            _promote(fields, free, one.faint, one.field)
    if ADDRESS.field not in fields and len(holding) > 1:
        raise InputError(
            said(
                "Several columns hold addresses: %(columns)s.",
                columns=_listed(names[index] for index in holding),
            ),
            hint=f'Say which are those of the subscribers: --map "{names[holding[0]]}=email".',
        )
    guesses = () if export is OURS else tuple(_guess(names, fields, free, rows, usual))
    return fields, guesses


def _guess(
    names: Sequence[str],
    fields: list[str],
    free: Sequence[int],
    rows: Sequence[Record],
    usual: Mapping[str, str],
) -> Iterator[int]:
    """Read columns that nobody knows by their names as states, where their cells bear it out."""
    aside = of_others(names)
    for index in free:
        known = key_of(names[index]) in usual or fields[index] in _FIELD_OF.values()
        if known or index in aside:
            continue
        cells = [row.cells[index] for row in rows if index < len(row.cells)]
        reading = guessed(names[index], cells)
        if reading is not None:
            fields[index] = reading
            if reading != STATE.field:
                yield index


def _own_attribute(name: str) -> str:
    """Return the key of a column that says itself to be an attribute; empty for any other."""
    return column_of(key_of(name.removeprefix(_ATTRIBUTE))) if name.startswith(_ATTRIBUTE) else ""


def _promote(fields: list[str], free: Sequence[int], names: Sequence[str], field: str) -> None:
    for index in free:
        if fields[index] in names:
            fields[index] = field
            return


def _holding_addresses(free: Sequence[int], rows: Sequence[Record]) -> tuple[int, ...]:
    """Name the columns in which addresses stand and nothing else."""
    return tuple(
        index
        for index in free
        if (cells := [row.cells[index] for row in rows if "".join(row.cells[index : index + 1])])
        and all(map(_is_address, cells))
    )


def _told(names: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    by_fold = {(name or _nth(at)).casefold(): name or _nth(at) for at, name in enumerate(names)}
    told: dict[str, str] = {}
    for column, field in mapping.items():
        name = by_fold.get(column.strip().casefold())
        if name is None:
            raise UsageError(
                said(
                    "--map names a column “%(column)s” that the file does not have.", column=column
                ),
                hint=said("Its columns are: %(listed)s.", listed=_listed(names)),
            )
        key = key_of(field)
        if not key:
            raise UsageError(
                said(
                    "--map “%(column)s=%(field)s” does not name a field.",
                    column=column,
                    field=field,
                )
            )
        told[name] = _answered(field, key, name)
    return told


def _answered(field: str, key: str, name: str) -> str:
    if field.startswith(_ATTRIBUTE):
        return _own_attribute(field)
    if key == ATTRIBUTE_ANSWER:
        return column_of(key_of(name)) if key_of(name) else "column"
    return _FIELD_OF.get(key) or _ANSWERED.get(key, key)


def _repeatable(
    names: Sequence[str], told: Mapping[str, str], export: Export | None
) -> frozenset[int]:
    """Name the columns of a known program that may mean what an earlier one means already."""
    fields = export.fields if export else {}
    return frozenset(
        index
        for index, name in enumerate(names)
        if name not in told and fields.get(key_of(name)) in _SINGLE
    )


def _columns(names: tuple[str, ...], fields: Sequence[str], repeatable: frozenset[int]) -> Columns:
    where: dict[str, int] = {}
    states: list[tuple[int, str]] = []
    for index, field in enumerate(fields):
        if field in {"", IGNORE}:
            continue
        if field in READINGS:
            states.append((index, field))
            continue
        if field in where and index in repeatable:
            continue
        if field in where:
            raise InputError(
                said(
                    "The columns “%(one)s” and “%(other)s” both mean %(field)s.",
                    one=names[where[field]],
                    other=names[index],
                    field=field,
                ),
                hint=f'Leave one out: --map "{names[index]}={IGNORE}".',
            )
        where[field] = index
    if "email" not in where:
        raise InputError(
            said(
                "No column holds addresses. The first line has: %(listed)s.", listed=_listed(names)
            ),
            hint='Name the column, such as --map "Contact=email"; a file without a first line '
            "of names may only have one column.",
        )
    columns = Columns(header=names, email=where.pop("email"), states=tuple(states))
    return _sorted_out(columns, where)


def _sorted_out(columns: Columns, where: dict[str, int]) -> Columns:
    # Beside a full name, first and last name are attributes; alone they are the name.
    parts = ("name",) if "name" in where else ("first_name", "last_name")
    columns = replace(
        columns,
        single=tuple((where.pop(field), field) for field in _SINGLE if field in where),
        name=tuple(where.pop(part) for part in parts if part in where),
    )
    attributes = ((index, key.removeprefix(_ATTRIBUTE)) for key, index in where.items())
    return replace(columns, attributes=tuple(attributes))


def _refuse_twins(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in filter(None, map(str.casefold, names)):
        if name in seen:
            raise InputError(
                said("Two columns are called “%(name)s”.", name=name),
                hint=said("Rename one of them in the first line of the file."),
            )
        seen.add(name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names if name) or said("nothing")
