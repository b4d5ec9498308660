"""Cleaning, attribute values, preheaders and the wrapping of the text part."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.message.render.plain import WIDTH, attribute, clean, excerpt, one_line, wrap


def test_clean_drops_control_characters_and_keeps_the_rest() -> None:
    assert clean("a\x00b\x1b\x9fc\ufeff\ufffe é 👩\u200d🚀") == "abc é 👩\u200d🚀"


def test_clean_unifies_line_ends() -> None:
    assert clean("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"


@given(st.text())
def test_clean_text_is_valid_in_xml_and_stays_clean(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", cleaned) is None


def test_attribute_writes_special_characters_as_numbers() -> None:
    assert attribute('a "b" <c> & d\\ é') == "a &#34;b&#34; &#60;c&#62; &#38; d&#92; &#233;"


@given(st.text())
def test_attribute_is_ascii_and_means_the_same_text(text: str) -> None:
    written = str(attribute(text))
    assert re.fullmatch(r"[\x20-\x7e]*", written)
    assert not set(written) & set("\"'<>\\")
    assert html.unescape(written) == one_line(text)


def test_excerpt_keeps_a_short_text_whole() -> None:
    assert excerpt("A short  beginning.") == "A short beginning."


def test_excerpt_ends_with_a_sentence_where_one_ends_in_time() -> None:
    first = "The ferry leaves at seven and comes back at nine, as it has done for a hundred years."
    assert excerpt(f"{first} {'The crew is new and learns. ' * 5}", most=100) == first


def test_excerpt_is_cut_at_a_word() -> None:
    text = "word " * 60
    cut = excerpt(text)
    assert cut.endswith("word…")
    assert 85 <= len(cut) <= 140


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=200))
def test_excerpt_never_exceeds_its_limit_and_is_a_beginning(text: str) -> None:
    cut = excerpt(text)
    assert len(cut) <= 140
    assert one_line(text).startswith(cut.removesuffix("…"))


def test_wrap_breaks_prose_at_72_columns() -> None:
    wrapped = wrap("quiet water " * 30)
    assert max(len(line) for line in wrapped.splitlines()) <= WIDTH
    assert wrapped.split() == ("quiet water " * 30).split()


def test_wrap_never_breaks_an_address() -> None:
    url = "https://brief.example.org/" + "long-" * 30 + "path"
    assert url in wrap(f"Read more about the water here: {url} and then go on.").splitlines()


def test_wrap_hangs_list_entries_and_quotes() -> None:
    lines = wrap("- " + "bean " * 30 + "\n> " + "said " * 30 + "\n12. " + "step " * 30).splitlines()
    assert [line[:4] for line in lines] == [
        "- be",
        "  be",
        "  be",
        "> sa",
        "> sa",
        "> sa",
        "12. ",
        "    ",
        "    ",
    ]


def test_wrap_joins_blank_lines_and_ends_with_one_line_end() -> None:
    assert wrap("\n\na\n\n\n\nb  \n\n") == "a\n\nb\n"


def test_wrap_cuts_a_script_without_spaces_by_its_width() -> None:
    lines = wrap("港" * 100).splitlines()
    assert [len(line) for line in lines] == [36, 36, 28]


@pytest.mark.parametrize("word", ["e\u0301" * 90, "港\u3099" * 60])
def test_wrap_never_parts_a_letter_from_its_accent(word: str) -> None:
    assert all(line[0] not in "\u0301\u3099" for line in wrap(word).splitlines())


@given(st.text(alphabet="ab -港>1.\n", max_size=400))
def test_wrap_changes_nothing_but_white_space_and_marks_of_quotes(text: str) -> None:
    def bare(text: str) -> str:
        return re.sub(r"[\s>]", "", text)

    assert bare(wrap(text)) == bare(text)
