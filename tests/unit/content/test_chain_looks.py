"""Another look before the deadline keeps what was better."""

from __future__ import annotations

from datetime import UTC, datetime

from newsletter.content.chain import best_of, can_improve
from newsletter.core.model import Attempted, Edition, Fact, Part, Provenance
from tests.support.edition import make_edition, make_story

NOW = datetime(2027, 3, 9, 5, tzinfo=UTC)


def came_from(part: Part, source: str | None, *tried: str) -> Provenance:
    """Say where a part came from, and what was tried before."""
    return Provenance(
        part=part,
        source=source,
        origin="",
        at=NOW,
        tried=tuple(Attempted(name, "It is down") for name in tried),
    )


def with_fact(text: str | None, *entries: Provenance) -> Edition:
    return make_edition(fact=Fact(text=text) if text else None, provenance=entries)


def test_a_part_from_further_down_or_missing_can_be_bettered() -> None:
    chains = set(Part)
    assert can_improve(with_fact("x", came_from(Part.FACT, "library", "feed")), chains=chains)
    assert can_improve(with_fact(None, came_from(Part.FACT, None, "feed")), chains=chains)
    assert not can_improve(with_fact("x", came_from(Part.FACT, "feed")), chains=chains)


def test_a_part_without_sources_cannot_be_bettered() -> None:
    assert not can_improve(with_fact(None, came_from(Part.FACT, None)), chains={Part.STORY})


def test_what_a_live_source_had_is_kept_when_it_fails_later() -> None:
    before = with_fact("From the web", came_from(Part.FACT, "feed"))
    later = with_fact("From the library", came_from(Part.FACT, "library", "feed"))
    best = best_of(later, before, live={"feed"})
    assert best.fact == Fact(text="From the web")
    assert best.background.provenance == before.background.provenance


def test_a_better_or_equal_answer_replaces_the_one_before() -> None:
    before = with_fact("From the library", came_from(Part.FACT, "library", "feed"))
    later = with_fact("From the web", came_from(Part.FACT, "feed"))
    assert best_of(later, before, live={"feed", "library"}) == later
    newer = with_fact("Corrected", came_from(Part.FACT, "feed"))
    assert best_of(newer, later, live={"feed"}) == newer


def test_what_was_taken_out_of_the_publications_files_stays_away() -> None:
    before = make_edition(provenance=(came_from(Part.STORY, "page"),))
    later = make_edition(stories=(), provenance=(came_from(Part.STORY, None, "page"),))
    assert best_of(later, before, live=set()).stories == ()


def test_a_story_is_kept_with_its_companions() -> None:
    before = make_edition(
        stories=(make_story(headline="From the feed"),),
        intro=("Good morning.",),
        provenance=(came_from(Part.STORY, "feed"),),
    )
    later = make_edition(provenance=(came_from(Part.STORY, "markdown", "feed"),))
    best = best_of(later, before, live={"feed"})
    assert (best.stories, best.intro) == (before.stories, before.intro)
