"""How long what takes turns will last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.runway import Runway, runway, warnings
from newsletter.core.model import Part, Supply, Word
from tests.support.edition import make_story
from tests.support.examples import examples

TODAY = date(2027, 3, 1)


def pool(size: int) -> list[Supply]:
    return [Supply(feature=Word(word=f"word{n}", definition="A word.")) for n in range(size)]


def every_day(step: int = 1) -> Iterator[date]:
    return (TODAY + timedelta(days=n * step) for n in count())


def lasting(size: int, used: dict[str, date] | None = None, step: int = 1) -> Runway:
    return runway(Part.WORD, pool(size), used=used or {}, days=every_day(step))


def test_each_unused_entry_is_good_for_an_edition() -> None:
    found = lasting(20)
    assert (found.entries, found.unused, found.editions) == (20, 20, 20)
    assert found.until == TODAY + timedelta(days=19)


def test_used_entries_do_not_count_until_their_year_is_over() -> None:
    used = {f"word{n}": TODAY - timedelta(days=n + 1) for n in range(20)}
    assert lasting(20, used).until is None
    assert lasting(20, used).editions == 0
    year_ago = {"word0": TODAY - timedelta(days=364)}
    assert lasting(3, year_ago).editions == 3  # free again by the time it is needed


def test_a_pool_for_more_than_a_year_has_no_end() -> None:
    assert lasting(365).until == TODAY + timedelta(days=364)
    assert (lasting(366).editions, lasting(366).until) == (None, None)


def test_an_edition_a_week_needs_few_entries() -> None:
    assert lasting(53, step=7).editions is None
    assert lasting(52, step=7).editions == 52


def test_the_same_entry_in_two_sources_counts_once() -> None:
    assert runway(Part.WORD, pool(5) + pool(5), used={}, days=every_day()).entries == 5


def test_a_story_with_a_link_counts_once() -> None:
    stories = [make_story(headline=f"Tide {n}", link=f"https://a.example.org/{n}") for n in "abc"]
    supplies = [Supply(stories=(story,)) for story in stories]
    assert runway(Part.STORY, supplies, used={}, days=every_day()).entries == 3


def test_an_empty_pool_lasts_for_no_edition() -> None:
    assert lasting(0) == Runway(part=Part.WORD, entries=0, unused=0, editions=0, until=None)
    assert warnings([lasting(0)]) == ("There is a word without a repeat no more; 0 take turns.",)


@settings(max_examples=examples(40))
@given(size=st.integers(1, 60), step=st.integers(1, 9))
def test_more_entries_never_last_shorter(size: int, step: int) -> None:
    fewer, more = lasting(size, step=step).editions, lasting(size + 1, step=step).editions
    assert more is None or (fewer is not None and more == fewer + 1)


def test_a_feature_that_runs_out_soon_is_told() -> None:
    assert warnings([lasting(13)]) == (
        "There is a word without a repeat only until 2027-03-13; 13 take turns.",
    )
    assert warnings([lasting(14), lasting(400)]) == ()


def test_stories_are_the_editors_own_affair() -> None:
    story = Runway(part=Part.STORY, entries=3, unused=0, editions=0, until=None)
    assert warnings([story]) == ()
