"""An edition as the fields of a form, each named like its key in `edition.toml`. Pure.

`stories.0.image.alt` is the alternative text of the lead story's picture. An empty field is a key
that is not there; a table without any words is not there either.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from newsletter.content.edition_fields import EditionTable, Kind, StoryTable, Table, keys, tables
from newsletter.content.validity import cleaned
from newsletter.core.errors import InputError, Where
from newsletter.core.model import Edition, Provenance
from newsletter.core.sentences import said
from newsletter.editions.schema import edition_of, sentence
from newsletter.editions.writer import as_toml

Fields = Mapping[str, str]

_TABLES: Mapping[str, type[Table]] = {
    "": EditionTable,
    **tables(EditionTable),
    **{f"stories.{name}": table for name, table in tables(StoryTable).items()},
}
_KEYS = {f"{name}.{key.name}".lstrip("."): key for name in _TABLES for key in keys(_TABLES[name])}
_DEEPEST = 4  # steps of a name: "stories.0.image.alt"
_DIGITS = 6  # more than any list of an edition needs
_NO_WORDS = frozenset({"choice", "kept"})  # kinds of fields that alone make no table


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field; the sentence stands behind its name."""

    name: str
    sentence: str


class FieldsError(InputError):
    """The fields are no edition; `faults` says which and why. Nothing was written."""

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        listed = "; ".join(f"{fault.name} {fault.sentence}" for fault in faults)
        first = Where(key=faults[0].name, leads=False)
        super().__init__(
            f"This is no edition yet: {listed}.", hint="Mend it and save again.", where=first
        )
        self.faults = faults


def as_fields(edition: Edition) -> dict[str, str]:
    """Return the fields of an edition, in the order of its file."""
    return tidied(dict(_flat(tomllib.loads(as_toml(edition)))))


def tidied(fields: Fields) -> dict[str, str]:
    """Leave out what says nothing and number what is left without gaps, in the same order.

    Texts are cleaned: a browser ends its lines with CR and LF.
    """
    texts = {name: cleaned(text) for name, text in fields.items()}
    kept = {name: text for name, text in texts.items() if text and not _is_usual(name, text)}
    worded = {_table(name) for name in kept if _kind(name) not in _NO_WORDS}
    kept = {name: text for name, text in kept.items() if _holds_words(_table(name), worded)}
    numbers = _renumbered(kept)
    return {_named(name, numbers): text for name, text in kept.items()}


def from_fields(fields: Fields, *, day: date, provenance: tuple[Provenance, ...] = ()) -> Edition:
    """Read fields as the edition of a day. Raises `FieldsError`, its names those of `tidied`."""
    try:
        return edition_of(_nested(tidied(fields)), day=day, provenance=provenance)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise FieldsError(
            tuple(FieldFault(".".join(map(str, one["loc"])), sentence(one)) for one in found)
        ) from error


def is_number(step: str) -> bool:
    """Say whether a step of a field's name counts the tables of a list."""
    return step.isascii() and step.isdecimal() and len(step) <= _DIGITS


def _is_usual(name: str, text: str) -> bool:
    """Say whether a field holds what its key means when it is not there."""
    key = _KEYS.get(_key(name))
    return key is not None and bool(key.choices) and text == key.usual


def _kind(name: str) -> Kind | None:
    key = _KEYS.get(_key(name))
    return key.told.kind if key else None


def _key(name: str) -> str:
    """Take the numbers out of a field's name."""
    return ".".join(step for step in name.split(".") if not is_number(step))


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if _kind(name) == "lines":
        yield name, "\n".join(" ".join(one.split()) for one in value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{name}.{number}")
    else:
        yield name, str(value)


def _table(name: str) -> str:
    return name.rpartition(".")[0]


def _holds_words(table: str, worded: set[str]) -> bool:
    """Say whether a table, or one inside it, has a field with words."""
    return not table or any(one == table or one.startswith(f"{table}.") for one in worded)


def _renumbered(fields: Fields) -> dict[tuple[str, str], int]:
    """Map a list and a number in it to the number without gaps."""
    found: dict[str, set[str]] = {}
    for name in fields:
        first, _, rest = name.partition(".")
        number = rest.partition(".")[0]
        if is_number(number):
            found.setdefault(first, set()).add(number)
    return {
        (first, number): at
        for first, numbers in found.items()
        for at, number in enumerate(sorted(numbers, key=int))
    }


def _named(name: str, numbers: Mapping[tuple[str, str], int]) -> str:
    first, _, rest = name.partition(".")
    number, _, key = rest.partition(".")
    at = numbers.get((first, number))
    return name if at is None else f"{first}.{at}.{key}"


def _nested(fields: Fields) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in fields.items():
        *path, key = name.split(".")
        if len(path) >= _DEEPEST:
            raise FieldsError((FieldFault(name, said("is not a key of an edition here")),))
        table = values
        for step in path:
            table = table.setdefault(step, {})
            if not isinstance(table, dict):
                raise FieldsError((FieldFault(name, said("is not a key of an edition here")),))
        table[key] = text.splitlines() if _kind(name) == "lines" else text
    return {key: _listed(value) for key, value in values.items()}


def _listed(value: Any) -> Any:
    """Turn a table whose keys are all numbers into a list."""
    if isinstance(value, dict) and value and all(map(is_number, value)):
        return [value[key] for key in sorted(value, key=int)]
    return value
