"""Plain text and markup in feeds: which it is by the format, and one as the other. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from newsletter.content.html.tree import parse
from newsletter.core.errors import SourceError

# What a title is set in; any other tag in one is what it speaks of (“Using <dialog> today”).
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "center", "cite", "code", "del"}
    | {"dfn", "div", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "i", "img", "ins", "kbd"}
    | {"mark", "nobr", "p", "q", "s", "samp", "script", "small", "span", "strike", "strong"}
    | {"style", "sub", "sup", "tt", "u", "var", "wbr"}
)
_TAG = re.compile(r"<(?=/?([a-zA-Z][\w:-]*))")


def in_one_line(text: str) -> str:
    """Return a plain text in one line: every sign of it stays (Atom `text`, JSON Feed)."""
    return " ".join(text.split())


@lru_cache(maxsize=8)  # one text is looked at several times in a row
def from_html(markup: str) -> str:
    """Return the words of HTML in one line (Atom `html` and `xhtml`).

    There are none in markup that is not read; where it becomes a story, that is told.
    """
    if "<" not in markup and "&" not in markup:
        return in_one_line(markup)
    try:
        return parse(markup).text()
    except SourceError:
        return ""


def from_rss(text: str) -> str:
    """Return the words of a title of RSS, which does not say whether it is markup.

    Read as the web reads it: references are signs, and what a title may be set in is markup.
    """
    return from_html(_TAG.sub(_sign_or_markup, text))


def as_html(text: str) -> str:
    """Return a plain text as HTML: its paragraphs, and within them its lines, stay."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    parts = (part.strip() for part in re.split(r"\r?\n[^\S\n]*\r?\n", escaped))
    return "".join(f"<p>{'<br>'.join(part.splitlines())}</p>" for part in parts if part)


def _sign_or_markup(found: re.Match[str]) -> str:
    return "<" if found[1].lower() in _INLINE else "&lt;"
