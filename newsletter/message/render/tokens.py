"""Cut HTML into comments, tags and texts. Pure."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"""<!--.*?-->|<[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>|[^<]+|<""", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s([^\s=>"']+)=(?:"([^"]*)"|'([^']*)')""")


def tokens(html: str) -> list[str]:
    """Give the pieces in order; joined they are the document. What is quoted is never cut."""
    return _TOKEN.findall(html)


def attributes(tag: str) -> list[tuple[str, str]]:
    """Give the names and values of a tag's quoted attributes, as they are written."""
    return [(name, double or single) for name, double, single in _ATTRIBUTE.findall(tag)]
