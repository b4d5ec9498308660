"""What a pasted page was read as: its parts, and where each of its lines went."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from newsletter.core.model import Fact, LeftOut, OtherFeature, Quote, Story, Word
from newsletter.core.sentences import said

PERHAPS = said("it may be the headline, too")  # why a line is out that is as likely as another


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page at its position: two lines with the same words are two lines."""

    at: int
    text: str


class Role(StrEnum):
    """What a line of a page was read as."""

    DATE = "date"
    INTRO = "intro"
    CONTENTS = "contents"
    DIVIDER = "divider"
    HEADLINE = "headline"
    BYLINE = "byline"
    STORY = "story"
    SUBHEADING = "subheading"  # of a page whose markup is known
    LIST = "list"  # likewise: an entry of one
    FACT = "fact"
    QUOTE = "quote"
    WORD = "word"
    SENTENCE = "sentence"
    OTHER = "other"
    CREDIT = "credit"
    UNPLACED = "unplaced"  # kept, for the editor to look at
    NAVIGATION = "navigation"  # a short line above the headline
    LEFT_OUT = "left out"  # the site's own furniture, whatever stands around it


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One line of a page, and what became of it."""

    text: str
    role: Role
    story: int = 0  # of which story, counted from 1
    reason: str = ""  # why it is not in the edition, without a full stop; empty: it is
    written: str = ""  # as Markdown, where the page's markup is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the labelled lines of a page say."""

    fact: Fact | None = None
    quote: Quote | None = None
    word: Word | None = None  # its example sentences included
    sentences: tuple[str, ...] = ()  # also where there is no word
    others: tuple[OtherFeature, ...] = ()

    @property
    def companions(self) -> tuple[Fact | Quote | Word, ...]:
        """Return the features that have chains of their own."""
        return tuple(one for one in (self.fact, self.quote, self.word) if one is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A pasted page, in parts; nothing in it was invented or corrected."""

    blocks: tuple[str, ...] = ()  # every line but the furniture, the parts' raw material
    date_label: str | None = None  # as printed: "Tuesday, September 5"
    headline: str | None = None  # the lead story's
    intro: tuple[str, ...] = ()  # what stands before the divider
    contents: tuple[str, ...] = ()  # the headlines of the contents list
    stories: tuple[Story, ...] = ()  # markup "markdown" with a list; a headline may be empty
    features: Features = field(default_factory=Features)
    image_credit: str | None = None
    doubtful: tuple[int, ...] = ()  # numbers of the lines that may be the headline, if several
    unknown: tuple[str, ...] = ()  # lines without a place, for the editor to look at
    lines: tuple[Traced, ...] = field(default=(), compare=False)  # all of the page, by position

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Return what the page has and the edition does not, in page order."""
        return tuple(
            LeftOut(text=line.text, reason=line.reason) for line in self.lines if line.reason
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """Name the parts of a full edition that the page has none of, in reading order."""
        present = {
            "headline": self.headline,
            "story": self.stories,
            "fact": self.features.fact,
            "quote": self.features.quote,
            "word": self.features.word,
            "sentence": self.features.sentences,
            "image_credit": self.image_credit,
        }
        return tuple(name for name, part in present.items() if not part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """A page with all its lines, in page order."""

    page: Page
    lines: tuple[Traced, ...]
