"""Tell headlines from paragraphs (rules 7 and 13 of content.md 4.5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from newsletter.page.folding import SHORT, fold, is_short_and_open
from newsletter.page.opening import EVENTS


@dataclass(slots=True)
class Draft:
    """A story as it is being read; mutable only in here."""

    headline: str | None
    paragraphs: list[str] = field(default_factory=list)


def has_headline(prose: Sequence[str], *, dated: bool) -> bool:
    """Say whether the first line is the headline.

    It is, whatever it looks like; but where the date was the page's title, a paragraph may come
    first, and the lead story has no headline.
    """
    if not prose:
        return False
    first = prose[0]
    return not dated or is_short_and_open(first) or (len(first) <= SHORT and first[-1] in "??")


def split_stories(
    lines: Sequence[str], *, headline: str | None, announced: Collection[str]
) -> list[Draft]:
    """Part the lines after the lead headline into stories, in order; every line is in one.

    A short line without closing punctuation begins a story once the one before has a paragraph;
    a headline that the contents announced always does. Below "Upcoming Events" short lines are
    the events.
    """
    known = frozenset(map(fold, announced))
    drafts = [Draft(headline)]
    for line in lines:
        current = drafts[-1]
        if fold(line) in known or (is_short_and_open(line) and _may_end(current)):
            drafts.append(Draft(line))
        else:
            current.paragraphs.append(line)
    return drafts


def _may_end(story: Draft) -> bool:
    return bool(story.paragraphs) and fold(story.headline or "") != EVENTS
