"""Read pasted page text, whatever page it is: one of the publication's own, or any whole page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from newsletter.content.pasted import prose
from newsletter.content.pasted.boilerplate import furniture as furniture_of
from newsletter.content.pasted.bylines import is_name, read_byline
from newsletter.content.pasted.dates import is_dateline, is_reading_time
from newsletter.content.pasted.labels import image_credit
from newsletter.content.pasted.learned import NOTHING_LEARNED, Meaning, Site
from newsletter.content.pasted.marked import Mark, Marked, parse_marked
from newsletter.content.pasted.model import PERHAPS, Page, Tracing
from newsletter.content.pasted.normalise import blocks_of
from newsletter.content.pasted.parse import parse_lines

_SIGNED_WITHIN = 4  # lines of a text in which a subtitle may stand above the byline


def parse_page(
    data: bytes | str, *, furniture: Sequence[str] = (), site: Site = NOTHING_LEARNED
) -> Page:
    """Read a page as it was copied from a site, navigation and all.

    `site` is what is known of it. `furniture` are further lines to leave out; one that ends in
    "..." stands for every line with that beginning. Raises `InputError` for what is no text at
    all; anything else gives a page, with what is missing in `missing` and what has no place in
    `unknown`. A whole page of any site is one story; its headline may be in doubt.
    """
    blocks = blocks_of(data)
    away = furniture_of(blocks, extra=furniture, site=site, has_comments=False)
    found = prose.find(blocks, away, site) if prose.is_whole_page(blocks, away) else None
    if found is None:
        return parse_lines(blocks, furniture=furniture, site=site)
    marked = list(_marked(blocks, away, found, site))
    page = parse_marked(marked, furniture=furniture, site=site)
    doubt = (found.headline, *found.others) if found.others else ()
    return replace(page, doubtful=tuple(at + 1 for at in doubt))


def trace(
    data: bytes | str, *, furniture: Sequence[str] = (), site: Site = NOTHING_LEARNED
) -> Tracing:
    """Read a page as `parse_page` does, and say of each line where it went, in page order."""
    page = parse_page(data, furniture=furniture, site=site)
    return Tracing(page=page, lines=page.lines)


def _marked(
    blocks: Sequence[str], away: Mapping[int, str], found: prose.Found, site: Site
) -> Iterator[Marked]:
    listed = prose.listed(blocks) | prose.lists(blocks, away, found)
    again = prose.repeated(blocks, found)
    for at, block in enumerate(blocks):
        meaning = site.meaning(block)
        if at == found.headline:
            yield Marked(text=block, mark=Mark.HEADLINE)
        elif meaning is Meaning.KEEP:
            yield Marked(text=block, mark=Mark.TEXT)
        elif at in away or at in again:
            yield Marked(text=block, mark=Mark.OUT, reason=away.get(at) or again[at])
        else:
            yield _told(blocks, at, found, is_listed=at in listed)


def _told(blocks: Sequence[str], at: int, found: prose.Found, *, is_listed: bool) -> Marked:
    block = blocks[at]
    if at < found.start:
        return _before(blocks, at, found)
    if at >= found.end:
        return Marked(text=block, mark=Mark.OUT, reason=prose.BELOW)
    if is_listed:
        return Marked(text=block, mark=Mark.LIST)
    if prose.is_caption(block) and image_credit(block) is None:
        return Marked(text=block, mark=Mark.OUT, reason=prose.A_CAPTION)
    if prose.is_standfirst(block):
        return Marked(text=block, mark=Mark.TEXT)
    if is_dateline(block) or is_reading_time(block):
        return Marked(text=block, mark=Mark.OUT, reason=prose.A_DATE)
    if at < found.start + _SIGNED_WITHIN and read_byline(block) is not None:
        return Marked(text=block, mark=Mark.TEXT)
    if prose.is_subheading(blocks, at, found.end):
        return Marked(text=block, mark=Mark.SUBHEADING)
    return Marked(text=block, mark=Mark.OUT, reason=prose.WITHIN)


def _before(blocks: Sequence[str], at: int, found: prose.Found) -> Marked:
    block = blocks[at]
    if at in found.others:
        return Marked(text=block, mark=Mark.OUT, reason=PERHAPS)
    if is_dateline(block) or is_reading_time(block):
        return Marked(text=block, mark=Mark.OUT, reason=prose.A_DATE)
    if at < found.headline:
        return Marked(text=block, mark=Mark.OUT, reason=prose.ABOVE)
    if read_byline(block) is not None:
        return Marked(text=block, mark=Mark.TEXT)
    below = blocks[at + 1] if at + 1 < len(blocks) else ""
    if is_name(block) and " " in block and is_dateline(below):
        return Marked(text=block, mark=Mark.BYLINE)
    if prose.is_caption(block) and image_credit(block) is None:
        return Marked(text=block, mark=Mark.OUT, reason=prose.A_CAPTION)
    if prose.is_standfirst(block):
        return Marked(text=block, mark=Mark.TEXT)
    return Marked(text=block, mark=Mark.OUT, reason=prose.BETWEEN)
