"""Take a JSON document apart, or say which value is of the wrong type. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newsletter.sandbox.exchange import Problem

Object = dict[str, Any]
LINE_ENDS = "\r\n"
_SHOWN = {"\r": "CR", "\n": "LF"}


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


def one_text(value: Any, path: str, *, without: str = "", least: int = 0) -> Iterator[Problem]:
    """Check a text: its least length, and the signs that it must not contain."""
    if not isinstance(value, str):
        yield Problem(f"The {path} value must be a string; it is {_kind(value)}.", path)
    elif len(value) < least:
        yield Problem(f"The {path} value must be a string of at least {least} character.", path)
    elif any(sign in value for sign in without):
        shown = ", ".join(_SHOWN.get(sign, sign) for sign in without)
        yield Problem(f"The {path} value must not contain any of {shown}.", path)


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
