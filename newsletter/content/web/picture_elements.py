"""What the attributes of a picture say: its address, its size, and whether it is one at all. Pure.

Pages put the address of a picture in many places, so that it is fetched late, or in the size of a
screen; the functions here take plain attributes, whatever the tree they come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from newsletter.content.html import tree
from newsletter.content.web.links import link

NARROWEST = 300  # below it is an emblem, an avatar or an advertisement
LOWEST = 50  # below it is a line, or a button
SHOWN_ONLY = "it is shown only"
_DOT = 2
_COLUMN = 640  # pixels of the mail; fine screens show twice as many
_WIDEST, _WIDE_ENOUGH = 1600, 1280
_LONGEST_SRCSET, _MOST_SIZES = 50_000, 60  # characters; candidates
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-original-src")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_STYLED = re.compile(
    r"(?:^|;)\s*(width|height)\s*:\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*(?=;|!|$)", re.IGNORECASE
)
_PIXELS = re.compile(r"\s*\+?(\d{1,6})(?:\.\d*)?\s*(?:px)?\s*", re.IGNORECASE)
# Old browsers show these; new ones, and mail made of JPEG or PNG, have no need of a <source>.
_SHOWN = re.compile(r"image/(?:jpe?g|png|gif)", re.IGNORECASE)
_BLANK = re.compile(
    r"(?:spacer|blank|transparent|placeholder|1x1)(?:[-_.]\d+(?:x\d+)?)?\.(?:gif|png|svg)",
    re.IGNORECASE,
)
_BLURRED = re.compile(r"(?:e_)?blur[_:]\d+(?:\.\w+)?", re.IGNORECASE)

# Whole hosts that only count, and whole last pieces of a path that do so on any host.
_COUNTING_HOSTS = re.compile(
    r"(?:^|\.)(?:doubleclick\.net|google-analytics\.com|googletagmanager\.com|scorecardresearch\.com"
    r"|quantserve\.com|feedburner\.com|feeds\.wordpress\.com|(?:stats|pixel)\.(?:wp|wordpress)\.com"
    r"|bat\.bing\.com|px\.ads\.linkedin\.com|analytics\.twitter\.com|vgwort\.de|ivwbox\.de|ioam\.de"
    r"|xiti\.com|imrworldwide\.com|chartbeat\.net|statcounter\.com|counter\.theconversation\.com"
    r"|pixel\.propublica\.org|omtrdc\.net|2o7\.net|demdex\.net|krxd\.net|feedsportal\.com"
    r"|pi\.pardot\.com|track\.hubspot\.com|list-manage\.com)$",
    re.IGNORECASE,
)
_COUNTING_PIECES = frozenset(
    {"pixel", "pixel.gif", "pixel.php", "tracker", "tracker.gif", "tracking.gif", "track.gif"}
    | {"beacon", "beacon.gif", "count", "count.gif", "counter", "counter.gif", "open.gif"}
    | {"matomo.php", "piwik.php", "__utm.gif", "__ptq.gif", "collect", "1x1.gif", "t.gif"}
)
_EMBLEM_CLASSES = {
    "emoji": "an emoji",
    "wp-smiley": "an emoji",
    "avatar": "an avatar",
    "gravatar": "an avatar",
}
_EMBLEM_HOSTS = re.compile(
    r"(?:^|\.)(?:(?P<avatar>gravatar\.com)|(?P<emoji>s\.w\.org|twemoji\..+))$"
)
_EMOJI_PATH = re.compile(
    r"/(?:emoji|smil(?:ies|eys))/(?:.*/)?[^/]+\.(?:png|gif|svg)$", re.IGNORECASE
)
# Written for the shape alone, before the picture is there.
_SHAPES = frozenset({(16, 9), (9, 16), (4, 3), (3, 4), (3, 2), (2, 3)})


class Sized(NamedTuple):
    """One of the sizes that a picture is there in."""

    width: float
    url: str


def address_of(
    attributes: Mapping[str, str],
    *,
    base: str,
    sources: Sequence[Mapping[str, str]] = (),
    noscript: str = "",
) -> str | None:
    """Return the address of an `img`, from wherever it has one; None where there is none.

    `sources` are the attributes of the `source` elements beside it in a `picture`, `noscript` the
    HTML of a `noscript` next to it. Of several sizes one of 1280 to 1600 pixels is taken.
    """
    sets = [best_of_set(attributes.get(name, ""), base=base) for name in (*_LAZY_SETS, "srcset")]
    named = [attributes.get(name, "") for name in _LAZY]
    plain = [link(one, base=base) for one in named if "." in one or "/" in one]
    own = attributes.get("src", "").strip()
    found = [
        *(one.url for one in sets if one is not None and one.width >= _COLUMN),
        *plain,
        link(own, base=base) if own else None,
        *(one.url for one in sets if one is not None),
    ]
    known = next(filter(None, found), None)
    return known or _of_noscript(noscript, base=base) or _of_sources(sources, base=base)


def best_of_set(srcset: str, *, base: str) -> Sized | None:
    """Return the size in a `srcset` that is fit for a mail; None where it names none."""
    found = (
        Sized(_wide(size), url)
        for address, size in _candidates(srcset[:_LONGEST_SRCSET])
        if (url := link(address, base=base)) is not None
    )
    sized = sorted(found, key=lambda one: one.width)
    fitting = [one for one in sized if _WIDE_ENOUGH <= one.width <= _WIDEST]
    larger = [one for one in sized if one.width > _WIDEST]
    return next(iter((*fitting[::-1], *larger, *sized[::-1])), None)


def size_of(attributes: Mapping[str, str]) -> tuple[int, int]:
    """Return width and height in pixels, as attributes or style name them; 0 for what they do not.

    A share, such as `100%`, is no size, and neither is a mere shape, such as 16 by 9.
    """
    named = _STYLED.findall(attributes.get("style", ""))
    styled = {name.lower(): int(value) for name, value in named}
    width, height = (
        _pixels(attributes.get(name, "")) or styled.get(name, 0) for name in ("width", "height")
    )
    return (0, 0) if (width, height) in _SHAPES else (width, height)


def is_tracker(url: str, attributes: Mapping[str, str]) -> bool:
    """Say whether a picture is there to be fetched, and not to be seen.

    It is as small as a dot, or from an address that is known for it; a name with "pixel" in it may
    be that of a telephone.
    """
    parts = urlsplit(url)
    last = parts.path.rpartition("/")[2].lower()
    return (
        _is_dot(attributes)
        or bool(_COUNTING_HOSTS.search(parts.hostname or ""))
        or last in _COUNTING_PIECES
        or (parts.hostname in {"facebook.com", "www.facebook.com"} and last == "tr")
    )


def refusal_of(url: str, attributes: Mapping[str, str]) -> str:
    """Say why a picture cannot be a story's, without a full stop; nothing where it may be."""
    if is_tracker(url, attributes):
        return "it only counts readers"
    if emblem := _emblem(url, attributes):
        return f"it is {emblem}"
    parts = urlsplit(url)
    if _BLANK.fullmatch(parts.path.rpartition("/")[2]):
        return "it is empty, and keeps a place"
    if any(_BLURRED.fullmatch(piece) for piece in re.split("[/,]", parts.path)):
        return "it is a blurred one that keeps a place"
    width, height = size_of(attributes)
    if 0 < width < NARROWEST:
        return f"{SHOWN_ONLY} {width} pixels wide; {NARROWEST} is the least"
    if 0 < height < LOWEST:
        return f"{SHOWN_ONLY} {height} pixels high; {LOWEST} is the least"
    return ""


def _emblem(url: str, attributes: Mapping[str, str]) -> str:
    names = attributes.get("class", "").lower().split()
    known = next((_EMBLEM_CLASSES[name] for name in names if name in _EMBLEM_CLASSES), "")
    host = _EMBLEM_HOSTS.search(urlsplit(url).hostname or "")
    if not known and _EMOJI_PATH.search(urlsplit(url).path):
        return "an emoji"
    if known or host is None:
        return known
    return "an avatar" if host["avatar"] else "an emoji"


def _is_dot(attributes: Mapping[str, str]) -> bool:
    sizes = size_of(attributes)
    named = {attributes.get(name, "").strip().removesuffix("px") for name in ("width", "height")}
    return max(sizes) <= _DOT and (max(sizes) > 0 or "0" in named)


def _pixels(text: str) -> int:
    found = _PIXELS.fullmatch(text)
    return int(found[1]) if found else 0


def _of_noscript(html: str, *, base: str) -> str | None:
    if not html:
        return None
    found = (address_of(one.attributes, base=base) for one in tree.parse(html).all("img"))
    return next(filter(None, found), None)


def _of_sources(sources: Sequence[Mapping[str, str]], *, base: str) -> str | None:
    """Return the best address of `source` elements, of a kind that mail programs show if any is."""
    ranked = sorted(sources, key=lambda one: not _SHOWN.fullmatch(one.get("type", "image/jpeg")))
    for one in ranked:
        for name in ("srcset", *_LAZY_SETS):
            if found := best_of_set(one.get(name, ""), base=base):
                return found.url
    return None


def _candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """Yield addresses and their sizes; commas may stand in both (WHATWG HTML, 2.5.1)."""
    at = 0
    for _ in range(_MOST_SIZES):
        found = _NEXT.match(srcset, at)
        if found is None:
            return
        at = found.end()
        address = found[1]
        if address.endswith(","):
            yield address.rstrip(","), ""
            continue
        size = _SIZE.match(srcset, at)
        assert size is not None  # it may be empty
        at = size.end()
        yield address, size[1].strip()


_NEXT = re.compile(r"[\s,]*([^\s,]\S*)")
_SIZE = re.compile(r"((?:[^,()]|\([^)]*\)?|\))*),?")


def _wide(size: str) -> float:
    """Return the width that a candidate tells; one by its fineness is as wide as the mail."""
    found = re.match(r"(\d{1,6}(?:\.\d{1,4})?)([wx])(?:\s|$)", size)
    if found is None:
        return _COLUMN
    return float(found[1]) * (_COLUMN if found[2] == "x" else 1)
