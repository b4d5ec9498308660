"""A page as a browser copies it, markup and all: cleaned, then read as a page of the web is. Pure.

Whoever wrote the page wrote this markup, so it is bounded before it is parsed, and what is kept of
it has no scripts, no styles, no pictures within addresses, and nothing that anybody would load.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import nh3

from newsletter.content import budget, parts
from newsletter.content.html import Block, Kind, story
from newsletter.content.html.markdown import markdown
from newsletter.content.pasted.bylines import read_byline
from newsletter.content.pasted.labels import image_credit
from newsletter.content.pasted.marked import Mark, Marked
from newsletter.content.pasted.normalise import blocks_of
from newsletter.content.web import story_pictures
from newsletter.content.web.page import LIMITS, THE_HEADLINE, Told, told_blocks
from newsletter.core.errors import InputError, SourceError
from newsletter.core.sentences import said

_NAMES = (
    "a abbr address article aside b bdi bdo blockquote br caption cite code col "
    "colgroup dd del details dfn dialog div dl dt em figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark menu nav ol p pre q s "
    "samp search section small span strong sub summary sup table tbody td tfoot th "
    "thead time tr u ul"
)
_TAGS = frozenset(_NAMES.split())
_SILENT_NAMES = (
    "script style template noscript title svg math iframe object audio video canvas "
    "select textarea button"
)
_SILENT = frozenset(_SILENT_NAMES.split())
_EVERYWHERE = frozenset({"class", "id", "role", "lang", "dir", "hidden", "itemprop", "style"})
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": frozenset({"href", "rel"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "ol": frozenset({"start"}),
    "li": frozenset({"value"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
    "time": frozenset({"datetime"}),
    "dialog": frozenset({"open"}),
}
_HIDDEN = "hidden on the page"
_CAPTION = "the caption of a picture"
_BYLINE = "the byline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The lines of a page with what its markup tells of them."""

    lines: tuple[Marked, ...]
    pictures: int  # that could stand with its story; none is fetched

    def is_of(self, data: bytes | str) -> bool:
        """Say whether a text has these lines and no others."""
        try:
            return blocks_of(data) == tuple(one.text for one in self.lines)
        except InputError:
            return False

    @property
    def text(self) -> str:
        """Return the lines as the text of a page."""
        return "\n\n".join(one.text for one in self.lines) + "\n"


def cleaned(html: str) -> str:
    """Return the markup that tells lines apart. Raises `SourceError` for what is too much."""
    budget.refuse(html, name=said("The page that was pasted"), limits=LIMITS)
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_SILENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        filter_style_properties={"display", "visibility"},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


@lru_cache(maxsize=4)  # the desk reads the page again with each word that is said of it
def read_copied(html: str) -> Copied | None:
    """Read markup that `cleaned` gave; None where no text of a story is found in it."""
    try:
        told = told_blocks(html, url="", name=said("The page that was pasted"))
    except SourceError:
        return None
    lines = tuple(_lines(told))
    if not told.kept or not lines:
        return None
    found = story_pictures.in_tree(told.page, base="")
    return Copied(lines=lines, pictures=sum(not one.refusal for one in found))


def _lines(told: Told) -> Iterator[Marked]:
    highest = min((block.level for block in told.kept if block.level), default=0)
    begins = next((at for at, (_, why) in enumerate(told.blocks) if not why), 0)
    for at, (block, why) in enumerate(told.blocks):
        if why == THE_HEADLINE:
            yield from _line(block.plain, Mark.HEADLINE)
        elif why and why != _HIDDEN:
            is_open = not told.title and at < begins and why == story.BESIDE
            yield from _out(block, why, told, is_open=is_open)
        elif not why:
            for row in parts.rows_of([block]):
                yield from _kept(row, highest)


def _out(block: Block, why: str, told: Told, *, is_open: bool) -> Iterator[Marked]:
    """Yield the lines of a block that is not the story's, unless their words tell more of them."""
    for line in block.lines:
        if is_open or _tells(line.plain, why, told):
            yield from _line(line.plain, Mark.BYLINE if line.plain in _authors(told) else Mark.TEXT)
        else:
            yield from _line(line.plain, Mark.OUT, reason=why)


def _tells(words: str, why: str, told: Told) -> bool:
    if why == _CAPTION:
        return image_credit(words) is not None
    return why == _BYLINE and (words in _authors(told) or read_byline(words) is not None)


def _authors(told: Told) -> Sequence[str]:
    return told.about.authors


def _kept(block: Block, highest: int) -> Iterator[Marked]:
    written = markdown([block])
    if block.kind is Kind.HEADING:
        text = written[0].lstrip("#").lstrip()
        depth = "##" if block.level == highest else "###"
        words = parts.as_pasted_line(block)
        yield from _line(words, Mark.SUBHEADING, written=f"{depth} {text}")
    elif block.kind is Kind.LIST:
        for row, (line, item) in enumerate(zip(block.lines, block.items, strict=True)):
            one = Block(
                kind=Kind.LIST, lines=(line,), items=(item,), numbers=block.numbers[row : row + 1]
            )
            yield from _line(line.plain, Mark.LIST, written=markdown([one])[0])
    else:
        yield from _line(block.plain, Mark.TEXT, written=written[0])


def _line(words: str, mark: Mark, *, reason: str = "", written: str = "") -> Iterator[Marked]:
    try:
        text = " ".join(blocks_of(words))
    except InputError:
        return
    yield Marked(text=text, mark=mark, reason=reason, written=written)
