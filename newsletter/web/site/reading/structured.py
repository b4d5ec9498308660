"""What search engines are told of an edition: schema.org's NewsArticle as JSON-LD. Pure.

The fields and their forms are those that Google documents for articles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from newsletter.core.config.settings import Publication
from newsletter.web.site.reading.shown import Shown, authors

# As JavaScript writes them: nothing in a text can end the script element it stands in.
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def news_of(
    page: Shown, publication: Publication, *, url: str, home: str, picture: str
) -> dict[str, Any]:
    """Return the NewsArticle of an edition; `picture` is the absolute address of one."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "url": url,
        "headline": page.headline,
        "description": page.listed.entry.summary,
        "image": [picture],
        "datePublished": page.sent_at.isoformat(timespec="seconds"),
        "dateModified": page.changed_at.isoformat(timespec="seconds"),
        "author": _authors(page, publication, home=home),
        "publisher": _organization(publication, home=home),
        "inLanguage": publication.language,
        "isAccessibleForFree": True,
    }
    if page.notes:
        found["correction"] = [
            {
                "@type": "CorrectionComment",
                "text": note.text,
                "datePublished": (note.at or note.date).isoformat(),
            }
            for note in page.notes
        ]
    return {key: value for key, value in found.items() if value != ""}


def as_script(document: Mapping[str, Any]) -> Markup:
    """Write a document so that it may stand in a script element."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    return Markup(text)  # noqa: S704  # no character of markup is left


def _authors(page: Shown, publication: Publication, *, home: str) -> list[dict[str, str]]:
    byline = page.lead.byline if page.lead else None
    if not byline:
        return [_organization(publication, home=home)]
    names = authors(byline, language=publication.language)
    return [{"@type": "Person", "name": name, "url": home} for name in names]


def _organization(publication: Publication, *, home: str) -> dict[str, str]:
    return {"@type": "Organization", "name": publication.name, "url": home}
