"""Read what was posted or stored as events: bytes from strangers, read as far as they can be. Pure.

An array of events, one event, or one a line; in UTF-8 or UTF-16, with or without a byte order mark.
What is no character becomes U+FFFD; each event is taken for itself.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson

from newsletter.core.errors import InputError, NewsletterError
from newsletter.core.model.events import Entry, Event

WANTED = "Wanted is JSON: an array of events, one event, or one event a line."
_REST = re.compile(r"[\s,]*(\S)")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DEEPEST = 20
_LONGEST_TEXT = 4_000  # of one field, as it is read; it is kept whole where it is set aside
_LONGEST_ADDRESS = 320  # RFC 3696, with a local part of 64 and a domain of 255
_LONGEST_ID = 200
_LONGEST_WORD = 100
_LONGEST_REASON = 1_000
_LARGEST_NUMBER = 2**63 - 1
_PLAIN = {str, float, bool, type(None)}

Parse = Callable[[Sequence[dict[str, Any]]], Sequence[Event]]


def entries_of(body: bytes, parse: Parse) -> tuple[Entry, ...]:
    """Return the entries of a post in its order, each with its event or with what is wrong with it.

    `parse` reads the objects in it. Raises `InputError` for what is no JSON of that kind.
    """
    ready = _as_is(body, parse)
    if ready is not None:
        return ready
    plain = tuple(map(_plain, _found(body)))
    events = _all_at_once([_shortened(one) for one in plain if isinstance(one, dict)], parse)
    if events is None:
        return tuple(_entry(one, parse) for one in plain)
    each = iter(events)
    return tuple(
        _checked(one, next(each)) if isinstance(one, dict) else _no_event(one) for one in plain
    )


def _as_is(body: bytes, parse: Parse) -> tuple[Entry, ...] | None:
    """Read an array in which nothing is to be mended, as every provider writes it; None: else."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, list) or not all(map(_needs_nothing, found)):
        return None
    events = _all_at_once(found, parse)
    return None if events is None else tuple(map(_checked, found, events))


def _needs_nothing(entry: Any) -> bool:
    """Say whether it is an object of which neither `_plain` nor `_shortened` changes anything.

    What was read strictly has no half characters, and no numbers that are none.
    """
    if type(entry) is not dict:
        return False
    for value in entry.values():
        if type(value) is str:
            if len(value) > _LONGEST_TEXT:
                return False
        elif not _is_small(value):
            return False
    return True


def _is_small(value: Any) -> bool:
    """Say whether a value is plain, or a list or object of plain ones."""
    if type(value) is int:
        return -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER
    if type(value) is list:
        return all(type(one) in _PLAIN for one in value)
    if type(value) is dict:
        return all(type(one) in _PLAIN for one in value.values())
    return type(value) in _PLAIN


def _found(body: bytes) -> Iterator[Any]:
    text = _text(body)
    if not text.strip():
        raise InputError("There is nothing in it.", hint=WANTED)
    whole = _loaded(text)
    if isinstance(whole, dict):
        yield whole
        return
    for one in whole if isinstance(whole, list) else _one_by_one(text):
        is_post = isinstance(one, list) and one and all(isinstance(each, dict) for each in one)
        yield from one if is_post else (one,)


def _one_by_one(text: str) -> Sequence[Any]:
    """Read an event or a post a line, or one behind the other; other lines are kept as texts."""
    lines = [line.strip().rstrip(",") for line in text.splitlines() if line.strip()]
    found = [_loaded(line) for line in lines]
    if not any(isinstance(one, dict | list) for one in found):
        found = lines = list(_in_a_row(text))
    if not any(isinstance(one, dict | list) for one in found):
        raise InputError("It is no JSON with an event in it.", hint=WANTED)
    pairs = zip(found, lines, strict=True)
    return [one if isinstance(one, dict | list) else line for one, line in pairs]


def _in_a_row(text: str) -> Iterator[Any]:
    """Read JSON values that follow each other; nothing where one of them is none."""
    decoder, at, found = json.JSONDecoder(strict=False), 0, []
    while rest := _REST.match(text, at):
        try:
            value, at = decoder.raw_decode(text, rest.start(1))
        except (ValueError, RecursionError):
            return
        found.append(value)
    yield from found


def _text(body: bytes) -> str:
    if body.startswith(_UTF16):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")


def _loaded(text: str) -> Any:
    """Read JSON as far as any reader does; None: it is none."""
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        pass
    try:  # also lone surrogates, line ends within texts, NaN
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _plain(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON knows it everywhere."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_NUMBER else None
    if depth >= _DEEPEST:
        return None
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(one, depth + 1) for key, one in value.items()}
    return value


def _shortened(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value[:_LONGEST_TEXT] if isinstance(value, str) else value
        for name, value in entry.items()
    }


def _all_at_once(objects: list[dict[str, Any]], parse: Parse) -> Sequence[Event] | None:
    """Parse everything; None: something in it is not as it should be."""
    try:
        events = parse(objects)
    except Exception:  # noqa: BLE001  # whose fault it is shows when each is parsed for itself
        return None
    return events if len(events) == len(objects) else None


def _entry(one: Any, parse: Parse) -> Entry:
    if not isinstance(one, dict):
        return _no_event(one)
    try:
        events = parse([_shortened(one)])
    except NewsletterError as error:
        return Entry(one, problem=error.what)
    except Exception as error:  # noqa: BLE001  # a stranger's entry ends no reading
        return Entry(one, problem=f"It cannot be read ({type(error).__name__}).")
    if len(events) != 1:
        return Entry(one, problem="It holds no event.")
    return _checked(one, events[0])


def _no_event(found: Any) -> Entry:
    return Entry(found, problem="It is no JSON object.")


def _checked(found: Any, event: Event) -> Entry:
    """Bound every field; an address is never cut, because that would be another's."""
    key, event_id, _, name, _, address, attempt_id, position, provider_id, reason, _ = event
    if address is not None and len(address) > _LONGEST_ADDRESS:
        length = len(address)
        problem = f"Its address has {length:,} characters or more; {_LONGEST_ADDRESS} are possible."
        return Entry(found, problem=problem)
    if (
        len(key) <= _LONGEST_ID
        and _is_id(event_id)
        and _is_id(attempt_id)
        and _is_id(provider_id)
        and len(name) <= _LONGEST_WORD
        and len(reason) <= _LONGEST_REASON
        and (position is None or 0 < position <= _LARGEST_NUMBER)
    ):
        return Entry(found, event)
    bounded = event._replace(
        key=_short(key),
        event_id=_short(event_id) if event_id else None,
        name=name[:_LONGEST_WORD],
        attempt_id=_short(attempt_id) if attempt_id else None,
        position=position if position and 0 < position <= _LARGEST_NUMBER else None,
        provider_id=_short(provider_id) if provider_id else None,
        reason=reason[:_LONGEST_REASON],
    )
    return Entry(found, bounded)


def _is_id(text: str | None) -> bool:
    return text is None or 0 < len(text) <= _LONGEST_ID


def _short(name: str) -> str:
    """Return an id, or what stands for one that is too long for any."""
    if len(name) <= _LONGEST_ID:
        return name
    return f"sha256:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}"
