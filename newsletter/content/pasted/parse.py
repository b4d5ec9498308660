"""Read pasted page text into a `Page`: the order in which the rules of content.md 4.5 apply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newsletter.content.pasted.boilerplate import without_furniture
from newsletter.content.pasted.entries import Entry, EntryKind, entries
from newsletter.content.pasted.features import read_features
from newsletter.content.pasted.labels import image_credit
from newsletter.content.pasted.model import Page
from newsletter.content.pasted.normalise import blocks_of
from newsletter.content.pasted.preamble import headlines_of, is_date
from newsletter.content.pasted.stories import is_lead_headline, read_stories


def parse_page(data: bytes | str, *, furniture: Sequence[str] = ()) -> Page:
    """Read a page as it was copied from the site, or saved from there.

    `furniture` are further lines to leave out; one that ends in "..." stands for every line with
    that beginning. Raises `InputError` for what is no text at all; anything else gives a page,
    with what is missing in `missing` and what has no place in `unknown`.
    """
    blocks = without_furniture(blocks_of(data), extra=furniture)
    dated = bool(blocks) and is_date(blocks[0])
    found = tuple(entries(blocks[1:] if dated else blocks))
    contents = headlines_of(_lines(found, EntryKind.CONTENTS))
    credit_lines = _lines(found, EntryKind.CREDIT)
    credit = image_credit(credit_lines[0]) if credit_lines else None
    headline, intro, below = _opening(found, dated=dated)
    features, unread = read_features(found)
    news = read_stories(below, headline=headline, announced=contents, image_credit=credit)
    odd = (
        *unread,
        *news.empty,
        *credit_lines[1:],
        *_lines(found, EntryKind.DIVIDER)[1:],
        *_lines(found, EntryKind.BARE_LABEL),
    )
    return Page(
        blocks=blocks,
        date_label=blocks[0] if dated else None,
        headline=news.headline,
        intro=intro,
        contents=contents,
        stories=news.stories,
        features=features,
        image_credit=credit,
        unknown=_in_page_order(odd, blocks),
    )


def _opening(
    found: Sequence[Entry], *, dated: bool
) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """Return the lead headline, the intro, and the lines of the stories.

    With a divider, what stands before it is the intro, except for the headline if it is there.
    """
    dividers = [at for at, entry in enumerate(found) if entry.kind is EntryKind.DIVIDER]
    divider = dividers[0] if dividers else 0
    before = tuple(_lines(found[:divider], EntryKind.PROSE))
    after = tuple(_lines(found[divider:], EntryKind.PROSE))
    if before and is_lead_headline(before[0], dated=dated):
        return before[0], before[1:], after
    if after and is_lead_headline(after[0], dated=dated):
        return after[0], before, after[1:]
    return None, before, after


def _lines(found: Iterable[Entry], kind: EntryKind) -> list[str]:
    return [block for entry in found if entry.kind is kind for block in entry.blocks]


def _in_page_order(odd: Iterable[str], blocks: Sequence[str]) -> tuple[str, ...]:
    first = {block: at for at, block in reversed(list(enumerate(blocks)))}
    return tuple(sorted(odd, key=lambda block: first[block]))
