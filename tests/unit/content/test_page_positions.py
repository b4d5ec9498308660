"""Every line of a copied page ends in the edition, or in `left_out` with its reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.escaping import escaped
from newsletter.content.pasted import NOTHING_LEARNED, Page, Site, as_document, as_text, parse_page
from newsletter.content.pasted.listing import without_mark
from newsletter.content.pasted.model import Role
from newsletter.content.pasted.normalise import blocks_of
from tests.support.page import CREDIT, FACT, PARAGRAPHS, QUOTE, SENTENCE, WORD

SAMPLE = Path(__file__).parents[4] / "shared" / "sample" / "page.txt"
SITE = Site(publication="The Harbour Times")
MENU = ("Skip to content", "The Harbour Times", "Menu", "Weather", "Sport", "Home > News > Harbour")
DATES = ("Mar 3", "Updated: Mar 4, 2031", "Tuesday, March 4", "5 min read", "3. März 2031")
BYLINES = ("Writer: Ada Marsh", "By Ada Marsh", "Von Ben Reed", "Text: ada@brief.example.org")
LISTS = ("● Boots", "●", "- a bucket", "- a rope", "1. Cast off", "2. Come back")
STORIES = ("Ferry Returns to the Quay", "Bakers Meet", "It came back.", *PARAGRAPHS)
FEATURES = (FACT, QUOTE, WORD, SENTENCE, CREDIT, "Fact of the Day", "Number of the Day: 7")
FURNITURE = ("Share", "12 views", "Photo: The ferry", "Subscribe", "Email*", "© 2031 The Times")
ENDS = ("Recent Posts", "Old Mill Sold", "Rated 4 out of 5 stars.", "Comments", "Add a rating")
OPENINGS = ("Contents:", "Bakers Meet", "Now, let's dive into today's news.", "Upcoming Events")
KINDS = (MENU, DATES, BYLINES, LISTS, STORIES, FEATURES, FURNITURE, ENDS, OPENINGS)
LINES = st.one_of([st.sampled_from(kind) for kind in KINDS])
PAGES = st.lists(LINES, min_size=1, max_size=30)


def in_edition(page: Page) -> str:
    """Write down all that readers and the edition's file get of a page."""
    features = page.features
    stories = [
        part
        for story in page.stories
        for part in (story.headline, story.byline, story.image_credit, *story.paragraphs)
    ]
    told = [features.fact, features.quote, features.word, *features.others]
    return "\n".join(map(str, [*stories, *page.intro, *told, page.headline]))


def check(text: str, page: Page) -> None:
    """Hold the rule for one page."""
    assert tuple(line.text for line in page.lines) == blocks_of(text)
    assert [one.text for one in page.left_out] == [one.text for one in page.lines if one.reason]
    unplaced = tuple(line.text for line in page.lines if line.role is Role.UNPLACED)
    assert page.unknown == unplaced
    assert all(line.reason for line in page.lines if line.role is Role.UNPLACED)
    everything = in_edition(page)
    for line in page.lines:
        if line.role in {Role.STORY, Role.HEADLINE, Role.INTRO} and not line.reason:
            bare = without_mark(line.text)
            words = (line.text, bare, escaped(line.text), escaped(bare))
            assert line.text == "●" or any(one in everything for one in words), line


def check_counts(page: Page) -> None:
    """Hold that each line of a story stands in it once."""
    placed = Counter(line.story for line in page.lines if line.role is Role.STORY)
    for number, story in enumerate(page.stories, start=1):
        bullets = sum(
            1 for one in page.lines if one.story == number and one.text == "●" and not one.reason
        )
        rows = sum(len(block.split("\n")) for block in story.paragraphs)
        assert rows == placed[number] - bullets


@given(PAGES)
def test_every_line_is_in_the_edition_or_left_out_with_its_reason(lines: list[str]) -> None:
    text = "\n".join(lines)
    page = parse_page(text, site=SITE)
    check(text, page)
    check_counts(page)


@given(PAGES)
def test_no_paragraph_is_taken_for_navigation(lines: list[str]) -> None:
    page = parse_page("\n".join(lines), site=SITE)
    away = {line.text for line in page.lines if line.role is Role.NAVIGATION}
    assert not away & set(PARAGRAPHS)


@given(PAGES)
def test_what_was_kept_is_kept_again(lines: list[str]) -> None:
    page = parse_page("\n".join(lines), site=SITE)
    if page.blocks:
        assert parse_page(as_text(page), site=SITE).blocks == page.blocks


@given(PAGES)
def test_dates_bylines_names_and_list_items_are_no_headlines(lines: list[str]) -> None:
    page = parse_page("\n".join([*lines, *PARAGRAPHS]), site=SITE)
    titles = {story.headline for story in page.stories[1:]}
    assert not titles & {*DATES, *BYLINES, "The Harbour Times", "● Boots"}
    assert page.headline != "The Harbour Times"


def test_the_sample_page_has_every_line_in_its_place() -> None:
    if not SAMPLE.is_file():
        pytest.skip("the sample page is not here")
    text = SAMPLE.read_bytes()
    page = parse_page(text, site=NOTHING_LEARNED)
    assert tuple(line.text for line in page.lines) == blocks_of(text)
    kept = Counter(line.role for line in page.lines if not line.reason)
    assert kept[Role.STORY] == 6
    assert {*kept} == {
        *(Role.HEADLINE, Role.STORY, Role.FACT, Role.QUOTE, Role.WORD, Role.SENTENCE, Role.CREDIT)
    }
    document = as_document(page)
    assert len(document["left_out"]) == len(page.lines) - sum(kept.values())
    assert all(one["reason"] for one in document["left_out"])


def test_two_lines_with_the_same_words_are_two_lines() -> None:
    text = "\n".join(("Ferry Returns", *PARAGRAPHS, PARAGRAPHS[0], FACT, FACT))
    page = parse_page(text, site=NOTHING_LEARNED)
    assert page.stories[0].paragraphs == (*PARAGRAPHS, PARAGRAPHS[0])
    assert [line.role for line in page.lines[-2:]] == [Role.FACT, Role.UNPLACED]
