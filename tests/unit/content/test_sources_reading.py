"""What the sources of the network share: markup, addresses, taste, freshness."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.feeds.entries import day_of
from newsletter.content.html.tree import parse
from newsletter.content.sources import _taste
from newsletter.content.validity import is_web_address
from newsletter.content.web import answers
from newsletter.content.web.links import link
from newsletter.core.errors import SourceError
from tests.support.recorded import Always
from tests.support.time import computing_at_most


def test_paragraphs_in_paragraphs_are_read_in_their_order() -> None:
    assert parse("<p>One<br/>two<p>three</p><p>four</p> five</p>six").blocks() == (
        *("One", "two", "three", "four", "five", "six"),
    )


def test_a_line_end_in_the_markup_is_a_space() -> None:
    assert parse("<p>One\n  and\ttwo&nbsp;</p>").blocks() == ("One and two",)


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>seen",
        "<style>p { color: red }</style>seen",
        "<!-- hidden -->seen",
        "<![CDATA[>seen",
        "<template><p>hidden</p></template>seen",
        "seen<!-- never closed",
        "</p></div>seen",
    ],
)
def test_what_is_no_text_is_not_read(markup: str) -> None:
    text = parse(markup).text()
    assert "seen" in text
    assert not any(word in text for word in ("alert", "color", "hidden", "never"))


def test_entities_become_characters_once() -> None:
    assert parse("&lt;b&gt; &amp;amp; &eacute; &#149;").text() == "<b> &amp; é •"


def test_an_element_is_found_by_its_id_and_its_tag() -> None:
    read = parse('<div><span id="a">x</span><i>y</i></div>')
    found = read.by_id("a")
    assert found is not None
    assert (found.tag, found.text()) == ("span", "x")
    assert [one.text() for one in read.all("i")] == ["y"]
    assert read.by_id("b") is None


@pytest.mark.parametrize(
    ("address", "base", "found"),
    [
        ("https://example.org/a b", "", "https://example.org/a%20b"),
        ("https://example.org/a%20b", "", "https://example.org/a%20b"),
        ("https://example.org/é", "", "https://example.org/%C3%A9"),
        ("https://example.org/?utm_source=x&id=7", "", "https://example.org/?id=7"),
        ("https://example.org/?utm_source=x", "", "https://example.org/"),
        ("./Hum_Bridge", "https://example.org/wiki/", "https://example.org/wiki/Hum_Bridge"),
        ("/wiki/lull", "https://example.org/x/", "https://example.org/wiki/lull"),
        ("//example.org/lull", "https://example.net/", "https://example.org/lull"),
        ("javascript:alert(1)", "https://example.org/", None),
        ("lull", "", None),
        ("", "", None),
        ("http://[", "", None),
    ],
)
def test_a_link_is_absolute_and_encoded_or_none(address: str, base: str, found: str | None) -> None:
    assert link(address, base=base) == found


@given(st.text(), st.sampled_from(["", "https://example.org/wiki/"]))
def test_no_text_becomes_a_broken_link(address: str, base: str) -> None:
    found = link(address, base=base)
    assert found is None or (is_web_address(found) and found.isascii())
    assert found is None or link(found) == found


@pytest.mark.parametrize("text", ["a lull", "A lull.", "Is it?", "“Quiet.”", "é"])
def test_a_sentence_begins_large_and_is_closed(text: str) -> None:
    said = answers.as_sentence(text)
    assert said[0].isupper() or said[0] == "“"
    assert said.rstrip("”")[-1] in ".?"
    assert answers.as_sentence(said) == said


def test_nothing_is_no_sentence() -> None:
    assert answers.as_sentence("") == ""


def test_fresh_is_the_day_and_the_one_before() -> None:
    day = date(2026, 3, 1)
    fresh = [n for n in range(20, 29) if answers.is_fresh(date(2026, 2, n), day)]
    assert fresh == [28]
    assert answers.is_fresh(day, day)
    assert not answers.is_fresh(date(2026, 3, 2), day)


@pytest.mark.parametrize("moment", [None, (), (2026, 13, 1), (0, 0, 0)])
def test_an_entry_without_a_date_of_the_calendar_has_none(moment: tuple[int, ...] | None) -> None:
    assert day_of({"published_parsed": moment}) is None


def test_publication_goes_before_update() -> None:
    entry = {"updated_parsed": (2026, 3, 25), "published_parsed": (2026, 3, 24)}
    assert day_of(entry) == date(2026, 3, 24)


@pytest.mark.parametrize("body", [b"", b"{", b"nul", b"\xff\xfe", b"[" * 5000])
def test_what_is_not_json_is_named(body: bytes) -> None:
    with pytest.raises(SourceError, match="The Service answered with something that is not JSON"):
        answers.json_of(Always(body)("https://example.org/"), service="The Service")


def test_json_behind_a_byte_order_mark_is_read() -> None:
    fetched = Always(b'\xef\xbb\xbf{"a": 1}')("https://example.org/")
    assert answers.json_of(fetched, service="The Service") == {"a": 1}


@pytest.mark.parametrize("label", ["vulgar", "slang, vulgar", "ethnic slur", "mildly offensive"])
def test_a_label_that_warns_is_seen(label: str) -> None:
    assert _taste.has_coarse_label(f"({label}) Something.")
    assert not _taste.has_coarse_label(f"(rare) What some call {label}.")


@pytest.mark.parametrize("piece", ["<", "<a ", "</", "<a href='", "<!--", "<script>"])
def test_markup_made_to_be_slow_is_read_quickly_or_refused(piece: str) -> None:
    with computing_at_most(20):
        assert isinstance(parse(piece * 2_000).text(), str)
    with computing_at_most(20), suppress(SourceError):
        assert isinstance(parse(piece * 60_000).text(), str)
