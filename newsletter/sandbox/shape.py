"""Take a JSON document apart, or say which value is of the wrong type. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newsletter.sandbox.exchange import Problem

Object = dict[str, Any]


class WrongType(Exception):  # noqa: N818 - the name says what was found
    """A container is not what the API's schema says; SendGrid answers a bare "Bad Request"."""


def as_object(value: Any, path: str) -> Object:
    """Return an object, or raise `WrongType`."""
    if not isinstance(value, dict):
        raise WrongType(f"{path} is {_kind(value)}, not an object.")
    return value


def as_list(value: Any, path: str) -> list[Any]:
    """Return a list, or raise `WrongType`."""
    if not isinstance(value, list):
        raise WrongType(f"{path} is {_kind(value)}, not a list.")
    return value


def text_map(value: Any, path: str) -> Iterator[Problem]:
    """Check an object whose values are texts; an empty one has to be left out (sendgrid.md 1.1)."""
    found = as_object(value, path)
    if not found:
        yield Problem(f"The {path} object must not be empty; leave it out instead.", path)
    for key, text in found.items():
        if not isinstance(text, str):
            yield Problem(
                f"The {path} values must be strings; {key!r} is {_kind(text)}.", f"{path}.{key}"
            )


def texts_of(value: Any) -> dict[str, str]:
    """Return the entries of an object that are texts; nothing where there is no object."""
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)}


def size_of(texts: dict[str, str]) -> int:
    """Count the UTF-8 bytes of keys and values."""
    return sum(len(key.encode()) + len(text.encode()) for key, text in texts.items())


def is_integer(value: Any) -> bool:
    """Say whether a value is an integer; JSON's `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else names.get(type(value), "a number")
