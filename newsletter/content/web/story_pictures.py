"""Which picture a story gets: the order of content.md 4.1, with words and credit, or none. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from newsletter.content.html.tree import Element, parse
from newsletter.content.pasted.labels import image_credit
from newsletter.content.source import Picture
from newsletter.content.web.picture_elements import SHOWN_ONLY, address_of, refusal_of, size_of
from newsletter.core.errors import SourceError
from newsletter.core.model import Image, LeftOut
from newsletter.core.sentences import said

_PIECES = re.compile(r"(?<=[.!?])\s+|\s*[|()]\s*")
_SHORT_CREDIT = re.compile(
    r"(?:(?:image|photo|picture)(?:graph)?s?\s*[:/]|©|\(c\))\s*(?P<name>[^\s:].{1,99})",
    re.IGNORECASE,
)
_LONGEST_ALT = 400
_FILE_NAME = re.compile(r".*\.(?:jpe?g|png|gif|webp|svg|avif|heic)", re.IGNORECASE)
_NO_ADDRESS = "it has no web address"
_PLACEHOLDER = 2_000  # characters; what is longer and stands in the page itself is a real picture
_MOST_TRIED = 8  # each is fetched; what comes later in a text is no picture of its story


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A picture as a page or a feed names it."""

    url: str
    alt: str = ""
    credit: str = ""
    width: int = 0  # as named; 0 where it is not
    refusal: str = ""  # why it cannot be the story's, by what is written about it; no full stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The picture of a story, or why there is none, and what was not taken."""

    image: Image | None
    lack: str  # without a full stop; empty where there is a picture
    left_out: tuple[LeftOut, ...]


def in_html(html: str, *, base: str) -> tuple[Found, ...]:
    """Return the pictures of a text in order, as `in_tree` does; none of one that is not read."""
    try:
        return in_tree(parse(html), base=base)
    except SourceError:  # told where its words are asked for
        return ()


def in_tree(tree: Element, *, base: str) -> tuple[Found, ...]:
    """Return the pictures of a tree in order, each once; some of them with their `refusal`.

    A caption's credit comes along with its picture.
    """
    around: dict[str, list[Element]] = {"figure": [], "picture": [], "img": []}
    for element in tree.walk():
        if element.tag in around:
            around[element.tag].append(element)
    captions = {
        id(picture): caption_credit(caption.text())
        for figure in around["figure"]
        for caption in figure.all("figcaption")
        for picture in figure.all("img")
    }
    sources = {
        id(picture): [source.attributes for source in group.all("source")]
        for group in around["picture"]
        for picture in group.all("img")
    }
    found: dict[str, Found] = {}
    for one in around["img"]:
        made = _found(one, captions.get(id(one), ""), sources.get(id(one), ()), base=base)
        if made is not None:
            found[made.url] = _merged(found[made.url], made) if made.url in found else made
    taken = {one.alt for one in found.values() if one.refusal != _NO_ADDRESS}
    return tuple(
        one for one in found.values() if one.refusal != _NO_ADDRESS or one.alt not in taken
    )


def caption_credit(caption: str) -> str:
    """Return the name a caption credits its picture to, or nothing."""
    for piece in filter(None, (piece.strip() for piece in _PIECES.split(caption))):
        short = _SHORT_CREDIT.fullmatch(piece)
        name = image_credit(piece) or (short["name"] if short else "")
        if name:
            return name.strip().removesuffix(".")
    return ""


def chosen(found: Sequence[Found], *, credit: str, picture: Callable[[str], Picture]) -> Chosen:
    """Return the first picture that may be used, and of each other one why it is not.

    `credit` stands in where a picture has none of its own. Alternative text is never made up, but
    what the same address says elsewhere in the page counts.
    """
    image: Image | None = None
    left_out: list[LeftOut] = []
    reasons: list[str] = []
    for one in _with_words(found):
        reason = one.refusal
        if not reason and image is not None:
            reason = said("a story has one picture, and another one came before it")
        elif not reason and len(reasons) == _MOST_TRIED:
            reason = f"{_MOST_TRIED} pictures before it could not be used, and no more are tried"
        elif not reason:
            image, reason = _taken(one, one.credit or credit, picture)
            if image is not None:
                continue
            reasons.append(reason)
        left_out.append(LeftOut(text=one.url, reason=reason))
    lack = next(iter(reasons), _of_refusals(found)) if image is None else ""
    return Chosen(image=image, lack=lack and f"no image: {lack}", left_out=tuple(left_out))


def _taken(one: Found, credit: str, picture: Callable[[str], Picture]) -> tuple[Image | None, str]:
    if not one.alt or not credit:
        return None, f"it has no {'credit' if one.alt else 'alternative text'}"
    try:
        fit = picture(one.url)
    except SourceError as error:
        return None, error.what.removesuffix(".")
    image = Image(url=fit.url, alt=one.alt, credit=credit, width=fit.width, height=fit.height)
    return image, ""


def _of_refusals(found: Sequence[Found]) -> str:
    """Return why what might have been a picture is none; trackers and emblems never were."""
    told = (one.refusal for one in found if one.refusal.startswith((SHOWN_ONLY, _NO_ADDRESS)))
    return next(told, "the source names none")


def _with_words(found: Sequence[Found]) -> Iterator[Found]:
    """Yield each address once, with the words and the credit it has anywhere."""
    by_url: dict[str, Found] = {}
    for one in found:
        before = by_url.get(one.url)
        by_url[one.url] = one if before is None else _merged(before, one)
    for one in by_url.values():
        is_name = _FILE_NAME.fullmatch(one.alt.strip())  # programs write it; it says nothing
        yield replace(one, alt="" if is_name else one.alt[:_LONGEST_ALT])


def _merged(one: Found, other: Found) -> Found:
    """Return a picture that is named twice; it can be used where one of the two can."""
    return Found(
        url=one.url,
        alt=one.alt or other.alt,
        credit=one.credit or other.credit,
        width=max(one.width, other.width),
        refusal=one.refusal and other.refusal,
    )


def _found(
    element: Element, credit: str, sources: Sequence[dict[str, str]], *, base: str
) -> Found | None:
    attributes = element.attributes
    url = address_of(attributes, base=base, sources=sources)
    alt = " ".join(attributes.get("alt", "").split())
    if url is None:
        written = attributes.get("src", "").strip()
        is_one = bool(written) and (bool(alt) or len(written) > _PLACEHOLDER)
        return Found(url=_cut(written), alt=alt, refusal=_NO_ADDRESS) if is_one else None
    return Found(
        url=url,
        alt=alt,
        credit=credit,
        width=size_of(attributes)[0],
        refusal=refusal_of(url, attributes),
    )


def _cut(address: str) -> str:
    return address if len(address) <= 60 else f"{address[:59]}…"


def number(text: object) -> int:
    """Read a width of a feed; 0 for anything that is no number."""
    digits = re.match(r"\d{1,6}", str(text))
    return int(digits[0]) if digits else 0
