"""The items of a feed: RSS, Atom and RDF by feedparser, JSON Feed by ourselves. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from newsletter.content import bylines
from newsletter.content.feeds import entries, json_feed, plain, repair
from newsletter.content.feeds.dates import moment
from newsletter.content.feeds.model import FeedItem, Text, made
from newsletter.content.source import Fetched
from newsletter.content.web import story_pictures
from newsletter.content.web.links import link

__all__ = ["FeedItem", "read_items"]

_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp)(?:\?|\Z)", re.IGNORECASE)
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_CLOSED_VOID = re.compile(
    r"<(area|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b([^<>]*)></\1>", re.IGNORECASE
)
_MARKUP = re.compile(r"</?[a-z]|&[#\w]+;", re.IGNORECASE)


def read_items(fetched: Fetched, *, name: str, language: str = "en") -> tuple[FeedItem, ...]:
    """Return the items in the order of the feed; `language` joins the names of several authors.

    Raises `SourceError` for what is no feed.
    """
    start = fetched.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        return json_feed.items(fetched, name=name, language=language)
    feed = entries.parsed(fetched, service=name)
    return tuple(
        _item(entry, feed, fetched.url, language) for entry in entries.of(feed, service=name)
    )


def _item(entry: Mapping[str, Any], feed: Mapping[str, Any], url: str, language: str) -> FeedItem:
    is_atom = str(feed.get("version")).startswith("atom")
    address = _link(entry, url)
    texts = tuple(_texts(entry, is_atom=is_atom, base=address or url, url=url))
    text = next((one for one in texts if plain.from_html(one.html)), None) or texts[0]
    pictures = (
        picture
        for one in texts
        if "<img" in one.html.lower()
        for picture in story_pictures.in_html(one.html, base=one.base)
    )
    names = _names(entry, feed.get("feed") or {}, is_atom=is_atom)
    return made(
        text,
        guid=_text(entry, "id"),
        link=address,
        title=_title(entry, is_atom=is_atom),
        author=bylines.byline(names, language=language),
        published=_moment(entry),
        pictures=(*_media(entry, url), *dict.fromkeys(pictures)),
    )


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return plain.in_one_line(value) if isinstance(value, str) else ""


def _title(entry: Mapping[str, Any], *, is_atom: bool) -> str:
    title = _text(entry, "title")
    if not title:
        return plain.from_rss(_text(entry, repair.OTHER_TITLE))
    if not is_atom:
        return plain.from_rss(title)
    kind = (entry.get("title_detail") or {}).get("type")
    return plain.from_html(title) if kind in _HTML else title


def _link(entry: Mapping[str, Any], base: str) -> str | None:
    """Return the address of the item: of all its links the one that leads to its page."""
    others = (one for one in entry.get("links") or () if one.get("rel") == "alternate")
    said = (
        *(_text(entry, key) for key in ("feedburner_origlink", "link")),
        *(_text(one, "href") for one in others),
        *((_text(entry, "id"),) if _text(entry, "id").startswith("http") else ()),
    )
    return next(filter(None, (link(one, base=base) for one in said if one)), None)


def _names(entry: Mapping[str, Any], feed: Mapping[str, Any], *, is_atom: bool) -> tuple[str, ...]:
    """Return who is named: the item's authors; of Atom else those of its source or its feed."""
    said = _named(entry) or ((_text(entry, repair.OTHER_AUTHOR),) if not is_atom else ())
    if is_atom and not any(said):
        said = _named(entry.get("source") or {}) or _named(feed)
        said = said or (_text(entry, repair.OTHER_AUTHOR),)
    return tuple(one if is_atom else _plain_name(one) for one in said)


def _named(table: Mapping[str, Any]) -> tuple[str, ...]:
    persons = [key for key in table if re.fullmatch(rf"{repair.PERSON}\d{{1,7}}", key)]
    persons.sort(key=lambda key: int(key.removeprefix(repair.PERSON)))
    texts = (_text(table, key) for key in persons)
    names = (_text(one, "name") for one in table.get("authors") or ())
    return tuple(filter(None, (*texts, *names)))


def _plain_name(name: str) -> str:
    """Return the words of a name, which templates like to escape twice."""
    once = plain.from_rss(_visible(name))
    return plain.from_rss(_visible(once)) if "</" in once else once


def _visible(name: str) -> str:
    """Keep the brackets around an address from being read as a tag."""
    return re.sub(r"<(?=[^<>]*@)", "&lt;", name)


def _texts(entry: Mapping[str, Any], *, is_atom: bool, base: str, url: str) -> Iterator[Text]:
    """Yield the texts of an item, the best first: its content, its summary, and what else is."""
    contents = [one for one in entry.get("content") or () if _is_text(one)]
    for one in sorted(contents, key=lambda one: -len(one.get("value") or "")):
        yield _as_text(one, is_atom=is_atom, is_summary=False, base=base, url=url)
    detail = {**(entry.get("summary_detail") or {}), "value": entry.get("summary") or ""}
    yield _as_text(detail, is_atom=is_atom, is_summary=True, base=base, url=url)
    yield Text(html=str(entry.get(repair.OTHER_TEXT) or ""), is_summary=True, base=base)


def _is_text(content: Mapping[str, Any]) -> bool:
    kind = str(content.get("type") or "text/plain")
    is_encoded = kind == "application/octet-stream" and " " in str(content.get("value"))
    return kind in _HTML or kind.startswith("text/") or is_encoded


def _as_text(
    detail: Mapping[str, Any], *, is_atom: bool, is_summary: bool, base: str, url: str
) -> Text:
    value = str(detail.get("value") or "")
    if detail.get("type") == "application/xhtml+xml":
        value = _CLOSED_VOID.sub(r"<\1\2>", value)  # in HTML, `</br>` is one more line
    is_markup = str(detail.get("type") or "text/html") in _HTML
    is_markup = is_markup or (not is_atom and bool(_MARKUP.search(value)))
    said = str(detail.get("base") or "")
    return Text(
        html=repair.joined_pairs(value) if is_markup else plain.as_html(value),
        is_summary=is_summary,
        base=urljoin(url, said) if said else base,
    )


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    """Return the moment of publication; of feeds that only know changes, that of the change."""
    for key in ("published", "updated"):
        # Asked for what is not there, feedparser would answer with the other.
        found = moment(_text(entry, key)) if key in entry else None
        parsed = entry.get(f"{key}_parsed") if f"{key}_parsed" in entry else None
        found = found or (_of_struct(parsed) if parsed else None)
        if found:
            return found
    return None


def _of_struct(parsed: Sequence[int]) -> datetime | None:
    """Return a moment of a form that only feedparser knows."""
    year, month, day, hour, minute, second = parsed[:6]
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None


def _media(entry: Mapping[str, Any], base: str) -> Iterator[story_pictures.Found]:
    """Yield the pictures named beside the text: `media:content`, widest first, then enclosures."""
    credit = next((_text(one, "content") for one in entry.get("media_credit") or ()), "")
    media = [one for one in entry.get("media_content") or () if _is_image(one, "url")]
    media.sort(key=lambda one: -story_pictures.number(one.get("width", "")))
    attached = [one for one in entry.get("enclosures") or () if _is_image(one, "href")]
    addresses = [one.get("url", "") for one in media] + [one.get("href", "") for one in attached]
    for found in filter(None, (link(address, base=base) for address in addresses)):
        yield story_pictures.Found(url=found, credit=plain.from_rss(credit))


def _is_image(media: Mapping[str, Any], key: str) -> bool:
    kind = f"{media.get('type', '')} {media.get('medium', '')}"
    named = bool(_IMAGE_NAME.search(str(media.get(key, ""))))
    return "image" in kind or (not kind.strip() and named)
