"""What the checks of words find in what real stories have, and what they leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import Markup
from newsletter.message.checks import (
    author_dash,
    byline_address,
    headline_repeated,
    markup_left,
    paragraph_repeated,
    quotes_doubled,
    story_short,
)
from newsletter.message.words import count, plain
from tests.support.checked import check_edition, with_html, with_quote, with_story
from tests.support.edition import LEDE, PARAGRAPHS, make_edition, make_story

ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
LAST = PARAGRAPHS[-1]


def left(text: str) -> list[str]:
    """Return what is measured in a message with this text in the place of its last paragraph."""
    checked = with_html(LAST[:40], text.translate(ESCAPES) + " " + LAST[:40])
    return [fault.measured for fault in markup_left.check(checked)]


def doubled(text: str) -> list[str]:
    checked = with_html(LAST[:40], text.translate(ESCAPES) + " " + LAST[:40])
    return [fault.measured for fault in quotes_doubled.check(checked)]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("one line<br>another", "<br>"),
        ("one line.<br />Another", "<br />"),
        ("a <b>bold</b> word", "<b>"),
        ("an end</p>", "</p>"),
        ('<a href="https://example.org/a">here</a>', '<a href="https://example.org/a">'),
        ("<img src=a.jpg>", "<img src=a.jpg>"),
        ("<span class=“x”>", "<span class=“x”>"),
        ("four&nbsp;boats", "&nbsp;"),
        ("fish &amp; chips", "&amp;"),
        ("it&#8217;s", "&#8217;"),
        ("it&#x2019;s", "&#x2019;"),
        ("as was said.[^1]", "[^1]"),
        ("as was said[^note]", "[^note]"),
        ("a | b |---|---| 1 | 2", "|---|"),
        ("|:--- | ---:|", "|:--- |"),
        ("the [rules](https://example.org/rules) of it", "[rules](https://example.org/rules)"),
        ("the [rules](/rules) of it", "[rules](/rules)"),
        ("the [rules](a “b”) ](https://example.org/)", "](https:"),
        ("a **bold word** here", "**bold word**"),
        ("**Update:** more", "**Update:**"),
        ("## The bridge, again", "##"),
        ("har \u00adbour", "U+00AD"),
    ],
)  # fmt: skip
def test_marks_that_readers_see_are_found(text: str, mark: str) -> None:
    assert left(text) == [mark]


@pytest.mark.parametrize(
    "text",
    [
        "5 < 6 and 7 > 3",
        "if a <b and c> d",
        "std::vector<int> and List<a>, Map<K, V>, Option<b>",
        "x <- y, <3, <>, ->, =>, <= and >=",
        "AT&T, R&D; Q&A; Marks & Spencer; M&Ms",
        "?a=1&lang=de&copy=2",
        "as Reed found [1], and others [2, 3] (see there)",
        "the array[i](j), f[0](x), handlers[key](event.target)",
        "he said “I [sic](was) there”",
        "2**3, a ** b, x**2**3",
        "a password such as pa**word or ab**cd**ef",
        "a f***ing mess, d**n and s**t",
        "src/**/*.py and **/*.md",
        "the absolute value |x|, |a| - |b|, and a | b",
        "[^a-z]+ is a class of letters, [^1]* as well",
        "#1 in the charts, C#, F# and # 5",
        "snake_case, __init__ and _so_ on",
        "it is written `<br>`, `&nbsp;`, `[^1]` and `**bold**`",
        "it is written “<br>”, “&nbsp;” or “**bold**”",
        "har\u00adbour and break\u00adwater",
        "हिन्\u00adदी",
        "--- a dash --- and ***",
        "1 * 2 * 3 and 4 *5* 6",
        "e-mail <ida@example.org>, see <https://example.org/>",
    ],
)  # fmt: skip
def test_what_people_write_is_left_alone(text: str) -> None:
    assert left(text) == []


def test_marks_that_are_set_as_code_are_meant() -> None:
    code = "<code>&lt;br&gt; [^1] **a**</code><pre>|---|\n&amp;nbsp;</pre>"
    assert list(markup_left.check(with_html("</h1>", f"</h1><p>Write {code}.</p>"))) == []


@pytest.mark.parametrize("markup", ["text", "markdown"])
def test_code_in_a_story_is_rendered_without_a_finding(markup: Markup) -> None:
    words = ("Write `<br>` for a line end, `&nbsp;` for a space and `[a](/b)` for a link.",)
    story = make_story(paragraphs=(*PARAGRAPHS, *words), markup=markup)
    checked = check_edition(make_edition(stories=(story,)))
    assert list(markup_left.check(checked)) == []


def test_marks_in_the_edition_are_found_in_the_message() -> None:
    story = make_story(paragraphs=(*PARAGRAPHS, "One line.<br>Another.[^1] Four&nbsp;boats."))
    measured = {
        one.measured for one in markup_left.check(check_edition(make_edition(stories=(story,))))
    }
    assert measured == {"<br>", "[^1]", "&nbsp;"}


@pytest.mark.parametrize(
    "text", ["““Hope””", '""Hope""', '“"Hope"”', "„„Hoffnung“", "''Hope''", "»»Ja««"]
)
def test_doubled_quotation_marks_are_found(text: str) -> None:
    assert doubled(text)


@pytest.mark.parametrize(
    "text",
    ["“‘Hope’ is a word,” she said", "an empty text, \"\", is none", "6' 2\" tall",
     "rock ’n’ roll’s", "“Yes.” “No.”", "« « Oui » »", "the 1960s' ''", "O''"],
)  # fmt: skip
def test_marks_within_marks_are_not_doubled(text: str) -> None:
    assert doubled(text) == []


@pytest.mark.parametrize(
    "author", ["— Orla Finch", "– Orla Finch", "-- Orla Finch", "- Orla Finch", " ― O. F."]
)
def test_a_dash_before_an_author_is_found(author: str) -> None:
    assert len(list(author_dash.check(with_quote(author=author)))) == 1


@pytest.mark.parametrize("author", [None, "", "Orla Finch", "Jean-Paul Finch", "‘Orla’ Finch"])
def test_an_author_without_a_dash_is_right(author: str | None) -> None:
    assert list(author_dash.check(with_quote(author=author))) == []


@pytest.mark.parametrize(
    "byline", ["ida@example.org (Ida Marsh)", "@idamarsh", "Ida <ida@example.org>"]
)
def test_a_byline_with_an_at_is_found_and_not_repeated(byline: str) -> None:
    [fault] = byline_address.check(with_story(*PARAGRAPHS, byline=byline))
    assert "ida" not in f"{fault.message} {fault.hint} {fault.measured} {fault.place}"


@pytest.mark.parametrize(
    ("first", "markup"),
    [
        ("The BRIDGE turns", "text"),
        ("“The bridge turns.”", "text"),
        ("**The bridge turns**", "markdown"),
        ("# The bridge turns", "markdown"),
        ("[The bridge turns](https://example.org/)", "markdown"),
    ],
)
def test_a_first_paragraph_that_is_the_headline_is_found(first: str, markup: Markup) -> None:
    checked = with_story(first, *PARAGRAPHS, headline="The bridge turns", markup=markup)
    assert len(list(headline_repeated.check(checked))) == 1


def test_a_headline_within_its_first_paragraph_is_right() -> None:
    checked = with_story("The bridge turns, they say.", *PARAGRAPHS, headline="The bridge turns")
    assert list(headline_repeated.check(checked)) == []
    assert list(headline_repeated.check(with_story("?", headline="!"))) == []


@pytest.mark.parametrize(
    ("paragraphs", "short"),
    [(("word " * 39,), True), (("word " * 20, "word " * 20), False), ((), False),
     (("海上の橋が今朝また回った。" * 10,), False), (("海上の橋が今朝また回った。",), True)],
)  # fmt: skip
def test_a_short_story_is_found_in_every_script(paragraphs: tuple[str, ...], short: bool) -> None:
    assert bool(list(story_short.check(with_story(*paragraphs)))) is short


def test_a_paragraph_that_comes_twice_is_found_once_whatever_its_marks() -> None:
    again = (LEDE.upper(), LEDE.replace(" ", "  "))
    checked = with_story(*PARAGRAPHS, *again)
    assert len(list(paragraph_repeated.check(checked))) == 1
    refrain = ("Row, row, row your boat.", "Gently down the stream.")
    assert list(paragraph_repeated.check(with_story(*PARAGRAPHS, *refrain, *refrain))) == []


@given(st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=8), max_size=60))
def test_words_are_counted_in_both_markups_alike(words: list[str]) -> None:
    text = " ".join(words)
    assert count(plain(text, "text")) == count(plain(text, "markdown")) == len(words)


@given(st.text(max_size=80))
def test_no_text_ends_a_check(text: str) -> None:
    checked = with_story(text, text, headline=text, byline=text)
    for module in (byline_address, author_dash, headline_repeated, paragraph_repeated, story_short):
        list(module.check(checked))
