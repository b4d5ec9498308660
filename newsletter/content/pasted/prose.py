"""Find the one story of a whole page of any site: it is where the prose is. Pure.

A page that somebody copied with everything around has menus above its story and teasers below. Both
are short lines, and the story is the longest run of paragraphs; so the run is found first, then its
headline: of the lines above, the one that the text speaks of. What lies outside is left out, with
the reason, and where two lines may well be the headline both are named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsletter.content.pasted.boilerplate import is_comments_heading
from newsletter.content.pasted.folding import SHORT, fold, is_closed
from newsletter.content.pasted.labels import FeatureKind, read_feature
from newsletter.content.pasted.learned import Meaning, Site
from newsletter.content.pasted.listing import items
from newsletter.content.pasted.model import Line
from newsletter.content.pasted.paragraphs import is_guarded, is_paragraph, is_sentence
from newsletter.content.pasted.preamble import is_contents_heading, is_divider
from newsletter.content.pasted.site_words import OTHER_POSTS
from newsletter.content.pasted.titles import (
    DENSE,
    is_about,
    is_notice,
    is_open,
    ranked,
    rivals,
    topmost,
)
from newsletter.core.sentences import said

_WHOLE_PAGE = 12  # short lines that nobody knows; a page of the publication's own has fewer
_LEAST_PROSE = 250  # characters of a run
_SHORT_COSTS = 70  # characters of prose that a short line within a run has to be outweighed by
_PARAGRAPH_COSTS = 45  # teasers are short paragraphs between short lines
_GAP = 7  # lines behind which a story may go on
_GOES_ON = 110  # characters of the paragraph that it goes on with
_MOST = 500  # characters of one paragraph that count
_TOLD = 500  # characters of prose before a heading "Comments" that ends the page
_CREDIT_AT_END = re.compile(
    r"\((?:image|photo|picture|foto|bild|imagen|imagem|credit|crédito)s?\b[^()]{0,80}\)?\.?$"
    r"|(?:©|\b(?:photo(?:graph)?|image|credit|foto|bild)s?(?:\.\.\.| ?:| by\b| credit))"
    r" ?[^.]{2,80}$"
    r"|\bgetty images\b.{0,20}$|\(ap photo/[^()]{2,60}\)$|/(?:getty|reuters|afp|dpa|epa)\W*$",
    re.IGNORECASE,
)
_LONGEST_CAPTION = 400
_LIST = 2  # lines at least
_SLIDES = 3  # times that a caption stands there, at least

ABOVE = said("above the story, as menus are")
BELOW = said("below the story, as teasers and menus are")
BETWEEN = said("between the headline and the text")
WITHIN = said("a short line within the text, as teasers and buttons are")
AGAIN = said("it stands above already")
A_CAPTION = "a picture's caption"
A_DATE = "a date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where on a page its story is, by positions."""

    headline: int
    start: int  # of the prose
    end: int  # behind it
    others: tuple[int, ...] = ()  # further lines that may be the headline


def is_whole_page(blocks: Sequence[str], away: Mapping[int, str]) -> bool:
    """Say whether a text is a whole page of any site, not one of the publication's own shape."""
    if any(map(_is_own, blocks)) or is_contents_heading(blocks[0]):
        return False
    short = sum(
        at not in away and not is_sentence(one) and not is_about(one)
        for at, one in enumerate(blocks)
    )
    return short >= _WHOLE_PAGE


def _is_own(block: str) -> bool:
    feature = read_feature(block)
    kinds = {FeatureKind.FACT, FeatureKind.QUOTE, FeatureKind.WORD}
    return is_divider(block) or (feature is not None and feature.kind in kinds)


def find(blocks: Sequence[str], away: Mapping[int, str], site: Site) -> Found | None:
    """Find the story of a whole page; None where there is no run of prose with a line above."""
    end = _page_end(blocks)
    worth = [
        _left_out(away[at]) if at in away else _worth(block, site.meaning(block))
        for at, block in enumerate(blocks[:end])
    ]
    run = _best_run(worth, least=_LEAST_PROSE) or _best_run(worth, least=0)
    if run is None:
        return None
    start, stop = run[0], _extended(blocks[:end], away, run[1])
    while start and worth[start - 1] > 0 and not is_open(blocks[start - 1]):
        start -= 1
    likely = ranked(blocks, away, site, (start, stop))
    if not likely:
        return None
    chosen = topmost(likely)
    return Found(
        headline=chosen.at,
        start=max(start, chosen.at + 1),
        end=stop,
        others=tuple(rivals(blocks, likely, chosen)),
    )


def _page_end(blocks: Sequence[str]) -> int:
    """Return where the comments begin, if enough was told before."""
    told = 0
    for at, block in enumerate(blocks):
        if is_comments_heading(block) and told >= _TOLD:
            return at
        told += len(block) if is_paragraph(block) else 0
    return len(blocks)


def _worth(block: str, meaning: Meaning | None) -> int:
    """Return what a line adds to a run of prose, in characters; short lines take away."""
    if meaning is Meaning.KEEP:
        return _MOST
    if meaning is not None or is_about(block) or is_notice(block) or is_caption(block):
        return 0
    if is_paragraph(block):
        weight = 2 if DENSE.search(block) else 1
        return min(len(block) * weight, _MOST) - _PARAGRAPH_COSTS
    return 0 if is_sentence(block) else -_SHORT_COSTS


def _left_out(reason: str) -> int:
    """Return what a line of the site adds: nothing, but a heading of other posts ends much."""
    return -2 * _SHORT_COSTS if reason == OTHER_POSTS else 0


def _extended(blocks: Sequence[str], away: Mapping[int, str], stop: int) -> int:
    """Return where a run ends whose story goes on behind a list of a few short lines."""
    for at in range(stop, min(stop + _GAP, len(blocks))):
        if at in away or is_notice(blocks[at]):
            return stop
        if is_paragraph(blocks[at]):
            is_long = len(blocks[at]) >= _GOES_ON and not is_open(blocks[at])
            return _extended(blocks, away, at + 1) if is_long else stop
    return stop


def _best_run(worth: Sequence[int], *, least: int) -> tuple[int, int] | None:
    """Return the stretch that is worth most, or None where none is worth enough."""
    best, found = least, None
    total = start = 0
    for at, one in enumerate(worth):
        if total <= 0:
            total, start = 0, at
        total += one
        if total > best and one > 0:
            best, found = total, (start, at + 1)
    return found


def is_subheading(blocks: Sequence[str], at: int, end: int) -> bool:
    """Say whether a short line heads the paragraph that follows it at once."""
    block = blocks[at]
    below = blocks[at + 1] if at + 1 < end else ""
    return (
        len(block) <= SHORT
        and any(map(str.isalpha, block))
        and not is_closed(block.rstrip("?!？！"))
        and is_paragraph(below)
    )


def repeated(blocks: Sequence[str], found: Found) -> Mapping[int, str]:
    """Map what stands in the story again to the reason: slides of pictures repeat captions."""
    places: dict[str, list[int]] = {}
    for at in range(found.start, found.end):
        places.setdefault(fold(blocks[at]), []).append(at)
    headline = fold(blocks[found.headline])
    again = {at: AGAIN for same in places.values() for at in same[1:]}
    slides = {at: A_CAPTION for same in places.values() if len(same) >= _SLIDES for at in same}
    return again | slides | dict.fromkeys(places.get(headline, ()), AGAIN)


def lists(blocks: Sequence[str], away: Mapping[int, str], found: Found) -> frozenset[int]:
    """Return the positions of lines that are a list without signs: browsers copy none.

    They follow each other between two paragraphs, and stand nowhere else on the page.
    """
    counted = Counter(map(fold, blocks))
    items: set[int] = set()
    row: list[int] = []
    for at in range(found.start, found.end):
        if at not in away and _may_be_item(blocks[at], counted):
            row.append(at)
            continue
        if len(row) >= _LIST and at not in away and is_paragraph(blocks[at]):
            items |= set(row)
        row = []
    return frozenset(items)


def _may_be_item(block: str, counted: Counter[str]) -> bool:
    is_short = len(block) <= SHORT and not is_sentence(block) and " " in block
    return is_short and counted[fold(block)] == 1 and not (is_about(block) or is_notice(block))


def is_caption(block: str) -> bool:
    """Say whether a line ends in the credit of a picture, as its caption does."""
    return len(block) <= _LONGEST_CAPTION and _CREDIT_AT_END.search(block) is not None


def listed(blocks: Sequence[str]) -> frozenset[int]:
    """Return the positions of the lines that lists are made of."""
    return items([Line(at, block) for at, block in enumerate(blocks)])


def is_standfirst(block: str) -> bool:
    """Say whether a line between headline and text leads into it."""
    return (is_sentence(block) or is_guarded(block)) and not is_about(block)
