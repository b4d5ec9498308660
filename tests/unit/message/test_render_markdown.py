"""Markdown blocks, as HTML for the mail and as plain text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.message.render.markdown import to_html
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
