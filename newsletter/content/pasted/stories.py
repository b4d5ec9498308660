"""Tell headlines from paragraphs (rules 7 and 13 of content.md 4.5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from newsletter.content.pasted.folding import SHORT, fold, is_short_and_open, plain
from newsletter.content.pasted.preamble import EVENTS
from newsletter.core.model import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The stories of a page, in order, and the headlines that nothing was written below."""

    headline: str | None  # the lead story's; also of a page without any paragraph
    stories: tuple[Story, ...]
    empty: tuple[str, ...]


def is_lead_headline(line: str, *, dated: bool) -> bool:
    """Say whether the first line is the headline.

    It is, whatever it looks like; but where the date was the page's title, a paragraph may come
    first, and the lead story has no headline.
    """
    return (
        not dated or is_short_and_open(line) or (len(line) <= SHORT and plain(line).endswith("?"))
    )


def read_stories(
    lines: Sequence[str],
    *,
    headline: str | None,
    announced: Collection[str],
    image_credit: str | None,
) -> News:
    """Part the lines below the lead headline into stories; the credit is the lead story's.

    A short line without closing punctuation begins a story once the one before has a paragraph;
    a headline that the contents announced always does. Below "Upcoming Events" short lines are
    the events.
    """
    drafts = _drafts(lines, headline, known=frozenset(map(fold, announced)))
    told = [(title, paragraphs) for title, paragraphs in drafts if paragraphs]
    lead = told[0][0] if told else headline
    stories = [Story(headline=title or "", paragraphs=tuple(below)) for title, below in told]
    if stories:
        stories[0] = replace(stories[0], image_credit=image_credit)
    empty = tuple(title for title, paragraphs in drafts if title and not paragraphs)
    return News(
        headline=lead,
        stories=tuple(stories),
        empty=empty if told else empty[1:],
    )


def _drafts(
    lines: Sequence[str], headline: str | None, *, known: Collection[str]
) -> list[tuple[str | None, list[str]]]:
    drafts: list[tuple[str | None, list[str]]] = [(headline, [])]
    for line in lines:
        title, paragraphs = drafts[-1]
        may_end = bool(paragraphs) and fold(title or "") != EVENTS
        if fold(line) in known or (may_end and is_short_and_open(line)):
            drafts.append((line, []))
        else:
            paragraphs.append(line)
    return drafts
