"""A story's text is cut into blocks and put together again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.blocks import join, split

PARAGRAPHS = st.lists(
    st.text(alphabet=st.characters(categories=["L", "N", "P"]), min_size=1), max_size=6
)


def test_text_is_cut_at_blank_lines_and_line_ends_become_spaces() -> None:
    assert split("One\ntwo.\n \t\n\n  Three.\n", "text") == ("One two.", "Three.")


@settings(deadline=None)
@given(PARAGRAPHS)
def test_paragraphs_survive_joining_and_splitting(paragraphs: list[str]) -> None:
    assert split(join(paragraphs), "text") == tuple(paragraphs)


def test_no_text_gives_no_block() -> None:
    assert split("\n\n ", "text") == ()
    assert split("\n\n ", "markdown") == ()


def test_markdown_is_cut_between_top_level_blocks_only() -> None:
    text = "# Tides\n\nOne\ntwo.\n\n- a\n\n  still a\n- b\n\n```\nx\n\ny\n```\n> quoted\n"
    assert split(text, "markdown") == (
        "# Tides",
        "One\ntwo.",
        "- a\n\n  still a\n- b",
        "```\nx\n\ny\n```",
        "> quoted",
    )


def test_each_block_takes_the_link_definitions_it_uses_along() -> None:
    text = 'See [the gauge][g].\n\nNothing here.\n\n[g]: https://tides.example.org "Gauge"\n'
    assert split(text, "markdown") == (
        'See [the gauge][g].\n\n[G]: <https://tides.example.org> "Gauge"',
        "Nothing here.",
    )


def test_splitting_what_was_joined_changes_nothing() -> None:
    text = "A [b][c].\n\n1. one\n2. two\n\n[c]: https://tides.example.org\n"
    once = split(text, "markdown")
    assert split(join(once), "markdown") == once


def test_raw_html_is_a_paragraph_like_any_other() -> None:
    assert split("<div>\n\nText.\n\n</div>", "markdown") == ("<div>", "Text.", "</div>")
