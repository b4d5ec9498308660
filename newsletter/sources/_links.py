"""Addresses out of foreign data, made fit for a mail: absolute, encoded, without tracking. Pure."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from newsletter.edition import is_web_address

_AS_THEY_ARE = "!#$%&'()*+,/:;=?@[]~"


def link(address: str, *, base: str = "") -> str | None:
    """Give an absolute address with spaces and foreign letters percent-encoded, without `utm_*`.

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
    """Give a text as one piece of an address's path or query."""
    return quote(text, safe="")
