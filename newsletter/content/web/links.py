"""Addresses out of foreign data, made fit for a mail: absolute, encoded, without tracking. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from newsletter.core.web_addresses import as_carried

_SEPARATOR = re.compile(r"(&amp;|[&;])")
# What programs add to tell who came from where. `ref` and `source` mean something to many a site.
_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_cid|mc_eid"
    r"|_hsenc|_hsmi|mkt_tok|vero_id|oly_\w+_id|ref_src",
    re.IGNORECASE,
)
_NO_PART_OF_A_KEY = re.compile(rf"{_TRACKING.pattern}|ref|source", re.IGNORECASE)


def link(address: str, *, base: str = "") -> str | None:
    """Return an address as mail can carry it, without what only tracks who follows it.

    None for what is no http or https address.
    """
    carried = as_carried(address, base=base)
    return None if carried is None else without_tracking(carried)


def without_tracking(address: str) -> str:
    """Cut tracking parameters out of an address; every other sign of it stays as it is."""
    whole, sign, fragment = address.partition("#")
    path, asks, query = whole.partition("?")
    first, *others = _SEPARATOR.split(query)
    pieces = [("", first), *zip(others[::2], others[1::2], strict=True)]
    kept = [(before, piece) for before, piece in pieces if not _is_tracking(piece)]
    if len(kept) == len(pieces):
        return address
    left = "".join(before + piece for before, piece in kept)[len(kept[0][0]) if kept else 0 :]
    return path + (asks + left if left else "") + sign + fragment


def segment(text: str) -> str:
    """Return a text as one piece of an address's path or query."""
    return quote(text, safe="")


def link_key(address: str) -> str:
    """Return an address without scheme, `www.`, tracking, fragment and trailing slash.

    These change when a site moves (content.md 7.2). Empty for what is no web address. Keys are
    kept for a year, so they are written as ever.
    """
    carried = link(address)
    if carried is None:
        return ""
    parts = urlsplit(carried)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([pair for pair in asked if not _NO_PART_OF_A_KEY.fullmatch(pair[0])])
    path = parts.path.rstrip("/")
    return parts.netloc.lower().removeprefix("www.") + path + (f"?{query}" if query else "")


def _is_tracking(piece: str) -> bool:
    return bool(_TRACKING.fullmatch(piece.partition("=")[0]))
