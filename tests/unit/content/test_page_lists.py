"""Lines of a list are one list, and never headlines."""

from __future__ import annotations

import pytest

from tests.support.page import PARAGRAPHS, read

HEADLINE = "Ferry Returns to the Quay"
ASKED = "Bring the following with you:"


def blocks(*lines: str) -> tuple[str, ...]:
    """Read lines below a headline and a paragraph; return the story's blocks from the third on."""
    page = read(HEADLINE, PARAGRAPHS[0], ASKED, *lines)
    assert len(page.stories) == 1
    assert page.unknown == ()
    return page.stories[0].paragraphs[2:]


@pytest.mark.parametrize(
    "items",
    [
        ("●\tBoots", "●\tA bucket"), ("• Boots", "•A bucket"), ("- Boots", "- A bucket"),
        ("– Boots", "– A bucket"), ("* Boots", "* A bucket"), ("‣ Boots", "‣ A bucket"),
        ("1. Boots", "2. A bucket"), ("1) Boots", "2) A bucket"), ("a) Boots", "b) A bucket"),
        ("●", "Boots", "●", "A bucket"),
    ],
)  # fmt: skip
def test_marked_lines_are_one_list(items: tuple[str, ...]) -> None:
    assert blocks(*items) == ("- Boots\n- A bucket",)
    assert blocks(*items, "Tickets are sold at the quay") == (
        "- Boots\n- A bucket",
        "Tickets are sold at the quay",
    )


def test_what_else_a_story_with_a_list_says_is_escaped() -> None:
    page = read(HEADLINE, "It costs *5* [euros] <now> for all of those who come.", "● a_b", "2. x")
    assert page.stories[0].markup == "markdown"
    assert page.stories[0].paragraphs == (
        r"It costs \*5\* \[euros\] \<now\> for all of those who come.",
        r"- a\_b",
        r"2\. x",
    )


@pytest.mark.parametrize("line", ["- that is all", "* with the winter sails", "3. of a series"])
def test_one_mark_that_others_use_is_no_list(line: str) -> None:
    page = read(HEADLINE, PARAGRAPHS[0], line)
    assert page.stories[0].markup == "text"
    assert page.stories[0].paragraphs == (PARAGRAPHS[0], line)


def test_numbered_headlines_are_headlines() -> None:
    page = read("1. Ferry Returns", *PARAGRAPHS, "2. Bakers Meet", *PARAGRAPHS)
    assert [story.headline for story in page.stories] == ["1. Ferry Returns", "2. Bakers Meet"]


def test_a_bullet_without_a_text_is_left_out() -> None:
    page = read(HEADLINE, *PARAGRAPHS, "●")
    assert [one.reason for one in page.left_out] == ["a bullet without a text"]
