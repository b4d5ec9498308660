from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.pasted.folding import fold
from newsletter.content.pasted.listing import items
from newsletter.content.pasted.model import Line
from newsletter.content.pasted.opening import Structure, read_opening
from newsletter.content.pasted.stories import Draft, News, read_stories, story_of

CLOSED = "The ferry is back after a long winter."


def structure_of(lines: list[Line], announced: tuple[str, ...] = ()) -> Structure:
    """Return what a page says about its lines."""
    return Structure(announced=frozenset(map(fold, announced)), listed=items(lines))


def news(*texts: str, headline: str | None = "Lead", announced: tuple[str, ...] = ()) -> News:
    """Read stories below a headline."""
    lines = [Line(at, text) for at, text in enumerate(texts, start=1)]
    lead = Draft(title=Line(0, headline) if headline else None)
    return read_stories(lines, structure_of(lines, announced), lead=lead)


def empty(read: News) -> tuple[str, ...]:
    """Return the headlines without a story."""
    return tuple(draft.title.text for draft in read.empty if draft.title)


def is_lead_headline(text: str, *, dated: bool) -> bool:
    """Say whether the first of two lines is taken as the headline."""
    lines = [Line(0, text), Line(1, CLOSED + " It will stay for the summer.")]
    opening = read_opening(lines, Structure(dated=dated))
    return opening.headline is not None and opening.headline.at == 0


def outline(read: News) -> list[tuple[str, int]]:
    """Return each story's headline and number of paragraphs."""
    return [(draft.title.text if draft.title else "", len(draft.lines)) for draft in read.drafts]


def test_a_short_open_line_after_a_paragraph_begins_a_story() -> None:
    read = news(CLOSED, CLOSED, "Bakers Meet", CLOSED)
    assert outline(read) == [("Lead", 2), ("Bakers Meet", 1)]


def test_stories_are_plain_text() -> None:
    drafts = news(CLOSED, "Bakers Meet", CLOSED).drafts
    assert {story_of(draft, Structure()).markup for draft in drafts} == {"text"}


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
    assert read.headline is not None
    assert (read.headline.text, empty(read)) == ("Bakers Meet", ("Our Brief",))


def test_below_upcoming_events_short_lines_are_the_events() -> None:
    read = news(CLOSED, "Upcoming Events", "June 4: Regatta", "June 5: Market", "June 6 – Fair")
    assert outline(read) == [("Lead", 1), ("Upcoming Events", 3)]


def test_the_last_line_counts_without_a_full_stop() -> None:
    assert outline(news(CLOSED, "Tickets are sold at the quay")) == [("Lead", 2)]
    assert outline(news(CLOSED, "See you tomorrow", "Your harbour desk")) == [("Lead", 3)]


def test_of_several_short_lines_the_first_is_the_headline() -> None:
    read = news(CLOSED, "Bakers Meet", "Early this year", CLOSED)
    assert outline(read) == [("Lead", 1), ("Bakers Meet", 2)]


def test_an_announced_headline_with_nothing_below_is_no_story() -> None:
    read = news(CLOSED, "Bakers Meet", announced=("Bakers Meet",))
    assert outline(read) == [("Lead", 1)]
    assert empty(read) == ("Bakers Meet",)


def test_dates_bylines_lists_and_ways_are_no_headlines() -> None:
    for line in ("March 3, 2031", "By Ada Marsh", "● Boots", "Home > News > Harbour"):
        assert outline(news(CLOSED, line, CLOSED)) == [("Lead", 3)]


def test_a_page_may_have_a_headline_alone() -> None:
    read = news()
    assert (read.drafts, empty(read)) == ((), ("Lead",))


def test_paragraphs_may_have_no_headline() -> None:
    read = news(CLOSED, headline=None)
    assert (read.headline, outline(read)) == (None, [("", 1)])


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
    told = [line for draft in read.drafts for line in (draft.title, *draft.lines)]
    unread = [draft.title for draft in read.empty]
    positions = sorted(line.at for line in (*told, *unread) if line)
    assert positions == list(range(len(lines) + 1))
