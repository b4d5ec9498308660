"""The same content is known again, however it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.repeats import Uses, describe, folded, keys, normalised_link, overlap, uses
from newsletter.core.model import Fact, Part, Provenance, Quote, Repeat, Supply, Word
from tests.support.edition import make_edition, make_story

MONDAY, FRIDAY = date(2027, 3, 1), date(2027, 3, 5)
QUOTE = "A letter that is never posted isn’t finished; it is only shy."
texts = st.text(st.characters(codec="utf-8"), max_size=60)
words = st.lists(
    st.sampled_from(["ab", "cd", "ef", "gh", "ij", "kl", "mn"]), min_size=1, max_size=9
)


def quote(text: str) -> Supply:
    return Supply(feature=Quote(text=text))


@given(words=words, mark=st.sampled_from(list('!?.,;:–—…“”„«»"()*-')))
def test_punctuation_and_case_make_no_difference(words: list[str], mark: str) -> None:
    plain = " ".join(words)
    assert folded(f"{mark} ".join(words).upper() + mark) == folded(plain)


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    "other",
    [
        "a letter that is never posted isn't finished, it is only shy",
        "“A letter that is never posted isn‘t finished – it is only shy!”",
        "A  LETTER that is never posted\nisnt finished; it is only shy…",
    ],
)
def test_quotation_marks_and_apostrophes_of_any_style_are_one(other: str) -> None:
    assert keys(Part.QUOTE, quote(other)) == keys(Part.QUOTE, quote(QUOTE))


def test_accents_make_no_difference_to_a_word() -> None:
    (one,) = keys(Part.WORD, Supply(feature=Word(word="Café", definition="A place.")))
    assert one == "cafe"


@given(st.frozensets(texts), st.frozensets(texts))
def test_overlap_is_symmetric_and_a_share(one: frozenset[str], other: frozenset[str]) -> None:
    assert overlap(one, other) == overlap(other, one)
    assert 0 <= overlap(one, other) <= 1


@given(st.frozensets(texts, min_size=1))
def test_a_text_overlaps_itself_entirely(one: frozenset[str]) -> None:
    assert overlap(one, one) == 1


def test_a_quote_with_one_other_word_of_many_is_the_same_again() -> None:
    used = Uses([(key, MONDAY) for key in keys(Part.QUOTE, quote(QUOTE))])
    assert used.last(Part.QUOTE, quote(QUOTE.replace("only", "merely"))) == MONDAY
    assert used.last(Part.QUOTE, quote("A letter that is posted is finished.")) is None


def test_words_are_never_nearly_the_same() -> None:
    used = Uses([("well known", MONDAY)])
    supply = Supply(feature=Word(word="well known fact", definition="A thing."))
    assert used.last(Part.WORD, supply) is None
    nearly = Supply(feature=Word(word="out of the clear blue sky", definition="Suddenly."))
    used = Uses([("out of the clear blue", MONDAY)])
    assert used.last(Part.WORD, nearly) is None
    assert used.last(Part.FACT, Supply(feature=Fact(text="Out of the clear blue sky."))) == MONDAY


def test_the_latest_use_counts() -> None:
    used = Uses([("a snail can sleep", FRIDAY), ("a snail can sleep", MONDAY)])
    assert used.last(Part.FACT, Supply(feature=Fact(text="A snail can sleep."))) == FRIDAY


@pytest.mark.parametrize(
    "url",
    [
        "https://www.brief.example.org/tides/",
        "http://brief.example.org/tides?utm_source=feed&fbclid=x",
        "https://BRIEF.example.org:443/tides#top",
        "http://brief.example.org:80/tides",
    ],
)
def test_a_link_is_compared_without_its_ornaments(url: str) -> None:
    assert normalised_link(url) == "brief.example.org/tides"


def test_a_link_keeps_what_tells_stories_apart() -> None:
    assert normalised_link("https://a.example.org:8080/?p=7") == "a.example.org:8080?p=7"
    assert normalised_link("https://a.example.org:80/") == "a.example.org:80"
    assert normalised_link("http://[broken") == "http://[broken"


def test_a_story_is_known_by_its_link_or_by_its_headline() -> None:
    story = make_story(headline="The Bridge Turns", link="https://a.example.org/1")
    used = Uses([(key, MONDAY) for key in keys(Part.STORY, Supply(stories=(story,)))])
    renamed, moved = replace(story, headline="Another"), replace(story, link=None)
    other = make_story(headline="Another", link="https://a.example.org/2")
    found = [used.last(Part.STORY, Supply(stories=(one,))) for one in (renamed, moved, other)]
    assert found == [MONDAY, MONDAY, None]


def test_an_edition_uses_up_all_its_parts_with_their_origins() -> None:
    entry = Provenance(
        part=Part.WORD,
        source="table",
        origin="words.csv, line 2",
        at=None,  # type: ignore[arg-type]
    )
    found = uses(make_edition(provenance=(entry,)))
    assert {use.part for use in found} == set(Part)
    (word,) = [use for use in found if use.part is Part.WORD]
    assert (word.key, word.text, word.origin) == ("lull", "Lull", "words.csv, line 2")


def test_what_comes_again_is_told_in_a_sentence() -> None:
    assert describe([Repeat(part=Part.FACT, used_on=MONDAY)]) == (
        "The fact was used on 2027-03-01.",
    )
