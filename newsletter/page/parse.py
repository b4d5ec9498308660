"""Read pasted page text into a `Page`: the order in which the rules of content.md 4.5 apply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newsletter.model import Story
from newsletter.page.credit import image_credit
from newsletter.page.entries import Entry, EntryKind, entries
from newsletter.page.features import read_features
from newsletter.page.furniture import without_furniture
from newsletter.page.model import Page
from newsletter.page.normalise import blocks_of
from newsletter.page.opening import headlines_of, is_date
from newsletter.page.stories import Draft, has_headline, split_stories


def parse_page(data: bytes | str, *, furniture: Sequence[str] = ()) -> Page:
    """Read a page as it was copied from the site, or saved from there.

    `furniture` are further lines to leave out; one that ends in "..." stands for every line with
    that beginning. Raises `InputError` for what is no text at all; anything else gives a page,
    with what is missing in `missing` and what has no place in `unknown`.
    """
    blocks = without_furniture(blocks_of(data), extra=furniture)
    dated = bool(blocks) and is_date(blocks[0])
    found = tuple(entries(blocks[1:] if dated else blocks))
    contents = headlines_of(block for entry in _of(found, EntryKind.CONTENTS) for block in entry.blocks[1:])
    credits = tuple(entry.blocks[0] for entry in _of(found, EntryKind.CREDIT))
    features = read_features(found)
    headline, intro, prose = _opening(found, dated=dated)
    drafts = split_stories(prose, headline=headline, announced=contents)
    ...
