"""Which picture a story gets: the order of content.md 4.1, with words and credit, or none. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from newsletter.content.pasted.labels import image_credit
from newsletter.content.source import Picture
from newsletter.content.web import markup
from newsletter.content.web.links import link
from newsletter.content.web.markup import Element
from newsletter.core.errors import SourceError
from newsletter.core.model import Image

_NARROWEST = 300
_NO_PICTURE = re.compile(
    r"emoji|avatar|gravatar|pixel|tracker|spacer|blank\.gif|smil(?:ey|ies)|blur_|/favicon"
    r"|feedburner|feeds\.wordpress|stats\.wp|doubleclick",
    re.IGNORECASE,
)
_PIECES = re.compile(r"(?<=[.!?])\s+|\s*[|()]\s*")
_SHORT_CREDIT = re.compile(
    r"(?:(?:image|photo|picture)(?:graph)?s?\s*[:/]|©|\(c\))\s*(?P<name>[^\s:].{1,99})",
    re.IGNORECASE,
)
_LONGEST_ALT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A picture as a page or a feed names it."""

    url: str
    alt: str = ""
    credit: str = ""
    width: int = 0  # as named; 0 where it is not


def in_html(html: str, *, base: str) -> tuple[Found, ...]:
    """Return the pictures of a text in order, but for trackers, emoji, avatars and small ones.

    A caption's credit comes along with its picture.
    """
    tree = markup.parse(html)
    captions = {
        id(picture): caption_credit(caption.text())
        for figure in tree.all("figure")
        for caption in figure.all("figcaption")
        for picture in figure.all("img")
    }
    found = (_found(one, captions.get(id(one), ""), base) for one in tree.all("img"))
    return tuple(one for one in found if one is not None)


def caption_credit(caption: str) -> str:
    """Return the name a caption credits its picture to, or nothing."""
    for piece in filter(None, (piece.strip() for piece in _PIECES.split(caption))):
        short = _SHORT_CREDIT.fullmatch(piece)
        name = image_credit(piece) or (short["name"] if short else "")
        if name:
            return name.strip().removesuffix(".")
    return ""


def choose(
    found: Sequence[Found], *, credit: str, picture: Callable[[str], Picture]
) -> tuple[Image | None, str]:
    """Return the first picture that may be used, and else why there is none, without a full stop.

    `credit` stands in where a picture has none of its own. Alternative text is never made up, but
    what the same address says elsewhere in the page counts.
    """
    reason = "no image: the source names none"
    for one in _with_words(found):
        named = one.credit or credit
        if not one.alt or not named:
            lacks = "alternative text" if not one.alt else "credit"
            reason = f"no image: it has no {lacks}"
            continue
        try:
            fit = picture(one.url)
        except SourceError as error:
            reason = f"no image: {error.what.removesuffix('.')}"
            continue
        return Image(url=fit.url, alt=one.alt, credit=named, width=fit.width, height=fit.height), ""
    return None, reason


def _with_words(found: Sequence[Found]) -> Iterator[Found]:
    alts = {one.url: one.alt for one in reversed(found) if one.alt}
    credits_ = {one.url: one.credit for one in reversed(found) if one.credit}
    for one in found:
        yield replace(
            one,
            alt=(one.alt or alts.get(one.url, ""))[:_LONGEST_ALT],
            credit=one.credit or credits_.get(one.url, ""),
        )


def _found(element: Element, credit: str, base: str) -> Found | None:
    url = link(element.attributes.get("src", ""), base=base)
    width = number(element.attributes.get("width", ""))
    if url is None or _NO_PICTURE.search(url) or 0 < width < _NARROWEST:
        return None
    return Found(
        url=url, alt=" ".join(element.attributes.get("alt", "").split()), credit=credit, width=width
    )


def number(text: object) -> int:
    """Read a width; 0 for anything that is no number."""
    digits = re.match(r"\d{1,6}", str(text))
    return int(digits[0]) if digits else 0
