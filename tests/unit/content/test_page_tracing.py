"""Every line of a pasted page is accounted for."""

from __future__ import annotations

from hypothesis import given

from newsletter.content.pasted import trace
from newsletter.content.pasted.model import Role
from newsletter.content.pasted.normalise import blocks_of
from newsletter.core.errors import InputError
from tests.support.page import FACT, HEADLINE, PAGES, PARAGRAPHS, full_page


def roles(*lines: str) -> list[Role]:
    """Return what each line of a page was read as."""
    return [line.role for line in trace("\n".join(lines)).lines]


def test_each_line_of_a_full_page_has_its_part() -> None:
    parts = [Role.HEADLINE, Role.STORY, Role.STORY, Role.FACT, Role.QUOTE, Role.WORD]
    assert roles(*full_page()) == [*parts, Role.SENTENCE, Role.CREDIT]


def test_the_sites_furniture_is_shown_as_left_out() -> None:
    page = ("top of page", HEADLINE, *PARAGRAPHS, "Comments", "Rated 3 out of 5 stars", "Share")
    kept = [Role.HEADLINE, Role.STORY, Role.STORY]
    assert roles(*page) == [Role.LEFT_OUT, *kept, Role.LEFT_OUT, Role.LEFT_OUT, Role.LEFT_OUT]


def test_what_has_no_place_is_kept_and_shown_as_such() -> None:
    assert roles(HEADLINE, *PARAGRAPHS, FACT, FACT.replace("three", "two"))[-2:] == [
        Role.FACT,
        Role.UNPLACED,
    ]


def test_lines_say_to_which_story_they_belong() -> None:
    second = ("A Second Story Stands Below", "It has a paragraph of its own, with a full stop.")
    lines = trace("\n".join((HEADLINE, *PARAGRAPHS, *second))).lines
    assert [line.story for line in lines] == [1, 1, 1, 2, 2]


def test_a_dated_page_with_introduction_and_divider_is_told_apart() -> None:
    page = (
        "Tuesday, September 5",
        "Good morning to everyone who reads this by the water.",
        "Now, let's dive into today's news.",
        HEADLINE,
        *PARAGRAPHS,
    )
    assert roles(*page)[:4] == [Role.DATE, Role.INTRO, Role.DIVIDER, Role.HEADLINE]


@given(text=PAGES)
def test_no_line_is_lost_and_the_kept_ones_are_the_pages(text: str) -> None:
    try:
        tracing = trace(text)
    except InputError:
        return
    assert tuple(line.text for line in tracing.lines) == blocks_of(text)
    kept = tuple(line.text for line in tracing.lines if line.role is not Role.LEFT_OUT)
    assert kept == tracing.page.blocks
    unplaced = tuple(line.text for line in tracing.lines if line.role is Role.UNPLACED)
    assert unplaced == tracing.page.unknown
