"""What Google documents of NewsArticle, to hold a page's JSON-LD against without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

_TEXT = ("headline", "description", "inLanguage")
_MOMENTS = ("datePublished", "dateModified")
_AUTHORS = {"Person", "Organization"}


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.kind: str | None = None
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.kind = dict(attrs).get("type") or "text/javascript"
            self.found.append((self.kind, ""))

    def handle_data(self, data: str) -> None:
        if self.kind is not None:
            kind, text = self.found[-1]
            self.found[-1] = (kind, text + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.kind = None


def scripts(html: str) -> list[tuple[str, str]]:
    """List the script elements of a page: (type, text)."""
    parser = _Scripts()
    parser.feed(html)
    return parser.found


def article_of(html: str) -> dict[str, Any]:
    """Return the one JSON-LD document of a page."""
    ((kind, text),) = scripts(html)
    assert kind == "application/ld+json"
    document: dict[str, Any] = json.loads(text)
    return document


def problems(article: dict[str, Any]) -> list[str]:
    """List what is not as Google documents it for articles."""
    return list(_problems(article))


def _problems(article: dict[str, Any]) -> Iterator[str]:
    if article.get("@context") != "https://schema.org" or article.get("@type") != "NewsArticle":
        yield "it is no NewsArticle of schema.org"
    for key in _TEXT:
        if not isinstance(article.get(key), str) or not article[key].strip():
            yield f"{key} is no text"
    for key in _MOMENTS:
        if not _has_offset(article.get(key)):
            yield f"{key} is no moment with its zone"
    if not is_in_order(article):
        yield "it was changed before it was published"
    pictures = article.get("image")
    if not isinstance(pictures, list) or not pictures or not all(map(_is_address, pictures)):
        yield "image is no list of addresses"
    authors = article.get("author")
    if not isinstance(authors, list) or not authors:
        yield "author is no list"
    for one in authors or []:
        yield from _author(one)
    page = article.get("mainEntityOfPage", {})
    if page.get("@type") != "WebPage" or not _is_address(page.get("@id")):
        yield "mainEntityOfPage is no page"


def is_in_order(article: dict[str, Any]) -> bool:
    """Say whether what was published was changed later, or never."""
    published, modified = (article.get(key, "") for key in _MOMENTS)
    return datetime.fromisoformat(published) <= datetime.fromisoformat(modified)


def _author(one: dict[str, Any]) -> Iterator[str]:
    if one.get("@type") not in _AUTHORS:
        yield "an author is neither a person nor an organization"
    if not one.get("name") or re.match(r"(?i)by\b", one["name"]):
        yield "an author's name is not the name alone"
    if not _is_address(one.get("url")):
        yield "an author has no address"


def _has_offset(moment: object) -> bool:
    try:
        return datetime.fromisoformat(str(moment)).tzinfo is not None
    except ValueError:
        return False


def _is_address(url: object) -> bool:
    parts = urlsplit(str(url))
    return parts.scheme == "https" and bool(parts.netloc)
