"""What of somebody else's markup is parsed at all: parsers take minutes for what was built badly.

A parser written in C cannot be stopped once it has begun, so all is measured before, in a time that
grows with the length alone. Parsers compare each attribute of a tag with all before it, so one tag
of 100,000 costs a minute; some do the same with the elements that are open. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from newsletter.core.errors import SourceError
from newsletter.core.sentences import said


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of each a document may have; of 1,266 pages of the web none had half of any."""

    size: int = 10_000_000  # bytes, or characters; what is fetched has a limit of its own, below
    tags: int = 50_000  # those that open an element
    attributes: int = 2_500  # of one tag; scripts with a “<” in them look like tags of hundreds
    pairs: int = 20_000_000  # of attributes within a tag, all tags together
    depth: int = 600  # elements that are open at once


WHOLE = Limits()

# Tags and attributes as browsers read them: a quotation mark counts behind “=” only, and what has
# no end goes on to that of the document. Possessive: nothing is looked at twice.
_ATTRIBUTE = (
    rb"=?[^\s/>=]*+(?<![\s/>])(?:\s*+=\s*+"
    rb"(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)?+)?+"
)
_COMMENT = rb"!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>|\Z))"
_TAG = re.compile(
    rb"<(?:" + _COMMENT + rb"|(\\?/)?([a-zA-Z][\w:-]*+)"
    rb"((?:[\s/]++|(?=[^\s/>])" + _ATTRIBUTE + rb"){0,9999}+))"
)
_ATTRIBUTES = re.compile(rb"(?=[^\s/>])" + _ATTRIBUTE)
_OPENS = re.compile(rb"<[a-zA-Z]")
_SHORT = 128  # bytes of a tag, which have room for 64 attributes
_XML = (b"<?xml", b"<rss", b"<feed", b"<rdf")

# Without content, or written without an end: counting them would add up what stands side by side.
_ENDLESS = frozenset(
    b"area base body br circle col colgroup dd dt ellipse embed frame head hr html image img input "
    b"li line link meta option optgroup p param path polygon polyline rect rp rt source stop tbody "
    b"td tfoot th thead tr track use wbr".split()
)
# In a page these stay open although they are written `<div/>`.
_NESTING = frozenset(
    b"a article aside b blockquote center div dl em fieldset figure font footer form header i main "
    b"nav ol s section small span strike strong table tt u ul".split()
)
# Those that scripts write, too; `a <b` in a script compares two numbers.
_WRITTEN = frozenset(tag for tag in _NESTING if len(tag) > 2)


def refuse(markup: str | bytes, *, name: str, limits: Limits = WHOLE) -> None:
    """Raise `SourceError` for markup that would keep a parser busy; `name` begins its sentence."""
    if len(markup) > limits.size:
        raise SourceError(
            said(
                "%(name)s is %(count)s characters long; %(size)s are read.",
                name=name,
                count=f"{len(markup):,}",
                size=f"{limits.size:,}",
            )
        )
    data = markup.encode("utf-8", "surrogatepass") if isinstance(markup, str) else markup
    if b"\0" in data:  # UTF-16 and UTF-32
        data = data.replace(b"\0", b"")
    if data.count(b"<") > limits.tags and _count(_OPENS, data, most=limits.tags) > limits.tags:
        raise SourceError(
            said(
                "%(name)s has more than %(tags)s tags, too many to be read.",
                name=name,
                tags=f"{limits.tags:,}",
            )
        )
    found = _TAG.findall(data)
    _refuse_attributes([body for _, _, body in found], name=name, limits=limits)
    deepest = _deepest(found, is_xml=_is_xml(data))
    if deepest > limits.depth:
        raise SourceError(
            said(
                "%(name)s has %(deepest)s elements inside each other; %(depth)s are read.",
                name=name,
                deepest=f"{deepest:,}",
                depth=f"{limits.depth:,}",
            )
        )


def _refuse_attributes(bodies: list[bytes], *, name: str, limits: Limits) -> None:
    pairs = 0
    for body in bodies:
        if len(body) <= _SHORT:
            continue
        count = _count(_ATTRIBUTES, body, most=limits.attributes)
        if count > limits.attributes:
            raise SourceError(
                said(
                    "%(name)s has a tag of more than %(attributes)s attributes, too many to "
                    "be read.",
                    name=name,
                    attributes=f"{limits.attributes:,}",
                )
            )
        pairs += count * count
        if pairs > limits.pairs:
            raise SourceError(
                said(
                    "%(name)s has too many tags with hundreds of attributes to be read.", name=name
                )
            )


def _count(pattern: re.Pattern[bytes], data: bytes, *, most: int) -> int:
    """Count what a pattern finds, up to one more than `most`."""
    return sum(1 for _ in islice(pattern.finditer(data), most + 1))


def _is_xml(data: bytes) -> bool:
    begin = data[:2000].lower()
    return begin.lstrip().startswith(_XML) and b"<html" not in begin


def _deepest(tags: list[tuple[bytes, bytes, bytes]], *, is_xml: bool) -> int:
    """Estimate how many elements are open at once; an end closes only what is open."""
    open_tags: Counter[bytes] = Counter()
    deepest = depth = 0
    in_script = False
    for end, written, body in tags:
        tag = written.lower()
        if tag == b"script":
            in_script = not end
        elif tag in _ENDLESS or not tag or (in_script and tag not in _WRITTEN):
            continue
        elif end:
            if open_tags[tag]:
                open_tags[tag] -= 1
                depth -= 1
        elif not (body.endswith(b"/") and (is_xml or tag not in _NESTING)):
            open_tags[tag] += 1
            depth += 1
            deepest = max(deepest, depth)
    return deepest
