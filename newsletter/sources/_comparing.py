"""What two links to one page have in common, whatever they are dressed in. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from newsletter.sources._links import link

_TRACKING = re.compile(r"fbclid|gclid|mc_cid|mc_eid|ref|source", re.IGNORECASE)


def link_key(address: str) -> str:
    """Give an address without scheme, `www.`, tracking, fragment and trailing slash.

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
