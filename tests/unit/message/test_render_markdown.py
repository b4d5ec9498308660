"""Markdown blocks, as HTML for the mail and as plain text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.message.render.markdown import is_prose, to_html
from newsletter.message.render.markdown_text import to_text


def test_a_paragraph_keeps_its_emphasis_and_link() -> None:
    block = "A *quiet* **day** by the [water](https://brief.example.org/?a=1&b=2)."
    assert to_html(block, heading=2) == (
        "<p>A <em>quiet</em> <strong>day</strong> by the "
        '<a href="https://brief.example.org/?a=1&#38;b=2">water</a>.</p>'
    )
    assert to_text(block) == "A quiet day by the water (https://brief.example.org/?a=1&b=2)."


def test_raw_html_is_shown_and_not_obeyed() -> None:
    assert to_html("<b>x</b>", heading=2) == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "/here", "ftp://x"])
def test_a_link_to_anything_but_web_and_mail_stays_text(target: str) -> None:
    assert "<a" not in to_html(f"[x]({target})", heading=2)


def test_headings_take_the_level_they_are_given() -> None:
    assert to_html("# One", heading=3) == "<h3>One</h3>"
    assert to_html("###### Six", heading=2) == '<h3 class="minor">Six</h3>'
    assert to_html("### Three", heading=2, minor=2) == '<h2 class="minor">Three</h2>'


def test_a_picture_becomes_a_link_to_it() -> None:
    block = "![A bridge](https://brief.example.org/b.jpg)"
    assert to_html(block, heading=2) == (
        '<p><a href="https://brief.example.org/b.jpg">A bridge</a></p>'
    )
    assert to_text(block) == "A bridge (https://brief.example.org/b.jpg)"


def test_titles_survive_the_engine_as_numbers() -> None:
    rendered = to_html('[x](https://brief.example.org "e\u0301 \\\\")', heading=2)
    assert 'title="e&#769; &#92;"' in rendered


def test_lists_and_quotes_are_marked_in_plain_text() -> None:
    assert to_text("- one\n- two\n  - deep\n") == "- one\n- two\n  - deep"
    assert to_text("3. three\n4. four") == "3. three\n4. four"
    assert to_text("> said\n> softly") == "> said softly"


def test_an_address_that_is_its_own_text_stands_once() -> None:
    assert to_text("<https://brief.example.org/a>") == "https://brief.example.org/a"
    assert to_text("<desk@brief.example.org>") == "desk@brief.example.org"


def test_without_addresses_the_words_of_links_and_pictures_remain() -> None:
    block = "See [the *log*](https://example.org/log), ![a gull](https://example.org/g.png)."
    assert to_text(block, addresses=False) == "See the log, a gull."


def test_code_and_rules_survive_as_plain_text() -> None:
    assert to_text("```\na\n  b\n```") == "a\n  b"
    assert to_text("a\n\n---\n\nb") == "a\n\n* * *\nb"
    assert to_text("one  \ntwo") == "one\ntwo"


@given(st.text(alphabet="ab *_`#>-+1.[]()!<&\"'\\\n\t~=:/é\u0301", max_size=80))
def test_any_block_gives_well_formed_html_and_some_text(block: str) -> None:
    ET.fromstring(f"<div>{to_html(block, heading=2)}</div>")
    to_text(block)


@given(st.text(alphabet="abc é,;", min_size=1, max_size=60))
def test_plain_sentences_are_the_same_in_both_parts(block: str) -> None:
    shown = "".join(ET.fromstring(f"<div>{to_html(block, heading=2)}</div>").itertext())
    assert shown.split() == to_text(block).split() == block.split()


@pytest.mark.parametrize(
    ("written", "carried"),
    [
        ("https://quay.example/ca\u00f1a?q=%E4", "https://quay.example/ca%C3%B1a?q=%E4"),
        ("https://f\u00e4hre.example", "https://xn--fhre-loa.example"),
        ("https://quay.example/Tide_(moon)", "https://quay.example/Tide_(moon)"),
        ("mailto:ida@quay.example?subject=\u00fc", "mailto:ida@quay.example?subject=%C3%BC"),
    ],
)
def test_a_link_is_brought_to_what_mail_can_carry(written: str, carried: str) -> None:
    assert f'<a href="{carried}">a quay</a>' in to_html(f"[a quay]({written})", heading=2)


@pytest.mark.parametrize(
    "written", ["http://[quay", "https://ida:x@quay.example/", "/quay", "ftp://a"]
)
def test_what_cannot_be_carried_stays_text(written: str) -> None:
    assert "<a" not in to_html(f"[a quay]({written})", heading=2)


# --- the dialect beyond CommonMark ---------------------------------------------------------------


def test_struck_raised_and_lowered_words_are_shown_in_both_parts() -> None:
    block = "It cost ~~4~~ 5 for 10^6^ of CO~2~, the 1^st^, 2^a+b^."
    assert to_html(block, heading=2) == (
        "<p>It cost <s>4</s> 5 for 10<sup>6</sup> of CO<sub>2</sub>, the 1<sup>st</sup>, "
        "2<sup>a+b</sup>.</p>"
    )
    assert to_text(block) == "It cost ~4~ 5 for 10⁶ of CO₂, the 1st, 2^(a+b)."
    assert to_text("It cost ~~4~~ 5.", addresses=False).split() == ["It", "cost", "5."]
    assert to_text(r"\^a\^ \~b\~") == "^a^ ~b~"


def test_a_linked_picture_keeps_its_link() -> None:
    block = "[![A pier](https://brief.example.org/p.jpg)](https://brief.example.org/story)"
    assert to_html(block, heading=2) == (
        '<p><a href="https://brief.example.org/story">A pier</a></p>'
    )
    assert to_text(block) == "A pier (https://brief.example.org/story)"
    bare = block.replace("A pier", "")
    assert ">https://brief.example.org/story</a>" in to_html(bare, heading=2)
    assert to_text(bare) == "https://brief.example.org/story"


@pytest.mark.parametrize("block", ["[the map](/map)", "![the map](map.png)", "[the map](tel:1)"])
def test_of_a_link_that_leads_nowhere_the_words_are_left(block: str) -> None:
    assert to_html(block, heading=2) == "<p>the map</p>"
    assert to_text(block) == "the map"


SMALL = "| Day | Fare |\n|---|---|\n| Monday | 5.50 € |\n| Friday | *free* |"
FIGURES = "| Day | Fare | To |\n|---|---|:--|\n| Monday | 5.50 € | 1 |"
WIDE = "| A | B | C | D | E |\n|--|--|--|--|--|\n| 1 | *2* | 3 |  | 5 |"


def test_a_small_table_is_a_table_with_its_heads() -> None:
    rendered = to_html(SMALL, heading=2)
    assert rendered.startswith('<table role="table" class="data"')
    assert '<th scope="col">Fare</th>' in rendered
    assert "figure" not in rendered
    assert to_text(SMALL) == "Day     Fare\n------  ------\nMonday  5.50 €\nFriday  free"


def test_figures_end_at_the_end_side_and_hold_together() -> None:
    rendered = to_html(FIGURES, heading=2)
    assert '<td class="figure">5.50\u00a0€</td>' in rendered
    assert '<td align="left" class="figure to-left">1</td>' in rendered


def test_a_wide_table_is_a_line_for_each_row() -> None:
    assert "<table" not in to_html(WIDE, heading=2)
    assert "<strong>A:</strong> 1 · <strong>B:</strong> <em>2</em>" in to_html(WIDE, heading=2)
    long = SMALL.replace("Monday", "Monday " * 12)
    assert to_text(long).startswith("- Day: Monday Monday")
    assert to_text(long).endswith("- Day: Friday · Fare: free")


def test_nested_lists_and_quotes_keep_their_place_in_plain_text() -> None:
    assert to_text("9. a\n10. b\n    - c\n\n      d") == "9. a\n10. b\n    - c\n      d"
    assert to_text("> a\n>\n> b\n\nc") == "> a\n>\n> b\n\nc"


def test_code_is_code_and_nothing_else() -> None:
    assert to_html("```py x\n<b> ~~a~~\n```", heading=2) == (
        "<pre><code>&lt;b&gt; ~~a~~\n</code></pre>"
    )


def test_a_block_that_runs_the_other_way_says_so_with_all_that_has_sides() -> None:
    rendered = to_html("- a\n  - b\n\n  > c", heading=2, direction="rtl")
    assert rendered.count('dir="rtl"') == 3
    assert to_html("```\na\n```", heading=2, direction="ltr").startswith('<pre dir="ltr">')


@pytest.mark.parametrize(
    ("block", "is_one"),
    [
        ("Words.", True),
        ("- words", True),
        ("## Words", False),
        ("![words](https://brief.example.org/a.png)", False),
        (SMALL, False),
        ("```\nwords\n```", False),
        ("***", False),
    ],
)
def test_prose_is_what_has_sentences(block: str, is_one: bool) -> None:
    assert is_prose(block) is is_one
