"""What machines that search are told: which pages there are, and which are news. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from newsletter.core.config.settings import Publication
from newsletter.core.model.archive import ArchivedEdition
from newsletter.message.render.plain import clean

ALL, NEWS, ROBOTS = "/sitemap.xml", "/news-sitemap.xml", "/robots.txt"
_FRESH = timedelta(days=2)  # what Google takes for news
_MOST = 50_000  # addresses in one map
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_CHINESE = {"zh": "zh-cn", "zh-cn": "zh-cn", "zh-tw": "zh-tw", "zh-hant": "zh-tw"}


def everything(
    pages: Sequence[tuple[str, datetime | None]], editions: Iterable[tuple[str, ArchivedEdition]]
) -> bytes:
    """Write the map of all pages: (address, last change), the editions' with their own."""
    root = ET.Element("urlset", {"xmlns": _SITEMAP})
    found = [*pages, *((url, listed.changed_at) for url, listed in editions)]
    for url, changed_at in found[:_MOST]:
        place = ET.SubElement(root, "url")
        ET.SubElement(place, "loc").text = url
        if changed_at is not None:
            ET.SubElement(place, "lastmod").text = changed_at.isoformat(timespec="seconds")
    return _written(root)


def news(
    editions: Iterable[tuple[str, ArchivedEdition]], publication: Publication, *, now: datetime
) -> bytes:
    """Write the map of the editions of the last two days."""
    root = ET.Element("urlset", {"xmlns": _SITEMAP, "xmlns:news": _NEWS})
    for url, listed in editions:
        if listed.sent_at <= now - _FRESH:
            continue
        place = ET.SubElement(root, "url")
        ET.SubElement(place, "loc").text = url
        about = ET.SubElement(place, "news:news")
        by = ET.SubElement(about, "news:publication")
        ET.SubElement(by, "news:name").text = clean(publication.name)
        ET.SubElement(by, "news:language").text = news_language(publication.language)
        at = listed.sent_at.isoformat(timespec="seconds")
        ET.SubElement(about, "news:publication_date").text = at
        title = clean(listed.entry.headline) or listed.edition.isoformat()
        ET.SubElement(about, "news:title").text = title
    return _written(root)


def news_language(tag: str) -> str:
    """Return a language as the news map has it: two or three letters, Chinese in its two forms."""
    return _CHINESE.get(tag.lower(), tag.partition("-")[0].lower())


def robots(*maps: str, private: Sequence[str] = ()) -> str:
    """Write robots.txt: all may be read, but what `private` begins with needs no visit."""
    rules = [f"Disallow: {path}" for path in private] or ["Disallow:"]
    return "\n".join(["User-agent: *", *rules, "", *(f"Sitemap: {one}" for one in maps)]) + "\n"


def _written(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
