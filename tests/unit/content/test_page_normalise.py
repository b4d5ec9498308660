from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.content.pasted.normalise import blocks_of
from newsletter.core.errors import InputError

TEXT = st.text(st.characters(exclude_categories=["Cc"]))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085"])
def test_every_kind_of_newline_ends_a_line(newline: str) -> None:
    assert blocks_of(f"One{newline}Two{newline}{newline}Three") == ("One", "Two", "Three")


def test_form_feed_and_vertical_tab_never_split_a_line() -> None:
    assert blocks_of("One\x0btwo\x0cthree\x1cfour") == ("One two three four",)


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u2009", "\u202f", "\u3000", "\t", "  "])
def test_every_kind_of_space_becomes_one_space(space: str) -> None:
    assert blocks_of(f"{space}Terms{space}of{space} use{space}") == ("Terms of use",)


@pytest.mark.parametrize(
    "invisible", ["\u200b", "\ufeff", "\u00ad", "\u200e", "\u202a", "\u2066", "\u200d", "\u2060"]
)
def test_invisible_characters_are_deleted(invisible: str) -> None:
    assert blocks_of(f"{invisible}har{invisible}bour{invisible}") == ("harbour",)


@pytest.mark.parametrize(("length", "most"), [(49, 2), (50, 3), (99, 3), (100, 4)])
def test_one_control_character_in_fifty_and_two_more_may_be_strays(length: int, most: int) -> None:
    def with_controls(count: int) -> str:
        return "\x01" * count + "a" * (length - count)

    assert blocks_of(with_controls(most)) == ("a" * (length - most),)
    with pytest.raises(InputError, match=f"{most + 1} of its {length} characters"):
        blocks_of(with_controls(most + 1))


def test_a_line_of_invisible_characters_is_no_line() -> None:
    assert blocks_of("One\n\u200b\u00a0\ufeff\nTwo") == ("One", "Two")


def test_joiners_stay_where_they_spell_a_character() -> None:
    emoji, persian = "\U0001f469\u200d\U0001f4bb", "می\u200cخواهم"
    assert blocks_of(f"{emoji} {persian}") == (f"{emoji} {persian}",)


def test_unicode_hyphens_become_plain_and_dashes_stay() -> None:
    assert blocks_of("well\u2010known, non\u2011stop, 1–2 — “yes”") == (
        "well-known, non-stop, 1–2 — “yes”",
    )


def test_accents_are_composed() -> None:
    assert blocks_of("Cafe\u0301") == ("Café",)


def test_accents_are_composed_across_a_deleted_character() -> None:
    assert blocks_of("Cafe\u200b\u0301") == ("Café",)


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_utf_8_is_read_with_and_without_bom(bom: bytes) -> None:
    assert blocks_of(bom + "“Ça va”".encode()) == ("“Ça va”",)


def test_anything_else_is_read_as_windows_1252() -> None:
    assert blocks_of(b"\x93\xc7a va\x94 \x96 l\x92\xe9t\xe9\x85\r\nFin") == (
        "“Ça va” – l’été…",
        "Fin",
    )


def test_a_byte_without_meaning_stays_visible() -> None:
    assert blocks_of(b"caf\xe9 \x81 bar") == ("café \ufffd bar",)


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    assert blocks_of("odd \udc80 one") == ("odd \ufffd one",)


def test_a_stray_control_character_is_deleted() -> None:
    assert blocks_of("One\x00\x07 line") == ("One line",)


@pytest.mark.parametrize("empty", ["", b"", " \n\u00a0\r\n", "\u200b", b"\xef\xbb\xbf"])
def test_nothing_is_refused_with_what_to_do(empty: str | bytes) -> None:
    with pytest.raises(InputError, match="empty") as refused:
        blocks_of(empty)
    assert refused.value.hint


def test_a_file_of_nuls_is_refused() -> None:
    with pytest.raises(InputError, match="not text"):
        blocks_of(b"t\x00e\x00x\x00t\x00 \x00h\x00e\x00r\x00e\x00")


def test_a_compressed_file_is_refused() -> None:
    with pytest.raises(InputError, match="not text"):
        blocks_of(b"PK\x03\x04" + random.Random(7).randbytes(2_000))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_by_its_mark(encoding: str) -> None:
    assert blocks_of("\ufeffHarbour\r\nZoë’s café".encode(encoding)) == ("Harbour", "Zoë’s café")


def test_half_a_character_of_utf_16_is_no_fault() -> None:
    assert blocks_of("\ufeffHarbour".encode("utf-16-le") + b"x")[0].startswith("Harbour")


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Bread &amp; butter", "Bread & butter"),
        ("5&nbsp;euros &ndash; or six", "5 euros – or six"),
        ("Ada&#39;s and Ben&#x2019;s", "Ada's and Ben’s"),
        ("&amp;amp;nbsp;Tide&amp;#38;lt;", "Tide<"),
        ("AT&T; R&D &nosuch; &copy 2031", "AT&T; R&D &nosuch; &copy 2031"),
    ],
)
def test_entities_are_the_characters_they_stand_for(printed: str, read: str) -> None:
    assert blocks_of(printed) == (read,)
    assert blocks_of(read) == (read,)


@given(st.text() | st.binary())
def test_anything_gives_clean_blocks_or_an_input_error(data: str | bytes) -> None:
    try:
        blocks = blocks_of(data)
    except InputError:
        return
    for block in blocks:
        assert block
        assert block == " ".join(block.split())
        assert unicodedata.is_normalized("NFC", block)
        assert not {unicodedata.category(character) for character in block} & {"Cc", "Cs"}


@given(TEXT.filter(str.strip))
def test_normalising_twice_changes_nothing(text: str) -> None:
    try:
        once = blocks_of(text)
    except InputError:  # all of it was invisible
        return
    assert blocks_of("\n\n".join(once)) == once


@given(st.lists(st.sampled_from("ab \u200b\u200c\u200d\u0301\u093c\u0915\ufe0f☀\u0627\u0653\n")))
@example(list("b\u0301\u200c\u093c\u200c\u093c"))  # marks change places where a joiner goes
def test_normalising_twice_changes_nothing_among_joiners(characters: list[str]) -> None:
    once = blocks_of("a" + "".join(characters))
    assert blocks_of("\n".join(once)) == once


@given(st.lists(st.text(st.characters(categories=["L", "N", "P"], max_codepoint=0x2FF))))
def test_lines_are_never_joined_or_split(lines: list[str]) -> None:
    expected = tuple(unicodedata.normalize("NFC", line.replace("\u00ad", "")) for line in lines)
    assert blocks_of("\n".join(["first", *lines])) == ("first", *filter(None, expected))
