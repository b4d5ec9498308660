"""A page with what an editor says of its lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.pasted import NOTHING_LEARNED, Page, as_said, parse_page
from newsletter.content.pasted.sayings import Saying, What, as_written, meant, sayings_of
from newsletter.core.errors import InputError
from tests.support.examples import examples
from tests.support.page import FACT, HEADLINE, PARAGRAPHS, QUOTE, WORD, full_page, read

SAYINGS = st.lists(
    st.builds(Saying, st.integers(1, 14), st.sampled_from(What), st.booleans()),
    max_size=6,
    unique_by=lambda one: one.number,
)


def said(page: Page, text: str) -> Page:
    return as_said(page, sayings_of(text))


def test_a_headline_that_is_said_takes_the_place_of_the_one_that_was_read() -> None:
    page = said(read("Breaking today", "The ferry is back", *PARAGRAPHS), "1:headline")
    assert page.headline == "Breaking today"
    assert page.stories[0].headline == "Breaking today"
    assert len(page.stories) == 1


def test_subheadings_and_lists_make_a_story_of_markdown() -> None:
    page = said(
        read(HEADLINE, *PARAGRAPHS, "What it costs *here*", "One penny.", "Two pence."),
        "4:subheading 5:list 6:list",
    )
    story = page.stories[0]
    assert story.markup == "markdown"
    assert story.paragraphs[2:] == ("## What it costs \\*here\\*", "- One penny.\n- Two pence.")


def test_a_line_becomes_a_fact_or_the_rest_of_a_quote() -> None:
    page = read(HEADLINE, *PARAGRAPHS, "Eels swim backwards.", QUOTE)
    changed = said(page, "4:fact")
    assert changed.features.fact
    assert changed.features.fact.text == "Eels swim backwards."
    assert changed.features.quote == page.features.quote
    assert len(changed.stories[0].paragraphs) == 2


def test_a_feature_that_is_said_to_be_none_is_none() -> None:
    page = said(read(*full_page()), f"{full_page().index(FACT) + 1}:out")
    assert page.features.fact is None
    assert page.features.word is not None
    assert any(one.text == FACT and "as you said" in one.reason for one in page.left_out)


def test_a_word_keeps_its_sentences() -> None:
    lines = (HEADLINE, *PARAGRAPHS, WORD, "Rivers like to.")
    page = said(read(*lines), "5:sentence")
    assert page.features.word
    assert page.features.word.sentences == ("Rivers like to.",)


def test_a_further_story_begins_where_it_is_said_to() -> None:
    page = said(read(HEADLINE, *PARAGRAPHS, "A bell rings.", "It rings at noon."), "4:story")
    assert [one.headline for one in page.stories] == [HEADLINE, "A bell rings."]
    assert page.stories[1].paragraphs == ("It rings at noon.",)


def test_who_wrote_it_and_whose_the_picture_is() -> None:
    page = said(read(HEADLINE, "Text: Ada Marsh", *PARAGRAPHS, "Drawn by Ida"), "2:byline 5:credit")
    assert page.stories[0].byline == "Ada Marsh"
    assert page.stories[0].image_credit == page.image_credit == "Drawn by Ida"


def test_a_page_of_menu_lines_becomes_a_story() -> None:
    page = said(read("Home", "News", "Sport"), "1:headline 2:text 3:text")
    assert page.headline == "Home"
    assert page.stories[0].paragraphs == ("News", "Sport")


@settings(max_examples=examples(60))
@given(st.text(max_size=200), SAYINGS)
def test_whatever_is_said_no_line_is_lost(text: str, sayings: list[Saying]) -> None:
    try:
        page = parse_page(text, site=NOTHING_LEARNED)
    except InputError:
        return
    lines = meant(page, sayings)
    assert [one.text for one in lines] == [one.text for one in page.lines]
    changed = as_said(page, sayings)
    assert [one.text for one in changed.lines] == [one.text for one in page.lines]
    assert as_said(page, ()) is page


@given(SAYINGS)
def test_what_is_written_is_read_again(sayings: list[Saying]) -> None:
    assert list(sayings_of(as_written(sayings))) == sayings


@pytest.mark.parametrize(
    "text", ["", "1", "x:text", "1:nonsense", "0:text", "²:text", "9999999:text"]
)
def test_what_cannot_be_read_says_nothing_of_a_line(text: str) -> None:
    page = read(*full_page())
    assert said(page, text).stories == page.stories


def test_the_last_word_counts() -> None:
    assert sayings_of("3:text 3:out+") == (Saying(3, What.OUT, True),)
