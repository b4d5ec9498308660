"""A page of the web: trafilatura finds the text, the line parser of pasted pages reads it. Pure."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import trafilatura
from trafilatura.utils import decode_file

from newsletter.content.pasted import Page, parse_page
from newsletter.content.pasted.folding import fold
from newsletter.content.source import Fetched
from newsletter.content.web import markup, richtext, story_pictures
from newsletter.content.web.links import link
from newsletter.content.web.markup import Element
from newsletter.core.errors import InputError, SourceError

# They log what they do not understand on a page; what matters of it is raised here.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_LD_JSON = re.compile(
    r"<script[^>]+application/ld\+json[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE
)
_FAULTS = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)
_DEEPEST = 3  # levels of JSON-LD that are looked through


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """What was found on a page."""

    url: str
    page: Page  # its lines, read as pasted text is
    author: str | None = None
    date: str | None = None  # as the page has it; 2026-03-01 where it can be read
    pictures: tuple[story_pictures.Found, ...] = ()


def read_web_page(fetched: Fetched, *, name: str) -> WebPage:
    """Read a page. Raises `SourceError` when no text of a story is found on it."""
    html = str(decode_file(fetched.body))
    if richtext.is_huge(html):
        raise SourceError(f"{name} is too large a page to be read for its story.")
    try:
        found = trafilatura.bare_extraction(
            html, url=fetched.url, fast=True, with_metadata=True, include_comments=False,
            include_tables=False,
        )  # fmt: skip
    except _FAULTS as error:  # what its parsers let through for a page that is broken enough
        raise SourceError(f"{name} cannot be read as a web page.") from error
    said = _said(html)
    text = getattr(found, "text", None) or ""
    title = richtext.plain(said.get("title") or getattr(found, "title", None) or "")
    if not text.strip() or not title:
        lacks = "title" if text.strip() else "text of a story"
        raise SourceError(f"{name} is a page on which no {lacks} is found.")
    author = getattr(found, "author", None) or said.get("author")
    return WebPage(
        url=fetched.url,
        page=_page(title, text, name=name),
        author=richtext.plain(author) if author else None,
        date=getattr(found, "date", None) or said.get("date"),
        pictures=_all_pictures(html, said, fetched.url),
    )


def _page(title: str, text: str, *, name: str) -> Page:
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and fold(lines[0]) == fold(title):
        del lines[0]
    try:
        return parse_page("\n\n".join((title, *lines)))
    except InputError as error:
        raise SourceError(f"{name}: {error.what}") from error


def _all_pictures(
    html: str, said: Mapping[str, str], base: str
) -> tuple[story_pictures.Found, ...]:
    """Return the page's pictures: first the one it shows to others, then those in its text."""
    announced = link(said.get("image", ""), base=base) if said.get("image") else None
    first = story_pictures.Found(url=announced, alt=said.get("alt", "")) if announced else None
    return (*((first,) if first else ()), *story_pictures.in_html(html, base=base))


def _said(html: str) -> dict[str, str]:
    """Return title, author, date, image and its words as Open Graph has them, else JSON-LD."""
    metas = {_meta_name(one): one.attributes.get("content", "") for one in _metas(html)}
    found = _from_json_ld(html)
    names = {
        "title": ("og:title",),
        "date": ("article:published_time",),
        "author": ("author",),
        "image": ("og:image:secure_url", "og:image"),
        "alt": ("og:image:alt", "twitter:image:alt"),
    }
    for key, wanted in names.items():
        value = next((metas[name].strip() for name in wanted if metas.get(name, "").strip()), "")
        if value:
            found[key] = value
    return found


def _metas(html: str) -> Iterator[Element]:
    return markup.parse(html).all("meta")


def _meta_name(meta: Element) -> str:
    return (meta.attributes.get("property") or meta.attributes.get("name", "")).lower()


def _from_json_ld(html: str) -> dict[str, str]:
    for script in _LD_JSON.findall(html):
        try:
            document = json.loads(script)
        except (ValueError, RecursionError):
            continue
        posting = next(_postings(document, _DEEPEST), None)
        if posting is not None:
            return _of_posting(posting)
    return {}


def _postings(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield what calls itself a story, wherever it lies."""
    if isinstance(value, list):
        for inner in value:
            yield from _postings(inner, depth - 1) if depth else ()
    elif isinstance(value, dict):
        if "headline" in value and re.search("Article|Posting", str(value.get("@type"))):
            yield value
        elif depth:
            yield from _postings(value.get("@graph"), depth - 1)


def _of_posting(posting: Mapping[str, Any]) -> dict[str, str]:
    values = {
        "title": posting.get("headline"),
        "date": posting.get("datePublished"),
        "author": _named(posting.get("author"), "name"),
        "image": _named(posting.get("image"), "url"),
        "alt": _named(posting.get("image"), "caption", only=True),
    }
    return {key: value for key, value in values.items() if isinstance(value, str)}


def _named(value: Any, key: str, *, only: bool = False) -> Any:
    """Return a text, or the text below `key` of an object, or that of the first in a list."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        return value.get(key)
    return None if only else value
