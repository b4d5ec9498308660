"""The items of a JSON Feed (1.0 and 1.1): its titles and names are plain text. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from newsletter.content import bylines
from newsletter.content.feeds import encoding, entries, plain
from newsletter.content.feeds.dates import moment
from newsletter.content.feeds.model import FeedItem, Text, made
from newsletter.content.source import Fetched
from newsletter.content.web import answers, story_pictures
from newsletter.content.web.links import link
from newsletter.core.errors import SourceError
from newsletter.core.sentences import said

_BARE_VERSIONS = frozenset({"1", "1.0", "1.1"})  # as some write it
_SURROGATE = re.compile("[\ud800-\udfff\0]")


def items(fetched: Fetched, *, name: str, language: str) -> tuple[FeedItem, ...]:
    """Return the items in the order of the feed. Raises `SourceError` for what is no JSON Feed."""
    feed = answers.table_of(_document(fetched, name))
    version = str(feed.get("version"))
    if "jsonfeed.org/version/" not in version and version not in _BARE_VERSIONS:
        raise SourceError(said("%(name)s answered with JSON that is not a JSON Feed.", name=name))
    found = answers.tables_of(feed.get("items"))
    entries.refuse_count(len(found), service=name)
    return tuple(_item(one, feed, fetched.url, language) for one in found)


def _document(fetched: Fetched, name: str) -> Any:
    """Read a document; half a sign and a stray control in one of its texts do not spoil it."""
    text = encoding.text_of(fetched.body)
    try:
        return answers.json_of(replace(fetched, body=text.encode()), service=name)
    except SourceError:
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            pass
        raise


def _item(item: Mapping[str, Any], feed: Mapping[str, Any], base: str, language: str) -> FeedItem:
    address = _address(item, "url", base) or _address(item, "external_url", base)
    text = _text(item, base=address or base)
    image = _address(item, "image", base) or _address(item, "banner_image", base)
    first = (story_pictures.Found(url=image),) if image else ()
    return made(
        text,
        guid=_guid(item.get("id")),
        link=address,
        title=_line(item, "title"),
        author=bylines.byline(_authors(item) or _authors(feed), language=language),
        published=moment(_line(item, "date_published")) or moment(_line(item, "date_modified")),
        pictures=(*first, *story_pictures.in_html(text.html, base=text.base)),
    )


def _text(item: Mapping[str, Any], *, base: str) -> Text:
    """Return the text: its HTML, else its plain text, else its summary."""
    html = _string(item.get("content_html"))
    if html.strip():
        return Text(html=html, is_summary=False, base=base)
    whole = _string(item.get("content_text"))
    summary = _string(item.get("summary"))
    chosen = whole if whole.strip() else summary
    return Text(html=plain.as_html(chosen), is_summary=not whole.strip(), base=base)


def _authors(table: Mapping[str, Any]) -> tuple[str, ...]:
    several = answers.tables_of(table.get("authors")) or (answers.table_of(table.get("author")),)
    return tuple(filter(None, (_line(one, "name") for one in several)))


def _guid(value: Any) -> str:
    if isinstance(value, bool | dict | list) or value is None:
        return ""
    return _string(str(value)).strip()


def _address(table: Mapping[str, Any], key: str, base: str) -> str | None:
    text = _line(table, key)
    return link(text, base=base) if text else None


def _line(table: Mapping[str, Any], key: str) -> str:
    return plain.in_one_line(_string(table.get(key)))


def _string(value: Any) -> str:
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else ""
