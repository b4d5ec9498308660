from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.pasted import NOTHING_LEARNED, Page, as_document, as_text, parse_page
from newsletter.content.pasted.normalise import blocks_of
from newsletter.core.errors import InputError
from newsletter.core.model import Credit, Fact
from tests.support.page import HEADLINE, PAGES, PARAGRAPHS, QUOTE, read
from tests.support.time import computing_at_most


def parsed(text: str | bytes) -> Page | None:
    """Read a page; None for what is refused as no text."""
    try:
        return parse_page(text, site=NOTHING_LEARNED)
    except InputError:
        return None


def lines_of(page: Page) -> list[str]:
    """Return the lines that arrived as they were printed, from all parts but features."""
    plain = (one for one in page.stories if one.markup == "text")
    stories = [line for one in plain for line in (one.headline, *one.paragraphs)]
    return [*page.intro, *page.contents, *stories, *page.unknown, *filter(None, [page.date_label])]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('x')</script> & <b>bold</b> &c. done.",
        "{{ config.secret }} {% for x in y %} {# z #} ${x} %s -name- done.",
        "x" * 400,
        "A family \U0001f468\u200d\U0001f469\u200d\U0001f467 and a flag 🇳🇴 and a wave 👋🏽.",
        "שלום עולם, مرحبا بالعالم.",
        "Zoë’s café in Łódź; x̂ and ÿ̌ arrive.",
        "'; DROP TABLE editions; -- done.",
        "=cmd|' /C calc'!A0.",
        "# Not a heading, *not bold*, [no link](javascript:x).",
    ],
)
def test_hostile_content_arrives_equal(text: str) -> None:
    page = read(
        text,
        PARAGRAPHS[0],
        text + ".",
        f"Fact of the Day (Almanac): {text}",
        f"In a Sentence: {text}",
    )
    assert page.headline == text
    assert page.stories[0].paragraphs == (PARAGRAPHS[0], text + ".")
    assert page.features.fact == Fact(text=text, source=Credit("Almanac"))
    assert page.features.sentences == (text,)


@pytest.mark.parametrize(
    "line",
    [
        "Fact of the Day (" + "(" * 50_000,
        "word " * 20_000 + "of the day",
        "w" * 100_000,
        "Quote of the Day: " + "(a" * 50_000 + ")" * 50_000,
        "Quote of the Day: x" + " - A" * 25_000,
        "Word of the Day: x (" + "n," * 50_000 + ") - y",
        "Word of the Day: x" + " (n)" * 25_000 + " - y",
        "Word of the Day: x (n) - " + "." * 100_000,
        "Word of the Day: x (n) - " + "It. " * 25_000,
    ],
)
def test_a_hostile_line_is_read_quickly(line: str) -> None:
    with computing_at_most(2):
        read(HEADLINE, line)


def test_a_very_long_page_is_read_quickly() -> None:
    line = "Fact of the Day (" + "(" * 20_000 + " of the day" * 2_000
    page = read(
        HEADLINE, line, "Quote of the Day: " + "(a" * 20_000 + ")" * 20_000, *[QUOTE] * 3_000
    )
    assert len(page.unknown) == 3_000


@given(PAGES)
def test_no_text_fails(text: str) -> None:
    page = parsed(text)
    if page is not None:
        json.dumps(as_document(page)).encode()


@given(st.binary())
def test_bytes_give_a_page_or_are_refused(data: bytes) -> None:
    page = parsed(data)
    if page is not None:
        as_text(page).encode()


@given(PAGES)
def test_kept_lines_are_a_subsequence_of_the_page(text: str) -> None:
    page = parsed(text)
    if page is None:
        return
    lines = iter(blocks_of(text))
    assert all(block in lines for block in page.blocks)


@given(PAGES)
def test_nothing_is_invented(text: str) -> None:
    page = parsed(text)
    if page is None:
        return
    assert set(filter(None, lines_of(page))) <= set(page.blocks)
    kept = as_text(page)
    parts = [page.features.fact, page.features.quote, *page.features.others]
    texts = [part.text for part in parts if part] + [
        *page.features.sentences,
        page.image_credit or "",
    ]
    assert all(part in kept for part in texts)


@given(PAGES)
def test_reading_a_page_back_gives_the_same_blocks(text: str) -> None:
    page = parsed(text)
    if page is not None and page.blocks:
        assert parse_page(as_text(page), site=NOTHING_LEARNED).blocks == page.blocks
