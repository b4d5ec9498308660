"""Whatever a service answers, a source gives a valid supply or raises `SourceError`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from newsletter.content.html.tree import parse
from newsletter.content.sources import graciousquotes
from newsletter.content.validity import cleaned, problem_with
from newsletter.core import plugins
from newsletter.core.errors import SourceError
from newsletter.core.model import Part
from tests.support.recorded import DAY, NOW, Always, source_options

SOURCES = [
    ("merriam_webster", Part.WORD, {}),
    ("wiktionary", Part.WORD, {}),
    ("wordnik", Part.WORD, {"pronunciation": True}),
    ("wikiquote", Part.QUOTE, {}),
    ("zenquotes", Part.QUOTE, {}),
    ("wikimedia", Part.FACT, {"kind": "dyk"}),
    ("wikimedia", Part.FACT, {"kind": "onthisday"}),
    ("uselessfacts", Part.FACT, {}),
]
KEYS = (
    *("dyk", "html", "text", "selected", "year", "pages", "content_urls", "desktop", "page"),
    *("parse", "*", "error", "info", "q", "a", "word", "publishDate", "definitions", "source"),
    *("partOfSpeech", "raw", "rawType", "permalink", "kind", "items", "record", "url", "status"),
)
# Bits of the documented formats, so that what hypothesis makes gets past the first look.
BITS = (
    *("<p>", "</p>", "<i>", "<ol><li>", "</li>", "~", "•", "&#149;", "//", "<b><a href='./x'>"),
    *(
        "... that ",
        "?",
        "(pictured)",
        "<!--",
        "<![CDATA[",
        "<script>",
        "&lt;",
        "See the entry",
        " ",
    ),
    *('<span id="WOTD-rss-title">', '<div id="WOTD-rss-description">', "Word of the Day for "),
    *("March 24, 2026 is:", "\x95", "\u200b", "\ud7ff", "http://[", "2026-03-24", "\x00", "“", "”"),
)
LETTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(st.sampled_from(BITS) | st.text(LETTERS, max_size=8), max_size=12).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=25,
)
ITEM = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><item><title>{}</title>'
    "<link>{}</link><description><![CDATA[{}]]></description>"
    "<pubDate>Tue, 24 Mar 2026 01:00:01 -0400</pubDate></item></channel></rss>"
)
FEEDS = st.builds(ITEM.format, TEXTS, TEXTS, TEXTS)
BODIES = (
    st.binary(max_size=200)
    | VALUES.map(json.dumps).map(str.encode)
    | FEEDS.map(lambda feed: feed.encode("utf-8", "surrogatepass"))
)


def make(name: str, part: Part, options: dict[str, Any], body: bytes) -> Any:
    surroundings = source_options(
        part, Always(body), options=options, now=NOW, secret=lambda _name: "key"
    )
    return plugins.load("newsletter.content.sources", name).make(surroundings)


def outcome(act: Callable[[], Any]) -> Any:
    """Return what comes of it, be it the one error that is allowed."""
    try:
        return act()
    except SourceError as error:
        return error


@pytest.mark.parametrize(("name", "part", "options"), SOURCES)
@examples(max_examples=100)
@given(body=BODIES)
@example(body=b"")
@example(body=b"[" * 5000)
@example(body=b"null")
@example(body=b'"\\ud800"')
@example(body=b"/etc/hostname")
@example(body=b"<!DOCTYPE html><title>Just a moment...</title>")
@example(body=b"\xef\xbb\xbf{}")
def test_no_answer_makes_a_source_raise_anything_else(
    name: str, part: Part, options: dict[str, Any], body: bytes
) -> None:
    supply = outcome(lambda: make(name, part, options, body).fetch(part, DAY))
    if isinstance(supply, SourceError):
        assert supply.what.endswith(".")
        return
    assert problem_with(part, cleaned(supply)) is None
    assert supply.origin


@examples(max_examples=100)
@given(body=BODIES, text=st.text(max_size=60))
def test_no_answer_makes_a_check_raise_anything_else(body: bytes, text: str) -> None:
    found = outcome(lambda: graciousquotes.check(text, Always(body)))
    if isinstance(found, SourceError):
        assert found.what.endswith(".")
        return
    assert found.verdict
    assert found.record.startswith("http")


@given(markup=TEXTS | st.text())
def test_markup_of_any_kind_has_text_in_lines(markup: str) -> None:
    read = parse(markup)
    assert all(block == block.strip() and "\n" not in block for block in read.blocks())
    assert "".join(read.text().split()) == "".join("".join(read.blocks()).split())


def test_markup_that_is_nested_deeply_is_read_and_without_end_is_refused() -> None:
    assert parse("<div>" * 600 + "deep").text() == "deep"
    with pytest.raises(SourceError, match="elements inside each other"):
        parse("<div>" * 30_000 + "deep")
