"""What the checks of an edition's own words find, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.library.inflection import forms, uses
from newsletter.core.model import Credit, Part, Provenance
from newsletter.message.checks import (
    lead_doubtful,
    number_repeat,
    quote_attribution,
    word_pos,
    word_sentence,
)
from tests.support.checked import good, with_quote, with_story, with_word
from tests.support.edition import make_edition, make_story

# --- word-pos ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "pos", "said"),
    [
        ("alleviate", "adjective", "printed as an adjective; WordNet has it as a verb only"),
        ("lucid", "verb", "as an adjective only"),
        ("lull", "adverb", "as a noun and a verb"),
    ],
)
def test_another_part_of_speech_than_the_dictionarys_is_found(
    word: str, pos: str, said: str
) -> None:
    (fault,) = word_pos.check(with_word(word=word, pos=pos))
    assert said in fault.message


@pytest.mark.parametrize(
    ("word", "pos"),
    [
        ("lull", "noun"),
        ("lull", "verb"),
        ("Lull", None),
        ("rule of thumb", "verb"),
        ("zzyzxian", "adverb"),
        ("lull", "preposition"),
    ],
)
def test_what_the_dictionary_cannot_judge_is_left_alone(word: str, pos: str | None) -> None:
    assert list(word_pos.check(with_word(word=word, pos=pos))) == []


@pytest.mark.parametrize("module", [word_pos, word_sentence])
def test_words_of_other_languages_are_left_alone(module: Any) -> None:
    german = replace(
        with_word(word="alleviate", pos="adjective", sentences=("Das Meer.",)), language="de"
    )
    assert list(module.check(german)) == []


@pytest.mark.parametrize("module", [word_pos, word_sentence, quote_attribution, number_repeat])
def test_an_edition_without_the_part_has_no_finding(module: Any) -> None:
    bare = make_edition(stories=(), quote=None, word=None)
    assert list(module.check(replace(good(), edition=bare))) == []


# --- word-sentence -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("Lull", "The wind lulled the boats to sleep."),
        ("mitigate", "Mitigating the noise, the trees grew."),
        ("strum", "She strummed until dusk."),
        ("pithy", "His pithiest line was his shortest."),
        ("panic", "Nobody panicked."),
        ("untie", "She was untying the rope."),
        ("forsake", "They never forsook their garden."),
        ("forsake", "The forsaken garden bloomed."),
        ("seek", "He sought the quiet."),
        ("withstand", "The wall withstood the sea."),
        ("phenomenon", "Such phenomena are rare."),
        ("nucleus", "Cells with two nuclei are seen."),
        ("calf", "The calves grazed."),
        ("harbour", "The harbour’s lamps were lit."),
        ("rule of thumb", "Two good rules of thumb were written there."),
        ("well-worn", "A Well-Worn path led down."),
        ("sing", "They sang by the water."),
        ("lend", "She lent it gladly."),
    ],
)
def test_a_sentence_may_use_any_inflected_form(word: str, sentence: str) -> None:
    assert uses(word, sentence)
    assert list(word_sentence.check(with_word(word=word, sentences=(sentence,)))) == []


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("lull", "A lullaby was sung."),
        ("lucid", "She explained it clearly."),
        ("rule of thumb", "The rule was clear."),
        ("mitigate", "The mitten was lost."),
        ("cajole", "Her cajolery was charming."),
    ],
)
def test_a_sentence_without_the_word_is_found(word: str, sentence: str) -> None:
    (fault,) = word_sentence.check(with_word(word=word, sentences=(sentence,)))
    assert f"does not use “{word}”" in fault.message
    assert fault.hint


def test_each_sentence_without_the_word_is_found_and_cut_when_long() -> None:
    found = list(word_sentence.check(with_word(sentences=("It was calm.", "so " * 40, ""))))
    assert len(found) == 2
    assert found[1].message.endswith("…")
    assert len(found[1].message) < 120


@given(st.from_regex(r"[a-z]{2,14}", fullmatch=True))
def test_a_word_is_always_used_by_itself_and_by_its_forms(word: str) -> None:
    assert uses(word, f"“{word.upper()}!”")
    assert all(uses(word, f"Then {form}.") for form in forms(word))


# --- quote-attribution -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"author": None}, "no author"),
        ({"author": " — "}, "no author"),
        ({"author": "Unknown"}, "given as “Unknown”"),
        ({"author": "Anon."}, "given as “Anon.”"),
        ({"author": "Author Unknown"}, "given as"),
        ({"author": "Attributed to Orla Finch"}, "only attributed"),
        ({"author": "Orla Finch (?)"}, "only attributed"),
        ({"source": None}, "no source that names a work"),
        ({"source": Credit("ZenQuotes.io", "https://zenquotes.io/")}, "a collection"),
        ({"source": Credit("Quotes", "https://www.goodreads.com/quotes")}, "a collection"),
    ],
)
def test_a_quote_that_nothing_bears_out_is_found(changes: dict[str, Any], said: str) -> None:
    (fault,) = quote_attribution.check(with_quote(**changes))
    assert said in fault.message


@pytest.mark.parametrize("author", ["Orla Finch", "Anonymous Bosch", "Proverb", "Various Artists"])
def test_a_named_author_with_a_work_has_no_finding(author: str) -> None:
    assert list(quote_attribution.check(with_quote(author=author))) == []


# --- number-repeat -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paragraphs", "number"),
    [
        (("All 47 ferries sailed.", "Then 47 barges came."), "47"),
        (("The town freed 123 sailors.", "The 123 Norwegian sailors went home."), "123"),
        (("A $3.7 million dam opened. A $3.7 million school closed.",), "$3.7 million"),
        (("Prices rose 6.4% there. They found 6.4 miles of rope.",), "6.4"),
        (("In all 1,234 books were lent; 1,234 readers came.",), "1,234"),
    ],
)
def test_one_number_of_two_things_is_found_once(paragraphs: tuple[str, ...], number: str) -> None:
    (fault,) = number_repeat.check(with_story(*paragraphs, "And 47, 47 and 47."))
    assert fault.message.startswith("The story says “")
    assert fault.message.count(number) == 2


@pytest.mark.parametrize(
    "text",
    [
        "All 47 steel pins were new. The 47 pins shine.",
        "Forty people and 40 boats; 25 pins and 25 bells; 7 swans and 7 geese.",
        "In 1987 bells rang. The 1987 regatta was fine.",
        "On March 23 trains ran late, and 23 June trains were on time.",
        "Of the 47, some left; 47 of them stayed.",
        "It rose by 6.4 per cent, or 6.4%, or 6.4 percent.",
        "At 7:47 trains left, and 47 ferries came.",
        "Read [47 pages](https://brief.example.org/47 barges) of the 47 pages.",
        "The 47th bridge and the 47th lamp.",
        f"The code {'47' * 3_000} opens doors, and {'47' * 3_000} closes gates.",
        "A 47-year-old sailor had 47 years at sea.",
        "The crew of 47 people met on Tuesday; 47 people Wednesday.",
    ],
)
def test_numbers_that_return_in_one_sense_are_left_alone(text: str) -> None:
    assert list(number_repeat.check(with_story(text))) == []


def test_a_headline_capitalises_words_that_are_no_names() -> None:
    story = with_story("The 47 new bridges opened.", headline="47 New Bridges Open")
    assert list(number_repeat.check(story)) == []


@given(st.text(alphabet="047.,$%- abB", max_size=80))
def test_any_text_is_judged_the_same_twice(text: str) -> None:
    checked = with_story(text)
    assert list(number_repeat.check(checked)) == list(number_repeat.check(checked))


# --- lead-doubtful -----------------------------------------------------------------------------


def lead_of(source: str, **changes: Any) -> list[str]:
    """Return what is said of a lead story that a source gave."""
    at = datetime(2027, 3, 9, tzinfo=UTC)
    given = Provenance(part=Part.STORY, source=source, origin="a file", at=at)
    edition = make_edition(stories=(make_story(**changes),), provenance=(given,))
    return [fault.message for fault in lead_doubtful.check(replace(good(), edition=edition))]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"headline": "Menu"}, "one word, “Menu”"),
        ({"paragraphs": ("Enter your email.", "Thanks!")}, "no paragraph of 40 characters"),
        ({"headline": "the harbour  brief."}, "the publication's name"),
    ],
)
def test_a_doubtful_lead_of_a_copied_page_is_found(changes: dict[str, Any], said: str) -> None:
    (message,) = lead_of("page", **changes)
    assert said in message


def test_an_editors_own_story_may_be_short() -> None:
    assert lead_of("markdown", headline="Storm", paragraphs=("It came.",)) == []
    assert lead_of("page", headline="Storm Nears", paragraphs=("It came.", "x" * 40)) == []
    assert lead_of("markdown", headline="The Harbour Brief") != []


def test_an_edition_without_a_story_has_no_doubtful_one() -> None:
    assert list(lead_doubtful.check(replace(good(), edition=make_edition(stories=())))) == []
