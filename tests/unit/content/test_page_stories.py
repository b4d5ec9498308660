from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.pasted.stories import News, is_lead_headline, read_stories

CLOSED = "The ferry is back after a long winter."


def news(*lines: str, headline: str | None = "Lead", announced: tuple[str, ...] = ()) -> News:
    """Read stories without a credit."""
    return read_stories(lines, headline=headline, announced=announced, image_credit=None)


def outline(read: News) -> list[tuple[str, int]]:
    """Return each story's headline and number of paragraphs."""
    return [(story.headline, len(story.paragraphs)) for story in read.stories]


def test_a_short_open_line_after_a_paragraph_begins_a_story() -> None:
    read = news(CLOSED, CLOSED, "Bakers Meet", CLOSED)
    assert outline(read) == [("Lead", 2), ("Bakers Meet", 1)]


def test_stories_are_plain_text() -> None:
    assert {story.markup for story in news(CLOSED, "Bakers Meet", CLOSED).stories} == {"text"}


@pytest.mark.parametrize(
    "line", ["Bakers meet.", "Will bakers meet?", "“Bakers met.”", "Bakers:", "word " * 22 + "x"]
)
def test_a_sentence_or_a_long_line_is_a_paragraph(line: str) -> None:
    assert outline(news(CLOSED, line)) == [("Lead", 2)]


def test_110_characters_are_short() -> None:
    assert outline(news(CLOSED, "H" * 110, CLOSED)) == [("Lead", 1), ("H" * 110, 1)]
    assert outline(news(CLOSED, "H" * 111, CLOSED)) == [("Lead", 3)]
    for line in ("H" * 110, "H" * 109 + "?"):
        assert is_lead_headline(line, dated=True)
        assert not is_lead_headline(f"H{line}", dated=True)
        assert is_lead_headline(f"H{line}", dated=False)


def test_a_short_line_below_a_headline_is_its_first_paragraph() -> None:
    assert outline(news("From our harbour desk", CLOSED)) == [("Lead", 2)]


def test_a_quoted_end_without_a_stop_is_open() -> None:
    assert outline(news(CLOSED, "Mayor Promises “No Delay”", CLOSED))[1][0].startswith("Mayor")


def test_an_announced_headline_begins_a_story_whatever_it_looks_like() -> None:
    read = news(CLOSED, "will bakers meet?", CLOSED, announced=("Will Bakers Meet?",))
    assert outline(read) == [("Lead", 1), ("will bakers meet?", 1)]


def test_a_title_above_an_announced_headline_is_empty() -> None:
    read = news("Bakers Meet", CLOSED, headline="Our Brief", announced=("Bakers Meet",))
    assert (read.headline, read.empty) == ("Bakers Meet", ("Our Brief",))


def test_below_upcoming_events_short_lines_are_the_events() -> None:
    read = news(CLOSED, "Upcoming Events", "June 4: Regatta", "June 5: Market", "June 6 – Fair")
    assert outline(read) == [("Lead", 1), ("Upcoming Events", 3)]


def test_a_headline_with_nothing_below_is_no_story() -> None:
    read = news(CLOSED, "Have a good day")
    assert outline(read) == [("Lead", 1)]
    assert read.empty == ("Have a good day",)


def test_a_page_may_have_a_headline_alone() -> None:
    assert news() == News(headline="Lead", stories=(), empty=())


def test_paragraphs_may_have_no_headline() -> None:
    read = news(CLOSED, headline=None)
    assert (read.headline, outline(read)) == (None, [("", 1)])


def test_the_credit_is_the_lead_storys() -> None:
    read = read_stories(
        [CLOSED, "Bakers Meet", CLOSED], headline="Lead", announced=(), image_credit="AFP"
    )
    assert [story.image_credit for story in read.stories] == ["AFP", None]


@pytest.mark.parametrize("line", ["Ferry Returns", CLOSED, "word " * 40])
def test_the_first_line_is_the_headline_whatever_it_looks_like(line: str) -> None:
    assert is_lead_headline(line, dated=False)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("Ferry Returns", True), ("Will It Return?", True), (CLOSED, False), ("word " * 40, False)],
)
def test_below_a_date_the_first_line_may_be_a_paragraph(line: str, expected: bool) -> None:
    assert is_lead_headline(line, dated=True) is expected


@given(st.lists(st.sampled_from([CLOSED, "Bakers Meet", "Ferry Returns", "Upcoming Events"])))
def test_every_line_is_in_one_story_or_empty(lines: list[str]) -> None:
    read = news(*lines, announced=("Ferry Returns",))
    told = [line for story in read.stories for line in (story.headline, *story.paragraphs)]
    headline = [] if read.stories else [read.headline or ""]
    assert sorted([*told, *read.empty, *headline]) == sorted(["Lead", *lines])
