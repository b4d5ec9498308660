"""What a page says of itself: headline, authors, date, site and picture, in structured data. Pure.

JSON-LD speaks first, then the page's meta elements, then its markup (`rel=author`, `itemprop`,
`time`). Nothing is guessed from the look of the text.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.content.html.tree import Element, parse

_LD_JSON = re.compile(
    r"<script[^>]+application/ld\+json[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE
)
_WRAPPED = re.compile(
    r"\A\s*(?:<!--|/\*?\s*<!\[CDATA\[\s*\*?/?|<!\[CDATA\[)|(?:-->|/?\*?\s*\]\]>\s*\*?/?)\s*\Z"
)
_POSTING = re.compile(r"Article|Posting|Report|Review|Recipe|Opinion", re.IGNORECASE)
_NOBODY = re.compile(
    r"©|\bcopyright\b|all rights reserved|\A\W*(?:admin|administrator|webmaster|root|user|author"
    r"|unknown|none|null|undefined|n/a)\W*\Z",
    re.IGNORECASE,
)
_DEEPEST = 4  # levels of JSON-LD that are looked through
_SEPARATORS = r"\s*(?:[|•·»«—–:~/\\]|::|(?<=\s)-(?=\s)|(?<=\s)-{2,}(?=\s))\s*"
_HEADLINES = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title")
_SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name")
_AUTHORS = (
    *("author", "article:author_name", "parsely-author", "sailthru.author", "byl", "dc.creator"),
    *("dcterms.creator", "article:author", "citation_author", "cxenseparse:author"),
)
_DATES = (
    *("article:published_time", "og:published_time", "parsely-pub-date", "sailthru.date"),
    *("dc.date", "dcterms.created", "date", "pubdate", "publish-date", "citation_date"),
    "datepublished",
)
_PICTURES = (
    "og:image:secure_url",
    "og:image",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
)
_LONGEST_LINE = 90
_MONTHS = (
    r"jan|feb|mar|m[aä]r|apr|avr|abr|may|mai|maj|mag|mei|jun|juin|giu|jul|juil|lug|aug|ago|ao[uû]t"
    r"|sep|set|oct|okt|ott|out|nov|dec|dez|d[eé]c|dic|ene|gen|fev|f[eé]v|mrt"
)
_MOMENT = re.compile(
    rf"\b(?:{_MONTHS})\w*\.?\b|\b\d{{1,4}}(?:st|nd|rd|th|er|h|\.)?\b|\b(?:am|pm|a\.m|p\.m)\b"
    r"|\b(?:gmt|utc|e[sd]?t|p[sd]?t|c[sde]t|bst)\b|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri"
    r"|sat(?:ur)?|sun)(?:day)?\b|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:by|von|par|por|di|da|door|av|af|przez|text|words|written|writer|author|posted|published"
    r"|updated|last|modified|first|on|at|in|and|und|et|y|e|en|och|og|am|um|uhr|le|de|veröffentlicht"
    r"|publié|publicado|actualizado|mis à jour|aktualisiert|stand|ago|hours?|minutes?|mins?|days?"
    r"|read(?:ing)?|time|lesezeit|lecture|min|for|the|reporter|staff|editor|correspondent|admin"
    r"|tempo|de|leitura|lettura|minut[eoi]s?|minuten|minuti|leestijd|atualizado|aggiornato"
    r"|bijgewerkt|opublikowano|publicerad|uppdaterad|udgivet|uk|us|ist)\b",
    re.IGNORECASE,
)
_BY_LINE = re.compile(
    r"(?i:by|von|par|por|door|di|av|af)\s+(?:[A-ZÀ-Þ][\w'’.-]+)(?:\s+(?:(?:and|und|et|y|e|en|och|&|de"
    r"|van|von|der|da|di|la|le|du)\s+)*[A-ZÀ-Þ][\w'’.-]*|,\s+[A-ZÀ-Þ][\w'’.-]+){1,8}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a page says of itself; texts in one line, empty where it says nothing."""

    headlines: tuple[str, ...] = ()  # the surest first
    window: str = ""  # the title of the browser's window
    is_titled: bool = False  # whether it tells others its title; JSON-LD may describe it instead
    sites: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()  # persons, as printed
    date: str = ""
    picture: str = ""
    picture_alt: str = ""
    language: str = ""


def said(html: str, page: Element) -> Said:
    """Read what a page says of itself. `page` is its tree."""
    elements = tuple(page.walk())
    metas = _metas(elements)
    posting = next(_postings(html), {})
    image = posting.get("image") or posting.get("thumbnailUrl")
    sites = tuple(filter(None, (*_all(metas, _SITES), *_names(posting.get("publisher")))))
    return Said(
        headlines=tuple(filter(None, (_text(posting.get("headline")), *_all(metas, _HEADLINES)))),
        is_titled=any(_all(metas, _HEADLINES)),
        window=next((one.text() for one in elements if one.tag == "title"), ""),
        sites=sites,
        authors=tuple(
            name for name in _authors(posting, metas, elements) if _is_person(name, sites)
        ),
        date=_text(posting.get("datePublished")) or _first(metas, _DATES) or _time(elements),
        picture=_first(metas, _PICTURES) or _url(image),
        picture_alt=_first(metas, ("og:image:alt", "twitter:image:alt")) or _caption(image),
        language=page.attributes.get("lang", ""),
    )


def headline(found: Said, *, first: str) -> str:
    """Return a page's headline; `first` is the heading its readers see above the text.

    A site's name behind a separator goes where the page names its site so. The page's own heading
    is printed where it says what the structured data say, for that may be cut or told for search.
    """
    structured = [_without_site(one, found.sites) for one in found.headlines]
    named = structured if found.is_titled else [*structured, found.window]
    if first and (not structured or any(_alike(first, one) for one in named)):
        return first
    if structured:
        return structured[0]
    return first or _without_site(found.window, found.sites)


def _without_site(title: str, sites: Iterable[str]) -> str:
    for site in sorted(set(sites), key=len, reverse=True):
        name = re.escape(site)
        cut = re.sub(rf"{_SEPARATORS}{name}\s*\Z|\A\s*{name}{_SEPARATORS}", "", title, flags=re.I)
        if cut and cut != title:
            return cut.strip()
    return title


def _alike(heading: str, title: str) -> bool:
    """Say whether one of two headlines is the other, or its beginning or end."""
    one, other = _folded(heading), _folded(title)
    short, long = sorted((one, other), key=len)
    return bool(short) and (long.startswith(short) or long.endswith(short))


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _text(value: Any) -> str:
    """Return a text of JSON-LD in one line; sites put markup and references into it, too."""
    if not isinstance(value, str):
        return ""
    return parse(entities.unescape(value)).text() if "&" in value or "<" in value else _line(value)


def _line(text: str) -> str:
    return " ".join(text.split())


def _metas(elements: Iterable[Element]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in elements:
        if one.tag != "meta":
            continue
        attributes = one.attributes
        content = _line(attributes.get("content", ""))
        for key in ("property", "name", "itemprop"):
            if content and attributes.get(key):
                found.setdefault(attributes[key].lower(), []).append(content)
    return found


def _all(metas: Mapping[str, list[str]], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from metas.get(name, ())


def _first(metas: Mapping[str, list[str]], names: Iterable[str]) -> str:
    return next(_all(metas, names), "")


def _postings(html: str) -> Iterator[Mapping[str, Any]]:
    """Yield what calls itself a story and has a headline, in the page's order."""
    for script in _LD_JSON.findall(html):
        try:
            document = json.loads(_WRAPPED.sub("", script).strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _stories(document, _DEEPEST)


def _stories(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if not depth:
        return
    if isinstance(value, list):
        for inner in value:
            yield from _stories(inner, depth - 1)
    elif isinstance(value, dict):
        if isinstance(value.get("headline"), str) and _POSTING.search(str(value.get("@type"))):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _stories(value.get(key), depth - 1)


def _authors(
    posting: Mapping[str, Any], metas: Mapping[str, list[str]], elements: Sequence[Element]
) -> tuple[str, ...]:
    """Return the persons that are named, from the first place that names any."""
    own = tuple(_names(posting.get("author"), only_persons=True))
    named = tuple(one for one in _all(metas, _AUTHORS) if "://" not in one)
    return own or tuple(dict.fromkeys(named[:6])) or tuple(dict.fromkeys(_in_markup(elements)))


def _is_person(name: str, sites: Iterable[str]) -> bool:
    """Say whether a name may be a person's, and not the site's own or its program's."""
    words = _folded(name)
    return not _NOBODY.search(name) and words not in {_folded(site) for site in sites}


def _names(value: Any, *, only_persons: bool = False) -> Iterator[str]:
    """Yield the names of people or organisations, as JSON-LD may have them."""
    if isinstance(value, list):
        for inner in value:
            yield from _names(inner, only_persons=only_persons)
    elif isinstance(value, str):
        yield from filter(None, (_text(value),))
    elif isinstance(value, dict):
        if only_persons and "Organization" in str(value.get("@type")):
            return
        yield from _names(value.get("name"))


def _in_markup(elements: Iterable[Element]) -> Iterator[str]:
    for one in elements:
        attributes = one.attributes
        if one.tag in {"a", "span", "address"} and "author" in attributes.get("rel", "").split():
            yield one.text()
        elif "author" in attributes.get("itemprop", "").split():
            inner = (each for each in one.walk() if each.attributes.get("itemprop") == "name")
            named = next(inner, one)
            yield named.attributes.get("content", "") if named.tag == "meta" else named.text()


def _time(elements: Sequence[Element]) -> str:
    """Return the moment of publication that the markup names as such."""
    times = [one for one in elements if one.tag in {"time", "meta"}]
    for one in times:
        names = f"{one.attributes.get('itemprop', '')} {one.attributes.get('class', '')}".lower()
        if "pubdate" in one.attributes or "datepublished" in names or "entry-date" in names:
            return one.attributes.get("datetime", "") or one.attributes.get("content", "")
    moments = [one.attributes.get("datetime", "") for one in times if one.tag == "time"]
    return moments[0] if len(moments) == 1 else ""


def _url(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl")
    return value.strip() if isinstance(value, str) else ""


def _caption(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    return _text(value.get("caption")) if isinstance(value, dict) else ""


def is_same(one: str, other: str) -> bool:
    """Say whether two texts have the same letters, whatever stands between these."""
    return _folded(one) == _folded(other)


def about(text: str, found: Said) -> str:
    """Say what a short line tells about the story: who wrote it, when, how long it is to read.

    Nothing for what may be a part of the story itself.
    """
    words = _line(text)
    if len(words) > _LONGEST_LINE or words.endswith((".", "!", "?", "…")):
        return ""
    rest = words
    for author in found.authors:
        rest = re.sub(re.escape(author), " ", rest, flags=re.IGNORECASE)
    has_author = rest != words
    rest = _MOMENT.sub(" ", rest)
    if rest != words:  # a site's name alone may be a heading
        for site in found.sites:
            rest = re.sub(rf"(?<!\w){re.escape(site)}(?!\w)", " ", rest, flags=re.IGNORECASE)
    if not re.search(r"\w", _ABOUT.sub(" ", rest)):
        return "the byline" if has_author else "the date"
    return "the byline" if _BY_LINE.fullmatch(words) else ""
