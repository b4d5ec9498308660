"""A story's text in the mail: subheadings without jumps, both directions, the first words."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.core.model import Edition, Markup, Quote, Story
from newsletter.message.html.document import parse
from newsletter.message.render.message import Rendered, render
from newsletter.message.render.scripts import direction, turned
from newsletter.message.render.variables import (
    html_paragraphs,
    preheader,
    text_paragraphs,
)
from tests.support.edition import TEMPLATES, make_edition, make_settings, make_story

HEBREW = "הגשר נפתח הבוקר."


def written(*blocks: str, markup: Markup = "markdown") -> Story:
    return make_story(paragraphs=blocks, markup=markup)


def rendered(edition: Edition, language: str = "en") -> Rendered:
    return render(edition, make_settings(Path(), language=language), folders=[TEMPLATES])


def tags(*blocks: str, heading: int = 2) -> list[str]:
    found = html_paragraphs(written(*blocks), heading=heading)
    return [block[1:3] for block in found if block.startswith("<h")]


def test_the_second_kind_stands_below_the_first_once_there_is_one() -> None:
    assert tags("### A", "## B", "#### C", "# D") == ["h2", "h2", "h3", "h2"]
    assert tags("## B", "### C", heading=3) == ["h3", "h4"]


@pytest.mark.parametrize("markup", ["markdown", "text"])
def test_a_block_of_another_direction_says_so(markup: Markup) -> None:
    story = written("An English line.", HEBREW, f"{HEBREW} {HEBREW} and Ada", markup=markup)
    found = html_paragraphs(story, runs="ltr")
    assert [' dir="rtl"' in block for block in found] == [False, True, True]
    found = html_paragraphs(story, runs="rtl")
    assert [' dir="ltr"' in block for block in found] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "runs"), [("Ada", "ltr"), (HEBREW, "rtl"), ("سلام", "rtl"), ("123 – !", None)]
)
def test_most_letters_decide(text: str, runs: str | None) -> None:
    assert direction(text) == runs


def test_nothing_is_turned_that_has_no_letters_or_runs_as_the_mail() -> None:
    assert turned("123", runs="ltr") == turned("Ada", runs="ltr") == turned(None, runs="ltr") == ""


def test_intro_and_quote_are_turned_like_the_text() -> None:
    edition = make_edition(
        stories=(written(HEBREW),), intro=(HEBREW,), quote=Quote(text=f"{HEBREW} {HEBREW}")
    )
    html = rendered(edition).message.html
    turned = [one for one in parse(html).all("p", "span", "h1") if one.get("dir") == "rtl"]
    assert [one.tag for one in turned] == ["p", "span", "p", "p"]  # intro, index, text, quote
    assert "text-align:right" in html
    assert rendered(edition, "he").message.html.count('dir="rtl"') < html.count("<p")


def test_a_list_of_another_direction_has_its_margin_at_its_own_side() -> None:
    html = rendered(make_edition(stories=(written(f"- {HEBREW}"),))).message.html
    style = html[html.index('<ul dir="rtl"') :].partition(">")[0]
    assert "margin-right:24px" in style
    assert "margin-left:0" in style


def test_the_preheader_begins_with_the_first_sentences() -> None:
    table = "| Day |\n|---|\n| Mon |"
    story = written("# Head", table, "![x](https://brief.example.org/x.png)", "The tide turned.")
    assert preheader(make_edition(stories=(story,), preheader=None)) == "The tide turned."
    assert preheader(make_edition(stories=(written("# Head"),), preheader=None)) == "Head"


def test_what_opens_a_text_is_its_first_prose() -> None:
    story = written("## Head", "Words.", "More.")
    assert html_paragraphs(story, opening=True) == ("<p>Words.</p>",)
    assert text_paragraphs(story, opening=True) == ("Words.",)


def test_a_subheading_stands_on_a_line_of_its_own_in_the_text_part() -> None:
    edition = make_edition(stories=(written("One.", "## Two", "Three."),))
    assert "\n\nOne.\n\nTwo\n\nThree.\n\n" in rendered(edition).message.text
