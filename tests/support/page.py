"""Pages as an editor would paste them, in own words."""

from __future__ import annotations

from hypothesis import strategies as st

from newsletter.content.pasted import NOTHING_LEARNED, Page, parse_page

HEADLINE = "Harbour Town Opens Its First Tidal Power Station"
PARAGRAPHS = (
    "A tidal power station has begun to supply the harbour town with electricity.",
    "Engineers spent four years on the turbines, which turn with every tide.",
)
FACT = "Fact of the Day (Reef Almanac): An octopus has three hearts."
QUOTE = "Quote of the Day (Harbour Sayings): Patience is a quiet kind of courage. (Unknown)"
WORD = (
    "Word of the Day (Plain Dictionary): Meander (verb, mee-AN-der) - To meander is to move "
    "without hurry. Meander can also mean “to talk at length.”"
)
SENTENCE = "In a Sentence: The path meanders along the stream."
CREDIT = "Image credit to Harbour Press"


def full_page() -> tuple[str, ...]:
    """Return the lines of a page with every part."""
    return (HEADLINE, *PARAGRAPHS, FACT, QUOTE, WORD, SENTENCE, CREDIT)


def read(*lines: str) -> Page:
    """Read these lines as a page."""
    return parse_page("\n\n".join(lines), site=NOTHING_LEARNED)


# Lines of every kind, so that chance builds pages with all of them in any order.
LINES = st.sampled_from(
    [
        *full_page(),
        "Tuesday, September 5",
        "Now, let's dive into today's news.",
        "Contents:",
        "Upcoming Events",
        "Fact of the Day",
        "Fact of the Day (Almanac):",
        "Number of the Day: 7",
        "Bakers Meet",
        "Comments",
        "Like",
        "Rated 3 out of 5 stars",
        "Word of the Day: nothing to define",
        "Cafe\u0301\u00a0 \u200bnoir",
    ]
)
PAGES = st.one_of(st.text(), st.lists(st.one_of(LINES, st.text()), min_size=1).map("\n".join))
