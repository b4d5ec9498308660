"""What a pasted page was read as."""

from __future__ import annotations

from dataclasses import dataclass, field

from newsletter.core.model import Fact, OtherFeature, Quote, Story, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the labelled lines of a page say."""

    fact: Fact | None = None
    quote: Quote | None = None
    word: Word | None = None  # its example sentences included
    sentences: tuple[str, ...] = ()  # also where there is no word
    others: tuple[OtherFeature, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A pasted page, in parts; nothing in it was invented or corrected."""

    blocks: tuple[str, ...] = ()  # every kept line in page order, the parts' raw material
    date_label: str | None = None  # as printed: "Tuesday, September 5"
    headline: str | None = None  # the lead story's
    intro: tuple[str, ...] = ()  # what stands before the divider
    contents: tuple[str, ...] = ()  # the headlines of the contents list
    stories: tuple[Story, ...] = ()  # markup "text"; a story's headline may be empty
    features: Features = field(default_factory=Features)
    image_credit: str | None = None
    unknown: tuple[str, ...] = ()  # lines without a place, for the editor to look at

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
