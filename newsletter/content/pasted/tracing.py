"""Say of every line of a pasted page what it was read as, or that it was left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from newsletter.content.pasted.entries import Entry, EntryKind, entries
from newsletter.content.pasted.labels import FeatureKind
from newsletter.content.pasted.model import Page
from newsletter.content.pasted.normalise import blocks_of
from newsletter.content.pasted.parse import parse_page


class Role(StrEnum):
    """What a line of a page was read as."""

    DATE = "date"
    INTRO = "intro"
    CONTENTS = "contents"
    DIVIDER = "divider"
    HEADLINE = "headline"
    STORY = "story"
    FACT = "fact"
    QUOTE = "quote"
    WORD = "word"
    SENTENCE = "sentence"
    OTHER = "other"
    CREDIT = "credit"
    UNPLACED = "unplaced"  # kept, for the editor to look at
    LEFT_OUT = "left out"  # the site's own furniture


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One line of a page."""

    text: str
    role: Role
    story: int = 0  # of which story, counted from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """A page with all its lines; the kept ones, in order, are the page's blocks."""

    page: Page
    lines: tuple[Traced, ...]


_OF_FEATURES: Mapping[FeatureKind, Role] = {
    FeatureKind.FACT: Role.FACT,
    FeatureKind.QUOTE: Role.QUOTE,
    FeatureKind.WORD: Role.WORD,
    FeatureKind.SENTENCE: Role.SENTENCE,
    FeatureKind.OTHER: Role.OTHER,
}
_OF_KINDS: Mapping[EntryKind, Role] = {
    EntryKind.CONTENTS: Role.CONTENTS,
    EntryKind.CREDIT: Role.CREDIT,
    EntryKind.DIVIDER: Role.DIVIDER,
}


def trace(data: bytes | str, *, furniture: Sequence[str] = ()) -> Tracing:
    """Read a page as `parse_page` does, and say of each line where it went, in page order."""
    page = parse_page(data, furniture=furniture)
    kept = deque(_kept(page))
    lines = [
        kept.popleft() if kept and kept[0].text == text else Traced(text=text, role=Role.LEFT_OUT)
        for text in blocks_of(data)
    ]
    return Tracing(page=page, lines=tuple(lines))


def _kept(page: Page) -> Iterator[Traced]:
    blocks, prose = page.blocks, _prose(page)
    if page.date_label is not None:
        yield Traced(text=blocks[0], role=Role.DATE)
        blocks = blocks[1:]
    for entry in entries(blocks):
        for text in entry.blocks:
            yield _traced(text, entry, page, prose)


def _traced(text: str, entry: Entry, page: Page, prose: Mapping[str, Traced]) -> Traced:
    nowhere = Traced(text=text, role=Role.UNPLACED)
    if text in page.unknown:
        return nowhere
    if entry.feature is not None:
        return Traced(text=text, role=_OF_FEATURES[entry.feature.kind])
    if entry.kind in _OF_KINDS:
        return Traced(text=text, role=_OF_KINDS[entry.kind])
    return prose.get(text, nowhere)


def _prose(page: Page) -> dict[str, Traced]:
    """Name the lines of the stories and the introduction by their text."""
    found = {text: Traced(text=text, role=Role.INTRO) for text in page.intro}
    for number, story in enumerate(page.stories, start=1):
        for text in story.paragraphs:
            found[text] = Traced(text=text, role=Role.STORY, story=number)
        found[story.headline] = Traced(text=story.headline, role=Role.HEADLINE, story=number)
    if page.headline is not None:
        found[page.headline] = Traced(text=page.headline, role=Role.HEADLINE, story=1)
    return found
