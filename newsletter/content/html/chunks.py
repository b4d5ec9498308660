"""A story that a page has parted, as advertisements do: its further parts, made like the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from newsletter.content.html.blocks import Block, Kind
from newsletter.content.html.tree import Element

_HIGHEST = 3  # elements around the first part that may stand beside the others
_TAGS = frozenset({"div", "section", "td"})
_SHARE_OF_PROSE = 0.7  # of a part's letters; lists of other stories have less
_LEAST_PROSE = 2  # paragraphs; a single one may be a notice of the site
_OWN_STORY = frozenset({"article", "header", "form"})  # a part has none of its own


def further(
    blocks: Sequence[Block], holder: Element | None, *, is_prose: Callable[[Block], bool]
) -> Iterator[int]:
    """Yield the places of blocks in which the story of an element goes on.

    They stand in an element of the same tag and the same classes beside it, which is prose and
    has no headline of its own.
    """
    way = next((one.way for one in blocks if holder in one.way), ())
    end = next((at for at, one in enumerate(way) if one is holder), 0)
    for depth in range(end, max(0, end - _HIGHEST), -1):
        found = list(_beside(blocks, way, depth, is_prose=is_prose))
        if found:
            yield from found
            return


def _beside(
    blocks: Sequence[Block],
    way: Sequence[Element],
    depth: int,
    *,
    is_prose: Callable[[Block], bool],
) -> Iterator[int]:
    around, first = way[depth - 1], way[depth]
    if first.tag not in _TAGS:
        return
    parts: dict[int, list[int]] = {}
    for at, block in enumerate(blocks):
        if len(block.way) > depth and block.way[depth - 1] is around:
            parts.setdefault(id(block.way[depth]), []).append(at)
    for places in parts.values():
        element = blocks[places[0]].way[depth]
        if element is not first and _is_alike(element, first):
            part = [blocks[at] for at in places]
            if _goes_on(part, depth, is_prose=is_prose):
                yield from places


def _is_alike(one: Element, other: Element) -> bool:
    return one.tag == other.tag and _classes(one) == _classes(other)


def _classes(element: Element) -> frozenset[str]:
    return frozenset(element.attributes.get("class", "").split())


def _goes_on(part: Sequence[Block], depth: int, *, is_prose: Callable[[Block], bool]) -> bool:
    """Say whether a part is prose that begins without a headline."""
    letters = sum(len(one.plain) for one in part)
    prose = [len(one.plain) for one in part if is_prose(one)]
    is_own = any(each.tag in _OWN_STORY for one in part for each in one.way[depth + 1 :])
    begins = part[0].kind is not Kind.HEADING and not any(one.level == 1 for one in part)
    is_text = len(prose) >= _LEAST_PROSE and sum(prose) >= _SHARE_OF_PROSE * letters
    return begins and not is_own and is_text
