"""The items of a feed: RSS, Atom and RDF by feedparser, JSON Feed by ourselves. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newsletter.content.feeds import entries
from newsletter.content.source import Fetched
from newsletter.content.web import answers, richtext, story_pictures
from newsletter.content.web.links import link, link_key
from newsletter.core.errors import SourceError

_CUT = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|(?:read|continue reading|weiterlesen)\b.{0,60})\W*\Z",
    re.IGNORECASE,
)
_SHORT = 300  # characters; a story that is whole in a summary is longer
_LONGEST_KEY = 300  # characters; databases limit what they can look up by
_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp)(?:\?|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item, as its feed has it."""

    guid: str
    link: str | None
    title: str
    author: str | None
    published: datetime | None
    html: str
    is_cut: bool  # only a summary, or the beginning of the text
    pictures: tuple[story_pictures.Found, ...] = ()

    @property
    def key(self) -> str:
        """Identify the item in its feed: guid, else link, else title and date."""
        name = self.guid or link_key(self.link or "") or self.title_hash
        fits = len(name) <= _LONGEST_KEY and name.isprintable()
        return name if fits else _hash(name)

    @property
    def title_hash(self) -> str:
        """Identify title and date together."""
        day = self.published.date().isoformat() if self.published else ""
        words = re.sub(r"\W+", " ", self.title.casefold()).strip()
        return _hash(f"{words} {day}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def read_items(fetched: Fetched, *, name: str) -> tuple[FeedItem, ...]:
    """Return the items in the order of the feed. Raises `SourceError` for what is no feed."""
    start = fetched.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        return tuple(_json_items(answers.json_of(fetched, service=name), fetched.url, name))
    found = entries.entries(fetched, service=name)
    return tuple(_xml_item(entry, fetched.url) for entry in found)


def _xml_item(entry: Mapping[str, Any], base: str) -> FeedItem:
    contents = [one.get("value") or "" for one in entry.get("content") or ()]
    whole = max(contents, key=len, default="")
    html = whole or entry.get("summary") or ""
    address = link(_text(entry, "link"), base=base) if _text(entry, "link") else None
    return FeedItem(
        guid=_text(entry, "id"),
        link=address,
        title=richtext.plain(_text(entry, "title")),
        author=richtext.plain(_text(entry, "author")) or None,
        published=_moment(entry),
        html=html,
        is_cut=_is_cut(html, has_content=bool(whole)),
        pictures=(*_media(entry, base), *story_pictures.in_html(html, base=address or base)),
    )


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    """Return the moment of publication; of feeds that only know changes, that of the change."""
    for key in ("published_parsed", "updated_parsed"):
        parsed = entry.get(key) if key in entry else None
        if parsed:
            try:
                year, month, day, hour, minute, second = parsed[:6]
                return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
            except ValueError:
                continue
    return None


def _is_cut(html: str, *, has_content: bool) -> bool:
    words = richtext.plain(html)
    return bool(_CUT.search(words)) or (not has_content and len(words) < _SHORT)


def _media(entry: Mapping[str, Any], base: str) -> Iterator[story_pictures.Found]:
    """Yield the pictures named beside the text: `media:content`, widest first, then enclosures."""
    credit = next((_text(one, "content") for one in entry.get("media_credit") or ()), "")
    media = [one for one in entry.get("media_content") or () if _is_image(one, "url")]
    media.sort(key=lambda one: -story_pictures.number(one.get("width", "")))
    attached = [one for one in entry.get("enclosures") or () if _is_image(one, "href")]
    addresses = [one.get("url", "") for one in media] + [one.get("href", "") for one in attached]
    for found in filter(None, (link(address, base=base) for address in addresses)):
        yield story_pictures.Found(url=found, credit=richtext.plain(credit))


def _is_image(media: Mapping[str, Any], key: str) -> bool:
    kind = f"{media.get('type', '')} {media.get('medium', '')}"
    named = bool(_IMAGE_NAME.search(str(media.get(key, ""))))
    return "image" in kind or (not kind.strip() and named)


def _json_items(document: Any, base: str, name: str) -> Iterator[FeedItem]:
    table = answers.table_of(document)
    if "jsonfeed.org/version/" not in str(table.get("version")):
        raise SourceError(f"{name} answered with JSON that is not a JSON Feed.")
    found = answers.tables_of(table.get("items"))
    if not found:
        raise SourceError(f"The feed of {name} is empty.")
    yield from (_json_item(item, base) for item in found)


def _json_item(item: Mapping[str, Any], base: str) -> FeedItem:
    html = item.get("content_html")
    plain = item.get("content_text") or item.get("summary") or ""
    whole = html if isinstance(html, str) and html else _as_html(str(plain))
    authors = (*answers.tables_of(item.get("authors")), answers.table_of(item.get("author")))
    address = link(_text(item, "url"), base=base) if _text(item, "url") else None
    image = link(_text(item, "image"), base=base) if _text(item, "image") else None
    first = (story_pictures.Found(url=image),) if image else ()
    has_content = bool(html or item.get("content_text"))
    return FeedItem(
        guid=str(item.get("id") or ""),
        link=address,
        title=richtext.plain(_text(item, "title")),
        author=richtext.plain(_text(authors[0], "name")) or None,
        published=_iso(_text(item, "date_published")),
        html=whole,
        is_cut=_is_cut(whole, has_content=has_content),
        pictures=(*first, *story_pictures.in_html(whole, base=address or base)),
    )


def _as_html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", escaped) if part.strip())


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
