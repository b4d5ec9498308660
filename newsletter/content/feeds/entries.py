"""The entries of a feed, read by feedparser from bytes that came through our own `Fetch`."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import feedparser

from newsletter.content.feeds import encoding, repair
from newsletter.content.source import Fetched
from newsletter.content.web import answers
from newsletter.core.errors import SourceError
from newsletter.core.sentences import said

_FIRST_TAG = re.compile(r"<[^?!]")
_MOST = 10_000
# But for those that only take in the names of HTML (`<!ENTITY % HTMLlat1 PUBLIC …>`).
_ENTITY = re.compile(r"<!ENTITY\s+(?!%\s*HTML\w+\s+PUBLIC\s)", re.IGNORECASE)
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_FAULTS = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)


def entries(fetched: Fetched, *, service: str) -> tuple[Mapping[str, Any], ...]:
    """Return the entries in the order of the feed.

    Raises `SourceError` for a web page, for what is no feed, and for a feed without entries;
    feedparser itself is silent about all three. A feed that declares entities of its own is
    refused as well: none needs them, and what they stand for would be missing from its texts.
    """
    return of(parsed(fetched, service=service), service=service)


def of(feed: Mapping[str, Any], *, service: str) -> tuple[Mapping[str, Any], ...]:
    """Return the entries of a feed that was parsed. Raises `SourceError` where there is none."""
    found = tuple(feed.get("entries") or ())
    if not found and not feed.get("version"):
        raise SourceError(
            said("%(service)s answered with something that is not a feed.", service=service)
        )
    refuse_count(len(found), service=service)
    return found


def refuse_count(count: int, *, service: str) -> None:
    """Raise `SourceError` for a feed without entries, and for one with more than any feed."""
    if not count:
        raise SourceError(said("The feed of %(service)s is empty.", service=service))
    if count > _MOST:
        raise SourceError(
            said(
                "The feed of %(service)s has %(count)s items, more than %(most)s.",
                service=service,
                count=count,
                most=_MOST,
            )
        )


def parsed(fetched: Fetched, *, service: str) -> Mapping[str, Any]:
    """Return a feed as feedparser has it: `feed`, `entries` and `version`.

    What it would read wrongly is mended before (`repair`). The markup in its texts is as it was
    written: nothing is resolved or cleaned in it.
    """
    answers.refuse_web_page(fetched, service=service)
    text = encoding.text_of(fetched.body, content_type=fetched.headers.get("content-type", ""))
    if _ENTITY.search(_FIRST_TAG.split(text[:100_000], maxsplit=1)[0]):
        raise SourceError(
            said(
                "The feed of %(service)s declares entities of its own, as no feed needs.",
                service=service,
            )
        )
    data = (_XML + repair.repaired(text, service=service)).encode()
    try:
        # A stream, for feedparser takes bare bytes for the name of a file first.
        found: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False
        )
    except _FAULTS as error:  # what its own parsers let through for a feed that is broken enough
        raise SourceError(
            said("The feed of %(service)s cannot be read.", service=service)
        ) from error
    return found


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
