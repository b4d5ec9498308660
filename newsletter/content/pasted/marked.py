"""Read a page whose lines are known by its markup, as a browser's copy has it. Pure.

What the markup tells takes the place of what would be guessed from the look of a line: headline,
subheading, list, and what is no part of the story. Labelled lines, bylines and what was learned of
the site are read as on every other page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from newsletter.content.pasted.bylines import read_byline
from newsletter.content.pasted.learned import NOTHING_LEARNED, Meaning, Site
from newsletter.content.pasted.model import Page, Role, Traced
from newsletter.content.pasted.paragraphs import is_paragraph
from newsletter.content.pasted.parse import parse_lines
from newsletter.content.pasted.sayings import as_read


class Mark(StrEnum):
    """What the markup tells of a line."""

    HEADLINE = "headline"
    TEXT = "text"
    SUBHEADING = "subheading"
    LIST = "list"
    BYLINE = "byline"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A line of a page with what its markup tells."""

    text: str
    mark: Mark
    reason: str = ""  # why it is no part of the story
    written: str = ""  # the line as Markdown, with its links


_ROLES = {
    Mark.HEADLINE: Role.HEADLINE,
    Mark.TEXT: Role.STORY,
    Mark.SUBHEADING: Role.SUBHEADING,
    Mark.LIST: Role.LIST,
    Mark.BYLINE: Role.BYLINE,
}
_BEFORE_BYLINE = 3  # lines of text below a headline, at most, of which the byline is the last
_LABELLED = frozenset({Role.FACT, Role.QUOTE, Role.WORD, Role.SENTENCE, Role.OTHER})
_READ_BY_WORDS = _LABELLED | {
    *(Role.CREDIT, Role.BYLINE, Role.INTRO, Role.CONTENTS, Role.DIVIDER),
}


def parse_marked(
    marked: Sequence[Marked], *, furniture: Sequence[str] = (), site: Site = NOTHING_LEARNED
) -> Page:
    """Read the lines of a page, one of `marked` each; headings of a digest head its stories.

    Their texts are lines as `blocks_of` gives them.
    """
    away = {at: one.reason for at, one in enumerate(marked) if one.mark is Mark.OUT}
    blocks = [one.text for one in marked]
    page = parse_lines(blocks, furniture=furniture, site=site, known=away)
    return as_read(replace(page, lines=tuple(_lines(page, marked, site))))


def _lines(page: Page, marked: Sequence[Marked], site: Site) -> Iterator[Traced]:
    is_digest = any(line.role in _LABELLED for line in page.lines)
    is_titled = any(one.mark is Mark.HEADLINE for one in marked)
    number, told, is_signed = 1, 0, False
    for line, one in zip(page.lines, marked, strict=True):
        role = _role(line, one, site, is_titled=is_titled)
        heads = role is Role.SUBHEADING or (role is Role.STORY and line.role is Role.HEADLINE)
        if is_digest and heads and role is not Role.HEADLINE:
            role, number = Role.HEADLINE, number + 1
        told += role is Role.STORY
        if role is Role.STORY and told <= _BEFORE_BYLINE and not is_signed and _signs(line.text):
            role = Role.BYLINE
        is_signed = is_signed or Role.BYLINE in {role, line.role}
        if role is None:
            yield line
            continue
        of_story = 1 if one.mark is Mark.HEADLINE else number
        yield Traced(text=line.text, role=role, story=of_story, written=one.written)


def _signs(text: str) -> bool:
    """Say whether a line names its author and nothing more; a subtitle may stand above it."""
    found = read_byline(text)
    return found is not None and bool(found.name)


def _role(line: Traced, one: Marked, site: Site, *, is_titled: bool) -> Role | None:
    """Say what a line is by its markup; None where its words, or somebody's word, tell it."""
    meaning = site.meaning(line.text)
    if meaning is not None and meaning is not Meaning.KEEP:
        return None
    if one.mark is Mark.OUT or line.role in _READ_BY_WORDS:
        return None
    if line.role is Role.HEADLINE and line.story == 1 and not is_titled:
        return None
    if line.role is Role.LEFT_OUT and one.mark is not Mark.HEADLINE and not is_paragraph(line.text):
        return None
    return _ROLES[one.mark]
