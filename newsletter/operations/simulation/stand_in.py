"""The source that stands in for all others in a simulation: it has something, or it is empty.

What it gives is the same every day, so that a look of content is rendered once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from newsletter.content.source import SourceOptions
from newsletter.core.errors import SourceError
from newsletter.core.model import Credit, Fact, Part, Quote, Story, Supply, Word

NAME = "newsletter.operations.simulation.stand_in"
LOCAL = AT_ONCE = True

_CREDIT = Credit("The simulation")
_FEATURES: dict[Part, Fact | Quote | Word] = {
    Part.FACT: Fact(text="A simulated day takes a fraction of a second.", source=_CREDIT),
    Part.QUOTE: Quote(
        text="What is tried out in the evening holds in the morning.",
        author="Anonymous",
        source=_CREDIT,
    ),
    Part.WORD: Word(
        word="rehearsal",
        pos="noun",
        definition="a performance without its audience, so that the one with it goes well",
        sentences=("The rehearsal lasted for two years and was over in a minute.",),
        source=_CREDIT,
    ),
}
_STORY = Story(
    headline="What the day would bring if it were today",
    paragraphs=(
        (
            "This story stands in for yours. It is the same every day, is as long as a short one, "
            "and says nothing anybody has to know; only whether it is there makes a difference."
        ),
        (
            "On the days on which a fault file empties the sources, not even this is here, and the "
            "edition is held, sent without a story or left out, by what your configuration says."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class _StandIn:
    """Something for every date but those that are named."""

    empty: dict[str, str]  # date → the moment from which there is something; "": there never is
    now: datetime | None

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the stand-in of a part. Raises `SourceError` while there is none."""
        until = self.empty.get(day.isoformat())
        if until == "" or (until and self.now and self.now < datetime.fromisoformat(until)):
            raise SourceError("it is empty by a rule of the fault file")
        if part is Part.STORY:
            return Supply(stories=(_STORY,), origin="the simulation", own=True)
        return Supply(feature=_FEATURES[part], origin="the simulation", own=True)


def make(options: SourceOptions) -> _StandIn:
    """Return the source."""
    return _StandIn(empty=dict(options.options.get("empty", {})), now=options.now)
