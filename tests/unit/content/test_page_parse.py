from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsletter.content.pasted import NOTHING_LEARNED, Page, as_document, as_text, parse_page
from newsletter.core.errors import InputError
from newsletter.core.model import Credit, Fact, OtherFeature
from tests.support.page import (
    CREDIT,
    FACT,
    HEADLINE,
    PARAGRAPHS,
    QUOTE,
    SENTENCE,
    WORD,
    full_page,
    read,
)

SAMPLE = Path(__file__).parents[4] / "shared" / "sample" / "page.txt"
FURNITURE = "top of page|bottom of page|add a rating|become a member|your news hub|terms of use"


# --- the whole page ------------------------------------------------------------------------------


def test_the_sample_page_is_read_completely() -> None:
    if not SAMPLE.is_file():
        pytest.skip("test_the_sample_page_is_read_completely: the sample page is not here")
    page = parse_page(SAMPLE.read_bytes(), site=NOTHING_LEARNED)
    document = as_document(page)
    assert document["missing"] == document["unknown"] == document["other_features"] == []
    assert document["date_label"] is document["intro"] is None
    (story,) = document["stories"]
    assert story["headline"] == document["headline"]
    assert len(document["headline"].split()) == 9
    assert [len(paragraph) for paragraph in story["paragraphs"]] == [139, 620, 320, 552, 360, 512]
    assert sum(len(paragraph.split()) for paragraph in story["paragraphs"]) == 391
    assert document["fact"]["source"] == "The Fact Site"
    assert document["fact"]["text"].endswith("“gaur.”")
    assert (document["quote"]["author"], document["quote"]["source"]) == (
        "Unknown",
        "Gracious Quotes",
    )
    assert document["quote"]["text"].count(".") == 4
    word = document["word"]
    assert (word["word"], word["pos"], word["pos_raw"]) == ("Alleviate", "adjective", "adj")
    assert (word["pronunciation"], word["source"]) == ("uh-LEE-vee-ayt", "Merriam-Webster")
    assert word["definition"].startswith("To alleviate")
    assert word["definition"].endswith("severe.")
    assert word["extra_sense"].startswith("Alleviate can also")
    assert word["extra_sense"].endswith('correct."')
    assert len(document["sentences"]) == 1
    assert page.features.word is not None
    assert list(page.features.word.sentences) == document["sentences"]
    assert document["image_credit"] == page.stories[0].image_credit == "AFP"
    everything = json.dumps(document | {"left_out": []}).casefold()
    assert not [line for line in FURNITURE.split("|") if line in everything]
    assert parse_page(as_text(page), site=NOTHING_LEARNED) == page


def test_a_full_page_misses_nothing() -> None:
    page = read(*full_page())
    assert page.missing == page.unknown == ()
    assert page.headline == HEADLINE
    assert [story.paragraphs for story in page.stories] == [PARAGRAPHS]
    assert page.stories[0].image_credit == page.image_credit == "Harbour Press"
    assert page.features.fact == Fact(
        text="An octopus has three hearts.", source=Credit("Reef Almanac")
    )
    assert page.features.word is not None
    assert page.features.word.sentences == page.features.sentences


def test_a_missing_part_is_listed_and_not_invented() -> None:
    page = read(HEADLINE)
    assert page.headline == HEADLINE
    assert page.missing == ("story", "fact", "quote", "word", "sentence", "image_credit")
    page = read(FACT)
    assert page.missing == ("headline", "story", "quote", "word", "sentence", "image_credit")


def test_a_page_of_furniture_alone_misses_everything() -> None:
    page = read("top of page", "bottom of page")
    assert page == Page()
    assert len(page.missing) == 7


def test_furniture_may_stand_anywhere() -> None:
    lines = ["Share"] + [line for block in full_page() for line in (block, "Like", "2 min read")]
    assert read("top of page", *lines, "Comments", QUOTE) == read(*full_page())


def test_a_publishers_furniture_is_left_out() -> None:
    text = "\n".join([HEADLINE, *PARAGRAPHS, "Subscribe!", "Read more: tides"])
    page = parse_page(text, furniture=["subscribe", "read more..."], site=NOTHING_LEARNED)
    assert page.blocks == (HEADLINE, *PARAGRAPHS)


def test_bytes_and_text_give_the_same_page() -> None:
    text = "\r\n\r\n".join(full_page())
    assert (
        parse_page(text.encode(), site=NOTHING_LEARNED)
        == parse_page(text, site=NOTHING_LEARNED)
        == read(*full_page())
    )
    assert parse_page(text.encode("cp1252"), site=NOTHING_LEARNED) == read(*full_page())


def test_no_text_at_all_is_refused() -> None:
    for nothing in ("", b"", b"\x00\x01\x02\x03\x04"):
        with pytest.raises(InputError):
            parse_page(nothing, site=NOTHING_LEARNED)


# --- features ------------------------------------------------------------------------------------


def test_a_comment_that_imitates_a_label_does_not_count() -> None:
    page = read(HEADLINE, *PARAGRAPHS, "Comments", "Fact of the Day: Readers know better.")
    assert page.features.fact is None
    assert "Readers" not in as_text(page)


def test_a_paragraph_that_begins_with_comments_stays() -> None:
    line = "Comments from both sides were cautious."
    assert read(HEADLINE, PARAGRAPHS[0], line, FACT).stories[0].paragraphs == (PARAGRAPHS[0], line)


def test_a_label_with_nothing_behind_it_takes_the_next_line() -> None:
    page = read(HEADLINE, "Fact of the Week (Almanac):", "Whales sing.", "Quote of the Day -", "Hi")
    assert page.features.fact == Fact(text="Whales sing.", source=Credit("Almanac"))
    assert page.features.quote is not None
    assert page.features.quote.text == "Hi"


@pytest.mark.parametrize("following", [QUOTE, CREDIT, "Word of the Day", "Contents:"])
def test_a_label_never_takes_a_line_with_a_place_of_its_own(following: str) -> None:
    page = read(HEADLINE, *PARAGRAPHS, "Fact of the Day:", following)
    assert page.features.fact is None
    assert "Fact of the Day:" in page.unknown


def test_other_features_keep_their_labels() -> None:
    page = read(HEADLINE, "Number of the Day (Census): 7 bakers", "Joke of the Week: None.")
    assert page.features.others == (
        OtherFeature(label="Number of the Day", text="7 bakers", source=Credit("Census")),
        OtherFeature(label="Joke of the Week", text="None."),
    )


def test_sentences_repeat_and_belong_to_the_word() -> None:
    page = read(HEADLINE, WORD, SENTENCE, "Used in a Sentence: We meandered home.")
    assert page.features.sentences == ("The path meanders along the stream.", "We meandered home.")
    assert page.features.word is not None
    assert page.features.word.sentences == page.features.sentences


def test_sentences_are_kept_without_a_word() -> None:
    page = read(HEADLINE, SENTENCE)
    assert (page.features.word, len(page.features.sentences)) == (None, 1)


def test_the_first_of_two_facts_counts_and_the_other_stays_visible() -> None:
    second = "Fact of the Day: Whales sing."
    page = read(HEADLINE, FACT, second)
    assert page.features.fact is not None
    assert page.features.fact.source == Credit("Reef Almanac")
    assert page.unknown == (second,)


def test_the_first_readable_word_counts() -> None:
    odd = "Word of the Day: nothing to define"
    page = read(HEADLINE, odd, WORD)
    assert page.features.word is not None
    assert page.features.word.word == "Meander"
    assert page.unknown == (odd,)


def test_odd_lines_are_listed_in_page_order() -> None:
    odd = ("Quote of the Day: “”", "Fact of the Day", "Photo by Ada Reed")
    page = read(HEADLINE, CREDIT, PARAGRAPHS[0], *odd)
    assert page.unknown == odd
    assert [story.headline for story in page.stories] == [HEADLINE]


# --- the JSON document ---------------------------------------------------------------------------


def test_the_document_has_every_key_of_the_contract() -> None:
    document = as_document(read(*full_page()))
    assert set(document) == {
        *("date_label", "headline", "intro", "contents", "stories", "fact", "quote", "word"),
        *("sentences", "other_features", "image_credit", "missing", "unknown", "left_out"),
        "headline_candidates",
    }
    assert set(document["stories"][0]) == {"headline", "byline", "markup", "paragraphs"}
    assert document["fact"] == {"text": "An octopus has three hearts.", "source": "Reef Almanac"}
    assert document["quote"] == {
        "text": "Patience is a quiet kind of courage.",
        "author": "Unknown",
        "source": "Harbour Sayings",
    }
    assert document["word"] == {
        "word": "Meander",
        "pos": "verb",
        "pos_raw": "verb",
        "pronunciation": "mee-AN-der",
        "definition": "To meander is to move without hurry.",
        "extra_sense": "Meander can also mean “to talk at length.”",
        "source": "Plain Dictionary",
    }


def test_an_empty_document_has_the_same_keys() -> None:
    document = as_document(Page())
    assert set(document) == set(as_document(read(*full_page())))
    assert {key for key, value in document.items() if value is None} == {
        *("date_label", "headline", "intro", "fact", "quote", "word", "image_credit")
    }


def test_lead_headline_and_intro_are_plain_text_in_the_document() -> None:
    page = read("Monday, June 2", "One.", "Two.", "Now, let's dive into today's news.", *PARAGRAPHS)
    document = as_document(page)
    assert document["intro"] == "One.\n\nTwo."
    assert document["headline"] is document["stories"][0]["headline"] is None
