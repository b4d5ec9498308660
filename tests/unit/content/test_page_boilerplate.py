from __future__ import annotations

from collections.abc import Sequence

import pytest

from newsletter.content.pasted.boilerplate import furniture


def without_furniture(blocks: Sequence[str], *, extra: Sequence[str] = ()) -> tuple[str, ...]:
    away = furniture(blocks, extra=extra)
    return tuple(block for at, block in enumerate(blocks) if at not in away)


LINES = [
    "top of page",
    "BOTTOM OF PAGE",
    "No ratings yet",
    "Add a rating",
    "Write a comment...",
    "CONTACT",
    "US",
    "TELL",
    "Become a member",
    "Thanks for submitting!",
    "Share",
    "See All",
    "Recent Posts",
    "Log In",
    "Like",
    "Reply.",
    "1 rating",
    "12 ratings",
    "© 2031 The Harbour Brief Terms of Use",
    "(c) 2031 The Harbour Brief",
    "Copyright © 2031 The Harbour Brief",
    "Bring global news straight to your inbox. Join today.",
    "1,204 views",
    "3 likes",
    "0 comments",
    "1.2K views",
    "2 min read",
]


def test_a_rating_above_the_headline_is_dropped_and_hides_nothing() -> None:
    page = ["Rated 4.5 out of 5 stars.", "Headline", "A paragraph."]
    assert without_furniture(page) == ("Headline", "A paragraph.")


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_site_is_dropped(line: str) -> None:
    assert without_furniture(["Headline", line, "A paragraph."]) == ("Headline", "A paragraph.")


@pytest.mark.parametrize(
    "line",
    [
        "Comments from both sides were cautious.",
        "Share prices rose.",
        "US and Canada agree on fishing",
        "Rated 3 out of 5 stars by critics, the film won.",
        "12 ratings agencies met.",
        "Likes and dislikes",
        "The club said: become a member",
        "2 min readers",
        "(c) the third point",
        "They bring global news straight to your inbox.",
    ],
)
def test_a_line_that_only_begins_like_furniture_stays(line: str) -> None:
    assert without_furniture(["Headline", "A paragraph.", line])[-1] == line


@pytest.mark.parametrize("cut", ["Comments", "comments:"])
def test_nothing_counts_after_the_comment_section_begins(cut: str) -> None:
    lines = ["Headline", "A paragraph.", cut, "Fact of the Day: Readers know better."]
    assert without_furniture(lines) == ("Headline", "A paragraph.")


@pytest.mark.parametrize("cut", ["Rated 0 out of 5 stars.", "Rated 4.5 out of 5 stars"])
@pytest.mark.parametrize(
    "below", ["No ratings yet", "Add a rating", "Write a comment...", "Comments"]
)
def test_nothing_counts_after_the_pages_own_rating(cut: str, below: str) -> None:
    lines = ["Headline", "A paragraph.", cut, "A reader knows better.", below, "Another does."]
    assert without_furniture(lines) == ("Headline", "A paragraph.")


def test_a_review_goes_on_behind_its_stars() -> None:
    review = ("A Film at the Quay", "We saw it.", "Rated 3 out of 5 stars.", "The end is good.")
    assert without_furniture(review) == review
    assert without_furniture((*review, "Like", "Share")) == review


def test_the_cut_starts_at_the_third_line() -> None:
    assert without_furniture(["Headline", "Comments", "A paragraph."]) == (
        "Headline",
        "A paragraph.",
    )


def test_a_publisher_can_name_further_lines() -> None:
    lines = ["Headline", "SUBSCRIBE NOW!", "Subscribe nowhere.", "A paragraph."]
    assert without_furniture(lines, extra=["Subscribe now"]) == (
        "Headline",
        "Subscribe nowhere.",
        "A paragraph.",
    )


@pytest.mark.parametrize("dots", ["...", "…"])
def test_a_publisher_can_name_a_beginning(dots: str) -> None:
    lines = ["Headline", "Read more: tides", "A paragraph."]
    assert without_furniture(lines, extra=[f"read more{dots}"]) == ("Headline", "A paragraph.")


@pytest.mark.parametrize("nothing", ["", "...", " … ", "."])
def test_an_empty_entry_drops_nothing(nothing: str) -> None:
    assert without_furniture(["Headline", "A paragraph."], extra=[nothing]) == (
        "Headline",
        "A paragraph.",
    )


def test_filtering_twice_changes_nothing() -> None:
    once = without_furniture(["Comments", "Like", "Headline", *LINES, "A paragraph."])
    assert without_furniture(once) == once == ("Headline", "A paragraph.")


@pytest.mark.parametrize("heading", ["Kommentare", "Commentaires", "Leave a Reply"])
def test_a_comment_section_in_other_words_goes_to_the_end_of_the_page(heading: str) -> None:
    lines = ("Headline", "A paragraph.", heading, "Ada", "I like it")
    assert without_furniture(lines) == ("Headline", "A paragraph.")
    lines = ("Headline", "A paragraph.", heading, "Another paragraph.")
    assert without_furniture(lines) == ("Headline", "A paragraph.", "Another paragraph.")
