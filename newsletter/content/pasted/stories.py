"""Tell headlines from paragraphs (rules 7 and 13 of content.md 4.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newsletter.content.pasted.bylines import learned_byline, read_byline
from newsletter.content.pasted.dates import is_dateline
from newsletter.content.pasted.folding import fold, is_short_and_open
from newsletter.content.pasted.learned import Meaning
from newsletter.content.pasted.listing import blocks_of_story
from newsletter.content.pasted.model import Line
from newsletter.content.pasted.opening import Structure, is_way
from newsletter.content.pasted.paragraphs import is_sentence
from newsletter.content.pasted.preamble import EVENTS
from newsletter.core.model import Story

BYLINE_TWICE = "the story has its byline already"
NO_NAME = "an e-mail address is no byline"
A_DATE = "a date"
THE_NAME = "the publication's name"


@dataclass(slots=True)
class Draft:
    """A story as it is read: its lines, by position."""

    title: Line | None
    lines: list[Line] = field(default_factory=list)
    byline: Line | None = None
    name: str = ""  # in the byline
    is_told: bool = False  # it has a sentence; a subtitle is none
    away: list[tuple[Line, str]] = field(default_factory=list)  # with the reason

    @property
    def is_events(self) -> bool:
        """Say whether its short lines are the events."""
        return self.title is not None and fold(self.title.text) == EVENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The stories of a page, in order, and the headlines that nothing was written below."""

    drafts: tuple[Draft, ...]  # with a paragraph each
    empty: tuple[Draft, ...]

    @property
    def headline(self) -> Line | None:
        """Return the lead story's headline; also of a page without any paragraph."""
        if self.drafts:
            return self.drafts[0].title
        return self.empty[0].title if self.empty else None


def read_stories(lines: Sequence[Line], structure: Structure, *, lead: Draft) -> News:
    """Part the lines below the lead headline into stories.

    A short line without closing punctuation begins a story where the one before has a paragraph
    and one follows; a headline that the contents announced always does. Below "Upcoming Events"
    short lines are the events.
    """
    drafts = [lead]
    for line, is_title in zip(lines, _titles(lines, structure), strict=True):
        draft = drafts[-1]
        if _is_said(line, structure) or (is_title and draft.lines and not draft.is_events):
            drafts.append(Draft(title=line))
        elif not _is_taken_as_byline(line, draft, structure):
            draft.lines.append(line)
            draft.is_told |= is_sentence(line.text) or line.at in structure.listed
    return News(
        drafts=tuple(draft for draft in drafts if draft.lines),
        empty=tuple(draft for draft in drafts if not draft.lines),
    )


def story_of(draft: Draft, structure: Structure, *, image_credit: str | None = None) -> Story:
    """Write a draft as a story; one with a list is Markdown, and its words are escaped."""
    has_list = any(line.at in structure.listed for line in draft.lines)
    texts = tuple(line.text for line in draft.lines)
    return Story(
        headline=draft.title.text if draft.title else "",
        paragraphs=blocks_of_story(draft.lines, structure.listed) if has_list else texts,
        markup="markdown" if has_list else "text",
        byline=draft.name or None,
        image_credit=image_credit,
    )


def _titles(lines: Sequence[Line], structure: Structure) -> Iterator[bool]:
    """Say of each line whether it looks like a headline with a paragraph below.

    Of several short lines the first is it: the last line of a page is none.
    """
    found: list[bool] = []
    follows = False
    for line in reversed(lines):
        is_short = _is_short(line, structure)
        found.append(is_short and follows)
        if _is_said(line, structure):
            follows = False
        elif not is_short and not _is_between(line, structure):
            follows = True
    return reversed(found)


def _is_short(line: Line, structure: Structure) -> bool:
    return (
        is_short_and_open(line.text)
        and any(map(str.isalpha, line.text))
        and line.at not in structure.listed
        and structure.meaning(line) is not Meaning.KEEP
        and not _is_between(line, structure)
        and not is_way(line.text)
    )


def _is_between(line: Line, structure: Structure) -> bool:
    """Say whether a line may stand between a headline and its story."""
    return (
        is_dateline(line.text)
        or read_byline(line.text) is not None
        or structure.site.is_name(line.text)
    )


def _is_said(line: Line, structure: Structure) -> bool:
    """Say whether the page or its editor calls a line a headline."""
    meaning = structure.meaning(line)
    if meaning is not None:
        return meaning is Meaning.HEADLINE
    return fold(line.text) in structure.announced or fold(line.text) == EVENTS


def _is_taken_as_byline(line: Line, draft: Draft, structure: Structure) -> bool:
    """Take a line that tells who wrote the story, when or where, out of its text."""
    meaning = structure.meaning(line)
    if meaning is Meaning.KEEP or draft.is_events or line.at in structure.listed:
        return False
    if meaning is Meaning.BYLINE:
        return _sign(draft, line, learned_byline(line.text))
    found = read_byline(line.text)
    if found is not None and (found.is_labelled or not draft.is_told):
        return _sign(draft, line, found.name)
    if not draft.is_told and is_dateline(line.text):
        draft.away.append((line, A_DATE))
        return True
    if structure.site.is_name(line.text):
        draft.away.append((line, THE_NAME))
        return True
    return False


def _sign(draft: Draft, line: Line, name: str) -> bool:
    if name and draft.byline is None:
        draft.byline, draft.name = line, name
    else:
        draft.away.append((line, BYLINE_TWICE if name else NO_NAME))
    return True
