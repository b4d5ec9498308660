"""The text of a feed, mended before it is parsed: references, ampersands, stray signs. Pure.

Feeds are written by hand and by templates. What XML forbids, and a browser reads all the same, is
written here as XML has it; what a parser would mix up gets a name of its own; and what would keep
a parser busy for minutes is refused after one pass over the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from html.entities import html5

from newsletter.core.errors import SourceError
from newsletter.core.sentences import said

_MOST_MARKS = 120_000  # tags and attributes; a feed of 5 MB has half of it
_MOST_REFERENCES = 600_000
_MOST_ODD = 100_000  # references besides those that XML knows, and bare ampersands
_LONGEST_NAME = 2_000  # characters of a name, an address or a date
_SHORT = re.compile(
    r"(?:author|creator|contributor|editor|publisher|webmaster|owner|name|email|date|published"
    r"|issued|modified|created|updated)\Z",
    re.IGNORECASE,
)
_DEEPEST = 3_000  # levels; tags of HTML that nobody closed count as levels too
_MOST_ATTRIBUTES = 100
_TAG = re.compile(r"<(/?)([^\W\d][\w:.\-]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_LOOSE_TAG = re.compile(r"<(/?)([^\W\d][\w:.\-]*+)([^<>]*+)>")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*+(?:\[[^\]]*+\]\s*+)?>", re.IGNORECASE)
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)"
    r"(?:#(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+));?|([A-Za-z][A-Za-z0-9]{1,31});)?"
)
_PAIR = re.compile(
    r"&#(?:[xX]0*([dD][89abAB][0-9a-fA-F]{2})|0*(5[56][0-9]{3}));"
    r"&#(?:[xX]0*([dD][c-fC-F][0-9a-fA-F]{2})|0*(5[67][0-9]{3}));"
)
_CONTROLS = dict.fromkeys((*range(1, 9), 11, 12, *range(14, 32)), " ")
_FORBIDDEN = _CONTROLS | {0: "\ufffd", 0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_PREFIX = re.compile(r"xmlns:([\w.\-]{1,50})\s*=\s*[\"']([^\"'<>]{0,200})")
_KINDS = {
    "search.yahoo.com/mrss": "media",
    "purl.org/dc/elements": "dc",
    "itunes.com/dtds/podcast": "itunes",
    "google.com/schemas/play-podcasts": "itunes",
}
# A caption is no text, and a second description not the first one's continuation.
_OWN_NAMES = {
    ("media", "title"): "caption",
    ("media", "description"): "caption",
    ("dc", "title"): "otherwise_title",
    ("dc", "description"): "otherwise_text",
    ("itunes", "title"): "otherwise_title",
    ("itunes", "summary"): "otherwise_text",
    ("itunes", "subtitle"): "caption",
    ("itunes", "author"): "otherwise_author",
}
_PERSONS = frozenset({("", "author"), ("dc", "author"), ("dc", "creator")})
_HAS_PARTS = re.compile(r"\s*<(?!!\[CDATA\[|/)")
PERSON = "person_"  # with a number: the authors of an item, in their order
OTHER_TITLE, OTHER_TEXT, OTHER_AUTHOR = "otherwise_title", "otherwise_text", "otherwise_author"


def repaired(text: str, *, service: str) -> str:
    """Return a feed as XML has it, without declaration, DOCTYPE and comments.

    Raises `SourceError` for what no feed has: an excess of tags, or of attributes in one of them.
    """
    references = text.count("&")
    plain = sum(text.count(one) for one in ("&lt;", "&gt;", "&amp;", "&quot;", "&apos;"))
    if references > _MOST_REFERENCES or references - plain > _MOST_ODD:
        raise SourceError(
            said(
                "The feed of %(service)s has more character references than any feed.",
                service=service,
            )
        )
    clean = _PAIR.sub(_joined_pair, text.translate(_FORBIDDEN)).strip()
    return "".join(_Mending(clean, service).parts())


def joined_pairs(html: str) -> str:
    """Write two references that are one sign in UTF-16 as that sign."""
    return _PAIR.sub(_joined_pair, html)


class _Mending:
    """One pass over a text; an end that is missing once is not looked for again."""

    def __init__(self, text: str, service: str) -> None:
        self._text = text
        self._service = service
        self._kinds = _kinds_of(text)
        self._missing: set[str] = set()
        self._marks = 0  # tags and their attributes
        self._depth = 0
        self._persons = 0
        self._open_person = ""
        self._most = len(text)  # characters of text in the element that is open

    def parts(self) -> list[str]:
        """Return the pieces of the mended text, in order."""
        out: list[str] = []
        position = 0
        while (at := self._text.find("<", position)) >= 0:
            out.append(self._content(position, at))
            is_tag = self._text[at + 1 : at + 2] not in {"!", "?"}
            part, position = self._tag(at) if is_tag else self._declaration(at)
            out.append(part)
            self._count(1)
        out.append(self._content(position, len(self._text)))
        return out

    def _content(self, start: int, end: int) -> str:
        """Return the text between two tags, mended; of a name or a date no more than one has."""
        return _content(self._text[start : min(end, start + self._most)])

    def _declaration(self, at: int) -> tuple[str, int]:
        """Return what begins with “<!” or “<?”, mended, and where the text goes on."""
        text = self._text
        if text.startswith("<![CDATA[", at):
            end = self._end("]]>", at)
            stop = (end - 3) if end else len(text)
            return text[at : min(stop, at + 9 + self._most)] + "]]>", end or len(text)
        for begin, sign in (("<!--", "-->"), ("<?", "?>")):
            if text.startswith(begin, at) and (end := self._end(sign, at)):
                return "", end
        if text[at : at + 9].upper() == "<!DOCTYPE" and "DOCTYPE" not in self._missing:
            self._missing.add("DOCTYPE")  # there is one at most
            found = _DOCTYPE.match(text, at)
            return "", found.end() if found else at + 9
        return "&lt;", at + 1

    def _tag(self, at: int) -> tuple[str, int]:
        found = _TAG.match(self._text, at) or _LOOSE_TAG.match(self._text, at)
        if found is None:
            return "&lt;", at + 1
        slash, name, rest = found.groups()
        self._count(_attributes(rest))
        if name.rpartition(":")[2].lower() in {"item", "entry"}:
            self._depth = 0  # whatever was left open before
        self._depth += 0 if rest.endswith("/") else -1 if slash else 1
        is_short = not slash and _SHORT.search(name)
        self._most = _LONGEST_NAME if is_short else len(self._text)
        person = self._person(slash, name, rest, found.end())
        return person or self._renamed(slash, name, rest), found.end()

    def _person(self, slash: str, name: str, rest: str, end: int) -> str:
        """Return the tag of an author who is no more than a text, under a name of its own.

        Of several feedparser tells the last, and of an address in one it takes away a part.
        """
        if slash:
            is_open = name == self._open_person
            self._open_person = "" if is_open else self._open_person
            return f"</{PERSON}{self._persons}>" if is_open else ""
        prefix, _, local = name.rpartition(":")
        kind = self._kinds.get(prefix, "")
        is_person = (kind, local.lower()) in _PERSONS and not rest.endswith("/")
        if not is_person or _HAS_PARTS.match(self._text, end):
            return ""
        self._persons += 1
        self._open_person = name
        return f"<{PERSON}{self._persons}>"

    def _count(self, marks: int) -> None:
        self._marks += marks
        is_deep = self._depth > _DEEPEST or marks > _MOST_ATTRIBUTES
        if is_deep or self._marks > _MOST_MARKS:
            raise SourceError(
                said("The feed of %(service)s has more tags than any feed.", service=self._service)
            )

    def _renamed(self, slash: str, name: str, rest: str) -> str:
        prefix, _, local = name.rpartition(":")
        own = _OWN_NAMES.get((self._kinds.get(prefix, ""), local.lower()))
        if own:
            return f"<{slash}{own}{'/' if rest.rstrip().endswith('/') else ''}>"
        return f"<{slash}{name}{_content(rest).replace('<', '&lt;')}>"

    def _end(self, sign: str, at: int) -> int:
        """Return where the next sign ends, or 0."""
        if sign in self._missing:
            return 0
        found = self._text.find(sign, at)
        if found < 0:
            self._missing.add(sign)
            return 0
        return found + len(sign)


def _attributes(rest: str) -> int:
    """Count the attributes of a tag; an address in one has spaces and “=” of its own."""
    if len(rest) < 4:
        return 0
    return len(_QUOTED.sub("''", rest).split())


def _kinds_of(text: str) -> Mapping[str, str]:
    """Return which of the known vocabularies each prefix stands for."""
    kinds = {"media": "media", "dc": "dc", "itunes": "itunes", "googleplay": "itunes"}
    for prefix, uri in _PREFIX.findall(text):
        kind = next((kind for part, kind in _KINDS.items() if part in uri.lower()), "")
        kinds[prefix] = kind
    return kinds


def _content(text: str) -> str:
    return _REFERENCE.sub(_resolved, text) if "&" in text else text


def _resolved(found: re.Match[str]) -> str:
    """Return a reference as its sign; one that is none is an ampersand with what follows.

    Where HTML knows a name without its semicolon, that is for who reads the HTML: in an address it
    is none (`?a=1&copy=2`).
    """
    whole, (hexadecimal, decimal, name) = found[0], found.groups()
    if hexadecimal or decimal:
        is_one = len(hexadecimal or decimal) <= 7
        sign = unescape(whole if whole.endswith(";") else whole + ";") if is_one else "\ufffd"
        return _written(sign.translate(_FORBIDDEN) or " ")
    if name and name + ";" in html5:
        return _written(html5[name + ";"])
    return "&amp;" + whole[1:]


def _written(sign: str) -> str:
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
    return named.get(sign, sign)


def _joined_pair(found: re.Match[str]) -> str:
    high = int(found[1], 16) if found[1] else int(found[2])
    low = int(found[3], 16) if found[3] else int(found[4])
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return found[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
