"""The entries of a feed, read by feedparser from bytes that came through our own `Fetch`."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import feedparser

from newsletter.content.source import Fetched
from newsletter.content.web import answers
from newsletter.core.errors import SourceError

_FIRST_TAG = re.compile(rb"<[^?!]")
_FAULTS = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)


def entries(fetched: Fetched, *, service: str) -> tuple[Mapping[str, Any], ...]:
    """Return the entries in the order of the feed.

    Raises `SourceError` for a web page, for what is no feed, and for a feed without entries;
    feedparser itself is silent about all three. A feed that declares entities of its own is
    refused as well: none needs them, and what they stand for would be missing from its texts.
    """
    answers.refuse_web_page(fetched, service=service)
    if b"<!ENTITY" in _prologue(fetched.body):
        raise SourceError(f"The feed of {service} declares entities of its own, as no feed needs.")
    try:
        # A stream, for feedparser takes bare bytes for the name of a file first.
        feed = feedparser.parse(io.BytesIO(fetched.body), sanitize_html=False)
    except _FAULTS as error:  # what its own parsers let through for a feed that is broken enough
        raise SourceError(f"The feed of {service} cannot be read.") from error
    found = tuple(feed.get("entries") or ())
    if not found and not feed.get("version"):
        raise SourceError(f"{service} answered with something that is not a feed.")
    if not found:
        raise SourceError(f"The feed of {service} is empty.")
    return found


def _prologue(data: bytes) -> bytes:
    """Return what stands before the first tag; the wider encodings have a null in each letter."""
    narrow = data[:100_000].replace(b"\0", b"")
    return _FIRST_TAG.split(narrow, maxsplit=1)[0]


def text(entry: Mapping[str, Any], key: str) -> str:
    """Return a text of an entry, or nothing."""
    return answers.text_of(entry.get(key))


def body(entry: Mapping[str, Any]) -> str:
    """Return the markup of an entry: its content, else its summary."""
    return next(_bodies(entry), "")


def day_of(entry: Mapping[str, Any]) -> date | None:
    """Return the day an entry was published or, where that is not said, updated; in UTC."""
    for key in ("published_parsed", "updated_parsed"):
        moment = entry.get(key) if key in entry else None
        if moment:
            try:
                return date(*moment[:3])
            except ValueError:
                continue
    return None


def _bodies(entry: Mapping[str, Any]) -> Iterator[str]:
    for one in answers.tables_of(entry.get("content")):
        if isinstance(one.get("value"), str):
            yield one["value"]
    if isinstance(entry.get("summary"), str):
        yield entry["summary"]
