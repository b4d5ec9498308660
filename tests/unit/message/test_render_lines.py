"""Line breaks in HTML that show nothing."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.message.render.lines import wrap_html

LIMIT = 998  # octets, RFC 5322 section 2.1.1


class _Seen(HTMLParser):
    """What a reader's program sees: tags with attributes, and text with single spaces."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.events: list[object] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.words += data


def longest(text: str) -> int:
    return max(len(line.encode()) for line in text.split("\n"))


def test_end_tags_of_tables_and_blocks_end_lines() -> None:
    assert wrap_html("<tr><td><p>a</p></td></tr>") == "<tr><td><p>a</p>\n</td>\n</tr>"


def test_words_inside_a_line_are_never_parted_from_inline_tags() -> None:
    assert wrap_html("<p>a<b>b</b>c</p>") == "<p>a<b>b</b>c</p>"


def test_a_long_paragraph_is_broken_at_spaces() -> None:
    text = "<p>" + "quiet water " * 400 + "</p>"
    wrapped = wrap_html(text)
    assert longest(wrapped) <= LIMIT
    assert wrapped.replace("\n", " ") == text


def test_a_long_tag_is_broken_between_attributes_only() -> None:
    tag = '<a class="x" ' + " ".join(f'data-{n}="a b c d e f"' for n in range(80)) + ">x</a>"
    wrapped = wrap_html(tag)
    assert longest(wrapped) <= LIMIT
    assert not re.search(r'"[^"=]*\n[^"=]*"(?=[ >])', wrapped)
    assert wrapped.replace("\n", " ") == tag


def test_a_script_without_spaces_is_broken_in_a_comment() -> None:
    wrapped = wrap_html("<p>" + "港" * 2000 + "</p>")
    assert longest(wrapped) <= LIMIT
    assert re.sub("<!--\n-->", "", wrapped) == "<p>" + "港" * 2000 + "</p>"


def test_a_long_first_word_behind_a_full_line_begins_a_line_of_its_own() -> None:
    text = f'<a title="{"y" * 700}">{"W" * 400}</a>'
    wrapped = wrap_html(text)
    assert longest(wrapped) <= LIMIT
    assert wrapped.replace("<!--\n-->", "") == text


@pytest.mark.parametrize("name", ["title", "style"])
def test_no_comment_is_put_where_it_would_be_words(name: str) -> None:
    text = f"<{name}>{'港' * 600} {'W' * 400}</{name}>"
    assert "<!--" not in wrap_html(text)


@pytest.mark.parametrize(
    "cluster", ["e\u0301", "👩\u200d🚀", "👍🏽", "&#8203;", "-merge0a_name_h-"]
)
def test_a_character_as_seen_is_never_broken(cluster: str) -> None:
    pieces = wrap_html("<p>" + cluster * 600 + "</p>").split("<!--\n-->")
    assert len(pieces) > 1
    inner = [pieces[0].removeprefix("<p>"), *pieces[1:-1]]
    assert all(len(piece) % len(cluster) == 0 for piece in inner)


def test_preformatted_text_is_left_alone() -> None:
    text = "<pre>" + "a b " * 500 + "</pre>"
    assert wrap_html(text) == text


@given(
    st.lists(
        st.one_of(
            st.text(max_size=300).map(html.escape),
            st.sampled_from(["<b>", "</b>", "<p>", "</p>", "<br />", "</td>", "<!-- a b -->"]),
            st.integers(1, 60).map(lambda n: f'<a href="https://x.example.org/{"y" * n}">'),
            st.integers(1, 2000).map(lambda n: "w" * n),
        ),
        max_size=30,
    )
)
def test_the_document_means_the_same(pieces: list[str]) -> None:
    text = "".join(pieces)
    before, after = _Seen(text), _Seen(wrap_html(text))
    assert after.events == before.events
    squeeze = re.compile(r"\s+")
    assert squeeze.sub("", after.words) == squeeze.sub("", before.words)
    assert longest(wrap_html(text)) <= max(LIMIT, longest(text))
