"""The blocks of an article become its story; those of a digest its stories and features. Pure.

An article is one story. Several come only from a digest: a text with lines such as "Fact of the
Day: …", whose headings then head stories of their own. Blocks are told apart by their places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from newsletter.content.html import Block, Kind
from newsletter.content.html.inline import Line
from newsletter.content.html.markdown import markdown
from newsletter.content.pasted.entries import Entry, EntryKind, entries
from newsletter.content.pasted.features import read_features
from newsletter.content.pasted.folding import fold_open
from newsletter.content.pasted.labels import image_credit, is_bare_label, read_feature
from newsletter.content.pasted.model import Features
from newsletter.core.model import LeftOut, Story
from newsletter.core.sentences import said

_REASONS = {
    EntryKind.CREDIT: said("the credit of the picture"),
    EntryKind.DIVIDER: said("leads over to the news"),
    EntryKind.CONTENTS: said("the list of contents"),
    EntryKind.BARE_LABEL: said("a label without a text"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the blocks of a page or an item are."""

    stories: tuple[Story, ...]  # headline and text only; none where there is no text
    features: Features = field(default_factory=Features)
    image_credit: str | None = None
    left_out: tuple[LeftOut, ...] = ()


def read_parts(headline: str, found: Sequence[Block], *, base: str) -> Parts:
    """Read blocks under their headline; links become absolute by `base`."""
    rows = rows_of(found)
    if rows and fold_open(rows[0].plain) == fold_open(headline):
        rows = rows[1:]
    parted = list(entries([as_pasted_line(row) for row in rows]))
    is_digest = any(entry.feature is not None for entry in parted)
    prose: list[Block] = []
    left_out: list[LeftOut] = []
    credit: str | None = None
    labelled: list[tuple[Entry, list[Block]]] = []
    for entry, blocks in _placed(parted, rows):
        if entry.feature is not None:
            labelled.append((entry, blocks))
        elif entry.kind is EntryKind.CREDIT or (is_digest and entry.kind in _REASONS):
            credit = credit or image_credit(entry.blocks[0])
            left_out += [LeftOut(block.plain, _REASONS[entry.kind]) for block in blocks]
        else:
            prose += blocks
    features, unread = read_features([entry for entry, _ in labelled])
    left_out += [
        LeftOut(text, said("a feature that cannot be read, or one too many")) for text in unread
    ]
    drafts = _drafts(headline, prose, is_digest=is_digest)
    left_out += [
        LeftOut(title, said("a heading without a text")) for title, below in drafts if not below
    ]
    return Parts(
        stories=tuple(_story(title, below, base) for title, below in drafts if below),
        features=features,
        image_credit=credit,
        left_out=tuple(left_out),
    )


def rows_of(found: Sequence[Block]) -> list[Block]:
    """Part paragraphs whose lines are labels of features or credits; others stay whole."""
    rows: list[Block] = []
    for block in found:
        lines = [line.plain for line in block.lines]
        is_parted = block.kind in {Kind.PARAGRAPH, Kind.LIST} and len(lines) > 1
        if is_parted and any(read_feature(line) or image_credit(line) for line in lines):
            rows += [_paragraph(block, line) for line in block.lines]
        else:
            rows.append(block)
    return rows


def _paragraph(block: Block, line: Line) -> Block:
    return replace(block, kind=Kind.PARAGRAPH, lines=(line,), items=(), numbers=())


def as_pasted_line(block: Block) -> str:
    """Return a block's words as pasted text has them; a heading may label what follows."""
    words = " ".join(block.plain.split())
    return f"{words}:" if block.kind is Kind.HEADING and is_bare_label(words) else words


def _placed(parted: Sequence[Entry], rows: Sequence[Block]) -> list[tuple[Entry, list[Block]]]:
    """Give each entry the blocks it was read from: they follow each other without a gap."""
    out: list[tuple[Entry, list[Block]]] = []
    at = 0
    for entry in parted:
        out.append((entry, list(rows[at : at + len(entry.blocks)])))
        at += len(entry.blocks)
    return out


def _drafts(
    headline: str, prose: Sequence[Block], *, is_digest: bool
) -> list[tuple[str, list[Block]]]:
    """Part a digest at its headings; an article keeps its own as subheadings."""
    drafts: list[tuple[str, list[Block]]] = [(headline, [])]
    for block in prose:
        if is_digest and block.kind is Kind.HEADING:
            drafts.append((block.plain, []))
        else:
            drafts[-1][1].append(block)
    return drafts


def _story(headline: str, below: Sequence[Block], base: str) -> Story:
    return Story(headline=headline, paragraphs=markdown(below, base=base), markup="markdown")
