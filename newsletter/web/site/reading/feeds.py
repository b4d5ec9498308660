"""The feeds: the newest editions, whole, as Atom and as JSON Feed. Pure.

The same editions give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from newsletter.core.config.settings import Publication
from newsletter.message.render.plain import clean
from newsletter.web.site.reading.shown import Shown, authors

ATOM, JSON = "/feed.atom", "/feed.json"
ATOM_TYPE, JSON_TYPE = "application/atom+xml", "application/feed+json"
MOST = 20  # editions in a feed
_NAMESPACE = "http://www.w3.org/2005/Atom"
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)  # of a feed that has nothing yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An edition in a feed."""

    page: Shown
    url: str
    html: str  # all of it, with absolute addresses
    picture: str | None  # of its lead story


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What both forms are written from; the newest edition comes first."""

    publication: Publication
    home: str
    atom: str  # the addresses of the two forms
    json: str
    icon: str
    items: tuple[Item, ...]


def as_atom(feed: Feed) -> bytes:
    """Write a feed as Atom (RFC 4287)."""
    publication = feed.publication
    root = ET.Element("feed", {"xmlns": _NAMESPACE, "xml:lang": publication.language})
    _add(root, "id", feed.home)
    _add(root, "title", publication.name)
    if publication.tagline:
        _add(root, "subtitle", publication.tagline)
    changed = max((item.page.changed_at for item in feed.items), default=_BEFORE_ALL)
    _add(root, "updated", _moment(changed))
    _add(root, "link", rel="self", type=ATOM_TYPE, href=feed.atom)
    _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    _add(root, "icon", feed.icon)
    _author(root, (publication.name,))
    for item in feed.items:
        _entry(root, item, publication)
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entry(root: ET.Element, item: Item, publication: Publication) -> None:
    page, entry = item.page, ET.SubElement(root, "entry")
    _add(entry, "id", item.url)
    _add(entry, "title", page.headline)
    _add(entry, "link", rel="alternate", type="text/html", href=item.url)
    _add(entry, "published", _moment(page.sent_at))
    _add(entry, "updated", _moment(page.changed_at))
    _author(entry, tuple(_names(page, publication)))
    if page.listed.entry.summary:
        _add(entry, "summary", page.listed.entry.summary)
    _add(entry, "content", item.html, type="html")


def as_json(feed: Feed) -> bytes:
    """Write a feed as JSON Feed 1.1."""
    publication = feed.publication
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publication.name,
        "home_page_url": feed.home,
        "feed_url": feed.json,
        "description": publication.tagline,
        "favicon": feed.icon,
        "language": publication.language,
        "authors": [{"name": publication.name, "url": feed.home}],
        "items": [_item(item, publication) for item in feed.items],
    }
    return json.dumps(_filled(document), ensure_ascii=False, indent=1).encode() + b"\n"


def _item(item: Item, publication: Publication) -> dict[str, Any]:
    page = item.page
    return _filled(
        {
            "id": item.url,
            "url": item.url,
            "title": clean(page.headline),
            "content_html": item.html,
            "summary": clean(page.listed.entry.summary),
            "image": item.picture or "",
            "date_published": _moment(page.sent_at),
            "date_modified": _moment(page.changed_at),
            "authors": [{"name": clean(name)} for name in _names(page, publication)],
        }
    )


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value != ""}


def _names(page: Shown, publication: Publication) -> Iterator[str]:
    byline = page.lead.byline if page.lead else None
    yield from authors(byline, language=publication.language) if byline else (publication.name,)


def _author(parent: ET.Element, names: Sequence[str]) -> None:
    for name in names:
        _add(ET.SubElement(parent, "author"), "name", name)


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = clean(text) or None


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
