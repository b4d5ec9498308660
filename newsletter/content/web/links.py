"""Addresses out of foreign data, made fit for a mail: absolute, encoded, without tracking. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from newsletter.content.validity import is_web_address

_AS_THEY_ARE = "!#$%&'()*+,/:;=?@[]~"


def link(address: str, *, base: str = "") -> str | None:
    """Return an absolute address with spaces and foreign letters percent-encoded, without `utm_*`.

    None for what is no http or https address.
    """
    try:
        joined = urljoin(base, address.strip())
        parts = urlsplit(quote(joined, safe=_AS_THEY_ARE))
        asked = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return None
    kept = [(name, value) for name, value in asked if not name.startswith("utm_")]
    query = parts.query if len(kept) == len(asked) else urlencode(kept)
    found = urlunsplit(parts._replace(query=query))
    return found if is_web_address(found) else None


def segment(text: str) -> str:
    """Return a text as one piece of an address's path or query."""
    return quote(text, safe="")


_TRACKING = re.compile(r"fbclid|gclid|mc_cid|mc_eid|ref|source", re.IGNORECASE)


def link_key(address: str) -> str:
    """Return an address without scheme, `www.`, tracking, fragment and trailing slash.

    These change when a site moves (content.md 7.2). Empty for what is no web address.
    """
    cleaned = link(address)
    if cleaned is None:
        return ""
    parts = urlsplit(cleaned)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([pair for pair in asked if not _TRACKING.fullmatch(pair[0])])
    path = parts.path.rstrip("/")
    return parts.netloc.lower().removeprefix("www.") + path + (f"?{query}" if query else "")
