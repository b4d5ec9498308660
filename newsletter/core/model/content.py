"""What an edition is made of: stories, features, where each came from, and the edition itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class Credit:
    """Who a part is credited to, as printed."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that is never used without alternative text and credit."""

    url: str  # absolute https address, as readers' machines will ask for it
    alt: str
    credit: str
    width: int | None = None  # pixels of the file, where known
    height: int | None = None


Markup = Literal["text", "markdown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A headline and its paragraphs."""

    headline: str
    paragraphs: tuple[str, ...]  # blocks in `markup`: plain sentences, or one Markdown block each
    markup: Markup = "text"
    byline: str | None = None
    image: Image | None = None
    image_credit: str | None = None  # a credit found without its image (a pasted page)
    link: str | None = None
    kicker: str | None = None  # a word or two above the headline; None: the template's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The fact of the day; its sentence goes on from its figure, if it has one."""

    text: str
    figure: str | None = None  # "61 kWh", set large
    source: Credit | None = None

    @property
    def whole(self) -> str:
        """Return the figure and the sentence as one text."""
        return f"{self.figure} {self.text}" if self.figure else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The quote of the day, without its wrapping quotation marks."""

    text: str
    author: str | None = None
    source: Credit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The word of the day."""

    word: str
    definition: str
    pos: str | None = None  # normalised: "adjective", "noun", "verb", …
    pos_raw: str | None = None  # as printed: "adj"
    pronunciation: str | None = None
    extra_sense: str | None = None
    sentences: tuple[str, ...] = ()
    source: Credit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFeature:
    """A feature under a label of its own, such as "Number of the Day"."""

    label: str
    text: str
    source: Credit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionNote:
    """What was wrong in an edition, told to its readers with the date it was put right."""

    date: date
    text: str


NoStory = Literal["hold", "extras", "skip"]  # what becomes of an edition without a lead story


class Part(StrEnum):
    """The parts that sources supply."""

    STORY = "story"
    FACT = "fact"
    QUOTE = "quote"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A block of text, or a picture, that a source had and the edition does not."""

    text: str  # in one line; a picture's address
    reason: str  # why, without a full stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What one source gives for one part: stories and their companions, or one feature.

    A pasted page supplies `stories`, `others` and `intro` as its story part, and the features
    one by one when it stands in their chains too.
    """

    stories: tuple[Story, ...] = ()
    others: tuple[OtherFeature, ...] = ()
    intro: tuple[str, ...] = ()
    feature: Fact | Quote | Word | None = None
    origin: str = ""  # the file, row or address it came from, for the provenance
    own: bool = False  # the editor's own words, meant for this very date
    no_image: str = ""  # why its story has no picture, without a full stop
    left_out: tuple[LeftOut, ...] = ()  # what the source had besides, in its order
    companions: tuple[Fact | Quote | Word, ...] = ()  # beside a story; their chains decide on them


@dataclass(frozen=True, slots=True)
class Attempted:
    """A source that was asked and had nothing valid, with the reason."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Which source supplied a part, when, and what was tried before it."""

    part: Part
    source: str | None  # None: no source had a valid part
    origin: str
    at: datetime
    tried: tuple[Attempted, ...] = ()
    left_out: tuple[LeftOut, ...] = ()  # of what the source had


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A part whose content readers were given before."""

    part: Part
    used_on: date  # the latest edition that had it


@dataclass(frozen=True, slots=True)
class SubjectTrial:
    """A second subject, tried on a share of the audience to see which one is opened more."""

    subject: str
    share: float  # above 0, and up to one half


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A check's findings in one edition, accepted by a person, with the reason."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known of an edition beside what its readers get; none of it is printed."""

    provenance: tuple[Provenance, ...] = ()
    repeats: tuple[Repeat, ...] = ()  # as far as somebody has looked
    accepted: tuple[Acceptance, ...] = ()
    unused: tuple[str, ...] = field(default=(), compare=False)  # keys of its file nobody reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Everything for one publication date; its key is the date."""

    date: date
    stories: tuple[Story, ...]
    fact: Fact | None = None
    quote: Quote | None = None
    word: Word | None = None
    others: tuple[OtherFeature, ...] = ()
    intro: tuple[str, ...] = ()
    subject: str | None = None  # the editor's own; else the lead headline
    preheader: str | None = None  # the editor's own; else from the lead story
    corrections: tuple[CorrectionNote, ...] = ()  # printed above the stories, oldest first
    background: Background = field(default_factory=Background)

    @property
    def missing(self) -> tuple[Part, ...]:
        """Name the parts this edition has none of, the lead story included."""
        present = {
            Part.STORY: self.stories,
            Part.FACT: self.fact,
            Part.QUOTE: self.quote,
            Part.WORD: self.word,
        }
        return tuple(part for part, value in present.items() if not value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A person's word that this very message may go out."""

    digest: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenEdition:
    """An edition as its send froze it, in the words of its two files."""

    content: str  # edition.toml
    record: str  # assembled.json
