"""Which blocks of a page are its story, and why each of the others is not. Pure.

Where the text of a story stands is told by a library that is made for it; it is asked which blocks
it would take, as votes. What is between the votes stays, whatever it looks like, unless its place
says that it belongs to the page around: so no sentence is cut and no list is lost.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from newsletter.content.html import chunks, rules
from newsletter.content.html.blocks import Block, Kind
from newsletter.content.html.tree import Element
from newsletter.core.sentences import said

BESIDE = "beside the story"
_ENOUGH = 0.85  # of what was voted for stands in the element that holds the story
_SHARE_OF_STORY = 0.3  # an element with more of the votes is no margin, whatever it is called
_PROSE = 40  # characters; a shorter block may be anything
_LINKED = 0.5
_SHORT = 24
_LONGEST_TITLE = 160  # characters; a longer heading is a paragraph in large letters
_TAGS = {
    "nav": "navigation",
    "footer": "the page's footer",
    "header": "the page's header",
    "aside": "beside the story",
    "form": "a form",
}
_ROLES = {
    "navigation": "navigation",
    "banner": "the page's header",
    "contentinfo": "the page's footer",
    "complementary": "beside the story",
    "search": "a form",
    "dialog": "a window over the page",
    "alert": "a window over the page",
}
_NAMES: Mapping[str, str] = {
    name: reason
    for reason, names in {
        "links for sharing": "share sharing sharedaddy sharebar addtoany social socials"
        " socialmedia",
        "other stories": "related recommended recommendations trending popular outbrain taboola"
        " mostread promo teaser teasers readmore readnext",
        "comments": "comment comments commentlist disqus respond replies",
        "an advertisement": "ad ads advert adverts advertisement advertising sponsored dfp",
        "a form": "newsletter subscribe signup subscription mailinglist paywall optin",
        "a window over the page": "cookie cookies consent gdpr onetrust modal popup overlay",
        "navigation": "breadcrumb breadcrumbs menu navbar navigation nav pagination pager toc",
        "beside the story": "sidebar rail widget widgets",
        "about the author": "byline author authors bio contributor contributors",
        "about the page": "tags taglist postmeta entrymeta metadata dateline timestamp toolbar",
        "the page's footer": "footer copyright colophon",
        "the caption of a picture": "caption credit credits",
    }.items()
    for name in names.split()
}
_PARTS_OF_NAMES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def reasons(blocks: Sequence[Block], voted: str, *, base: str) -> tuple[str, ...]:
    """Say of each block of a page why it is no part of the story; nothing where it is one.

    `voted` is the text that a library takes for the story. All blocks have a reason where there
    is no story on the page.
    """
    votes = _votes(blocks, voted) or _prose(blocks)
    if not votes:
        return tuple(block.reason or BESIDE for block in blocks)
    weights = _weights(blocks, votes)
    whole = sum(len(blocks[at].plain) for at in votes)
    holder = _holder(weights, blocks[votes[0]].way, whole)
    inside = _inside(blocks, votes, holder) | set(chunks.further(blocks, holder, is_prose=is_prose))
    voted_for = frozenset(votes)
    told: list[str] = []
    known: dict[int, str] = {}
    for at, block in enumerate(blocks):
        reason = block.reason or _by_place(block, weights, whole, known)
        reason = reason or rules.by_words(block, base=base)
        if not reason and at not in inside:
            reason = BESIDE
        if not reason and at not in voted_for and block.linked > _LINKED:
            reason = said("a list of links")
        told.append(reason)
    return tuple(_without_empty_headings(blocks, told))


def _without_empty_headings(blocks: Sequence[Block], told: Sequence[str]) -> list[str]:
    """Leave out headings that nothing stands below, as above lists of other stories."""
    out = list(told)
    below = 1  # the level of what comes next; of what ends the story as of a headline
    for at in reversed(range(len(blocks))):
        block = blocks[at]
        if out[at]:
            continue
        is_title = block.level and len(block.plain) <= _LONGEST_TITLE
        if is_title and below and below <= block.level:
            out[at] = "a heading without a text"
        else:
            below = block.level
    return out


def _votes(blocks: Sequence[Block], voted: str) -> tuple[int, ...]:
    """Return the places of the blocks that the library has as well."""
    text = _folded(voted)
    lines = {_folded(line.lstrip("- #")) for line in voted.splitlines()}
    return tuple(
        at
        for at, block in enumerate(blocks)
        if _is_voted(_folded(block.plain), text, lines) and not _is_aside(block)
    )


def _is_voted(words: str, text: str, lines: Collection[str]) -> bool:
    return words in lines or (len(words) >= _SHORT and words in text)


def _is_aside(block: Block) -> bool:
    return any(one.tag in {"nav", "footer", "form"} or one.is_hidden for one in block.way)


def _folded(text: str) -> str:
    """Take the white space out, which is all that the library changes."""
    return "".join(text.split())


def _prose(blocks: Sequence[Block]) -> tuple[int, ...]:
    """Return the places of what looks like prose, where the library found nothing."""
    return tuple(at for at, block in enumerate(blocks) if is_prose(block) and not _is_aside(block))


def is_prose(block: Block) -> bool:
    """Say whether a block looks like a paragraph of a text."""
    is_text = block.kind in {Kind.PARAGRAPH, Kind.QUOTE} and len(block.plain) >= _PROSE
    return is_text and block.linked < _LINKED


def _weights(blocks: Sequence[Block], votes: Iterable[int]) -> Counter[int]:
    """Count how much of what was voted for stands in each element."""
    weights: Counter[int] = Counter()
    for at in votes:
        for element in blocks[at].way:
            weights[id(element)] += len(blocks[at].plain)
    return weights


def _holder(weights: Mapping[int, int], way: Sequence[Element], whole: int) -> Element | None:
    """Return the innermost element that holds nearly all of what was voted for."""
    held = [element for element in way if weights.get(id(element), 0) >= _ENOUGH * whole]
    return held[-1] if held else None


def _inside(blocks: Sequence[Block], votes: Sequence[int], holder: Element | None) -> set[int]:
    """Return the places from the first vote in the holder to the last, and what goes on there."""
    within = [
        at
        for at, block in enumerate(blocks)
        if holder is None or any(one is holder for one in block.way)
    ]
    held = frozenset(within)
    own = [at for at in votes if at in held]
    beds = {id(blocks[at].way[-1]) for at in own if blocks[at].way} | {
        id(blocks[at].way[-2]) for at in own if len(blocks[at].way) > 1
    }
    first, last = own[0], own[-1]
    inside = {at for at in within if first <= at <= last}
    inside |= set(_going_on(blocks, [at for at in within if at > last], beds))
    inside |= set(_going_on(blocks, [at for at in reversed(within) if at < first], beds))
    return inside | set(votes)


def _going_on(
    blocks: Sequence[Block], places: Sequence[int], beds: Collection[int]
) -> Iterator[int]:
    """Yield what lies beside the votes in the same element, up to the first that does not."""
    for at in places:
        block = blocks[at]
        if not any(id(one) in beds for one in block.way[-2:]) or block.linked > _LINKED:
            return
        if block.kind is Kind.HEADING and block.level == 1:
            continue
        yield at


def _by_place(block: Block, weights: Mapping[int, int], whole: int, known: dict[int, str]) -> str:
    for depth, element in enumerate(block.way):
        key = id(element)
        if key not in known:
            in_story = weights.get(key, 0) > _SHARE_OF_STORY * whole
            known[key] = "" if in_story else _reason_of(element, block.way[:depth])
        if known[key]:
            return known[key]
    return ""


def _reason_of(element: Element, around: Sequence[Element]) -> str:
    if element.is_hidden:
        return "hidden on the page"
    if element.tag == "figcaption":
        return "the caption of a picture"
    if element.tag == "header" and any(one.tag in {"article", "main"} for one in around):
        return ""
    if element.tag in _TAGS:
        return _TAGS[element.tag]
    role = element.attributes.get("role", "").lower()
    return _ROLES.get(role) or _by_name(element)


def _by_name(element: Element) -> str:
    if element.tag in {"html", "body", "main", "article", "p"}:
        return ""
    for name in element.attributes.get("class", "").split():
        parts = [one.lower() for one in _PARTS_OF_NAMES.findall(name)]
        for one in (*parts, "".join(parts)):
            if one in _NAMES:
                return _NAMES[one]
    # A heading's section has its words as its id, so here only the whole of it tells something.
    return _NAMES.get(element.attributes.get("id", "").lower(), "")
