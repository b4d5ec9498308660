from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.pasted.quote import read_quote, unwrap
from newsletter.core.model import Credit, Quote


def split(text: str) -> tuple[str, str | None]:
    """Read a quote that has words, as text and author."""
    quote = read_quote(text, source=None)
    assert quote is not None
    return quote.text, quote.author


@pytest.mark.parametrize(
    ("text", "words", "author"),
    [
        ("Be kind. (Unknown)", "Be kind.", "Unknown"),
        ("Be kind. (Ada Reed).", "Be kind.", "Ada Reed"),
        ("Be kind (Ada Reed)!?", "Be kind", "Ada Reed"),
        ("Be kind. (Ada Reed) .", "Be kind.", "Ada Reed"),
        ("Be kind (to all) always. (Ada Reed)", "Be kind (to all) always.", "Ada Reed"),
        ("Be kind. (Ada Reed (attributed))", "Be kind.", "Ada Reed (attributed)"),
        (
            "Be (very) kind. (Ada (A.) Reed (b. 1850)).",
            "Be (very) kind.",
            "Ada (A.) Reed (b. 1850)",
        ),
        ("Be kind. (— Ada Reed)", "Be kind.", "Ada Reed"),
        ("Be kind. – (Ada Reed)", "Be kind.", "Ada Reed"),
        ("Be kind. (Ada Reed)", "Be kind.", "Ada Reed"),
        ("Be kind. ()", "Be kind.", None),
        ("“Be kind.” (Ada Reed)", "Be kind.", "Ada Reed"),
        ("“Be kind. (Ada Reed)”", "Be kind.", "Ada Reed"),
        ("“Be kind (Ada Reed).”", "Be kind", "Ada Reed"),
        ("She said “be kind” (Ada Reed)", "She said “be kind”", "Ada Reed"),
    ],
)
def test_the_last_balanced_parentheses_are_the_author(
    text: str, words: str, author: str | None
) -> None:
    assert split(text) == (words, author)


@pytest.mark.parametrize(
    "text",
    [
        "Be kind. (Ada Reed) always",
        "Be kind. Ada Reed)",
        "Be kind. (Ada Reed)...",
        "(Be kind)",
        "Be kind",
    ],
)
def test_without_parentheses_at_the_end_there_is_no_author(text: str) -> None:
    assert split(text) == (text, None)


@pytest.mark.parametrize(
    ("text", "words", "author"),
    [
        ("Be kind. - Ada Reed", "Be kind.", "Ada Reed"),
        ("Be kind. – Ada Reed", "Be kind.", "Ada Reed"),
        ("Be kind.—Ada Reed", "Be kind.", "Ada Reed"),
        ("Be kind -- Ada Reed", "Be kind", "Ada Reed"),
        ("Be kind.-Ada Reed", "Be kind.", "Ada Reed"),
        ("“Be kind.” — Ada Reed", "Be kind.", "Ada Reed"),
        ("“Be kind. — Ada Reed”", "Be kind.", "Ada Reed"),
        ("Be kind – always. – Anne-Marie Reed", "Be kind – always.", "Anne-Marie Reed"),
        ("Be kind. – Ludwig van der Berg", "Be kind.", "Ludwig van der Berg"),
        ("Be kind. – J. R. Reed Jr.", "Be kind.", "J. R. Reed Jr."),
        ("Be kind. – Ada Reed.", "Be kind.", "Ada Reed"),
        ("Be kind. – Ada Reed, poet and sailor", "Be kind.", "Ada Reed, poet and sailor"),
        ("Be kind. – Élodie", "Be kind.", "Élodie"),
        ("Be kind. – Norwegian proverb", "Be kind.", "Norwegian proverb"),
        ("Be kind–Ada Reed", "Be kind", "Ada Reed"),
        ("Be kind--Ada Reed", "Be kind", "Ada Reed"),
    ],
)
def test_a_name_after_a_trailing_dash_is_the_author(text: str, words: str, author: str) -> None:
    assert split(text) == (words, author)


@pytest.mark.parametrize(
    "text",
    [
        "Be kind – always",
        "Be kind – Now is the time",
        "The sea is well-Known",
        "Be kind – 42",
        "– Ada Reed",
        "Be kind – " + "Ada " * 16,
        "Be kind –",
    ],
)
def test_what_is_no_name_stays_in_the_text(text: str) -> None:
    assert split(text.strip()) == (text.strip(), None)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ('"Be kind."', "Be kind."),
        ("“Be kind.”", "Be kind."),
        ("‘Don’t hurry.’", "Don’t hurry."),
        ("«Be kind.»", "Be kind."),
        ("„Be kind.“", "Be kind."),
        ("““Be kind.””", "“Be kind.”"),
        ("“Say “be kind” often.”", "Say “be kind” often."),
        ('"Say "be kind" often."', 'Say "be kind" often.'),
    ],
)
def test_one_wrapping_pair_is_taken_off(text: str, bare: str) -> None:
    assert unwrap(text) == bare


@pytest.mark.parametrize(
    "text",
    [
        "“Be kind,” she said, “always.”",
        '"Be kind," she said, "always."',
        "‘Be kind,’ she said, ‘always.’",
        "“Be kind.",
        "Be kind.”",
        '"',
        "",
        "“Be” kind",
    ],
)
def test_marks_that_do_not_wrap_it_all_stay(text: str) -> None:
    assert unwrap(text) == text


def test_the_source_comes_from_the_label() -> None:
    assert read_quote("Be kind.", source=Credit("Sayings")) == Quote(
        text="Be kind.", source=Credit("Sayings")
    )


@pytest.mark.parametrize("text", ["", "“”", '"" (Ada Reed)', "“ ”"])
def test_no_words_are_no_quote(text: str) -> None:
    assert read_quote(text, source=None) is None


@given(st.text("ab ()", min_size=1), st.text("abc", min_size=1))
def test_the_author_is_found_behind_any_parentheses(words: str, author: str) -> None:
    quote = read_quote(f"x{words} ({author})", source=None)
    assert quote is not None
    assert quote.author == author
    assert quote.text == f"x{words}".rstrip()


@given(st.text())
def test_no_text_is_invented(text: str) -> None:
    quote = read_quote(text, source=None)
    if quote is not None:
        assert quote.text in text
        assert (quote.author or "") in text
