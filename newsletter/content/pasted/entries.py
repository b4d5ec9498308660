"""Tell the lines of a page apart: what is a feature, a credit, an entry of the contents, prose.

Every line becomes part of exactly one entry, in page order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from newsletter.content.pasted.labels import Feature, image_credit, is_bare_label, read_feature
from newsletter.content.pasted.preamble import contents_length, is_contents_heading, is_divider


class EntryKind(Enum):
    """What some lines of a page are."""

    FEATURE = auto()  # a labelled line, with the next one where its text stands there
    CONTENTS = auto()  # the heading of the contents, and what it lists
    CREDIT = auto()  # a line that credits the picture
    DIVIDER = auto()  # the line that leads over to the news
    BARE_LABEL = auto()  # outside the contents nothing is known to belong to it
    PROSE = auto()  # any other line: a headline or a paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Lines that belong together; only a feature has more than its lines."""

    kind: EntryKind
    blocks: tuple[str, ...]
    feature: Feature | None = None
    start: int = 0  # where its first line stands among those that were told apart


def entries(blocks: Sequence[str]) -> Iterator[Entry]:
    """Yield the entries of a page; their blocks, put together, are the page's."""
    position = 0
    while position < len(blocks):
        entry = replace(_entry_at(blocks, position), start=position)
        yield entry
        position += len(entry.blocks)


def _entry_at(blocks: Sequence[str], position: int) -> Entry:
    block = blocks[position]
    kind = _kind(block)
    if kind is EntryKind.CONTENTS:
        end = position + 1 + contents_length(blocks, position)
        return Entry(kind=kind, blocks=tuple(blocks[position:end]))
    feature = read_feature(block)
    if feature is not None:
        return _with_text(feature, blocks[position : position + 2])
    return Entry(kind=kind, blocks=(block,))


def _with_text(feature: Feature, blocks: Sequence[str]) -> Entry:
    """Let the next line be the text of a label with nothing behind it, if that line is free."""
    if feature.text or len(blocks) < 2 or _kind(blocks[1]) is not EntryKind.PROSE:
        return Entry(kind=EntryKind.FEATURE, blocks=(blocks[0],), feature=feature)
    feature = replace(feature, text=blocks[1])
    return Entry(kind=EntryKind.FEATURE, blocks=tuple(blocks), feature=feature)


def _kind(block: str) -> EntryKind:
    if read_feature(block) is not None:
        return EntryKind.FEATURE
    if is_contents_heading(block):
        return EntryKind.CONTENTS
    if image_credit(block) is not None:
        return EntryKind.CREDIT
    if is_divider(block):
        return EntryKind.DIVIDER
    return EntryKind.BARE_LABEL if is_bare_label(block) else EntryKind.PROSE
