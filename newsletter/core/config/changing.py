"""Change values of config.toml and leave everything else as it was written. Pure.

Comments, order, quoting and line ends stay. A key that is not there yet comes to the end of its
section; without a value a key goes, and its default counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array, Item

from newsletter.core.errors import ConfigError, Where

Key = tuple[str, ...]  # ("publication", "sender", "name")


def changed(text: str, changes: Mapping[Key, Any], *, name: str = "config.toml") -> str:
    """Return the text of config.toml with other values; None takes a key out.

    Raises `ConfigError` for a text that is no TOML, or has a value where a section is needed.
    """
    try:
        document = tomlkit.parse(text)
        for key, value in changes.items():
            _put(document, key, value)
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise ConfigError(
            f"{name} cannot be changed here: {error}.",
            hint="Change it in an editor.",
            where=Where(file=name, leads=False),
        ) from error


def _put(document: TOMLDocument, key: Key, value: Any) -> None:
    table: Any = document
    for part in key[:-1]:
        if part not in table:
            if value is None:
                return
            table[part] = tomlkit.table()
        table = table[part]
        if not isinstance(table, Mapping):
            raise TOMLKitError(f"{'.'.join(key[:-1])} is a value and no section")
    last = key[-1]
    if value is None:
        if last in table:
            del table[last]
        return
    if last in table and _plain(table[last]) == value:
        return
    table[last] = _written(value, before=table.get(last))


def _written(value: Any, *, before: Any) -> Item:
    """Write a value; what stood behind the old one, such as a comment, stays."""
    item: Item = tomlkit.item(_plain(value))
    if isinstance(before, Item):
        item.trivia.comment_ws = before.trivia.comment_ws
        item.trivia.comment = before.trivia.comment
        item.trivia.trail = before.trivia.trail
        item.trivia.indent = before.trivia.indent
    if isinstance(item, Array):
        item.multiline(multiline=False)
    return item


def _plain(value: Any) -> Any:
    if isinstance(value, Item):
        return value.unwrap()
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | date) else str(value)
