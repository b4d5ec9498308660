"""Words are found whatever their accents, capitals or script, and no question is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.searching import excerpt, index_of, marked, terms


def finds(question: str, text: str) -> bool:
    """Say what every database answers: each term stands there, its last word may go on."""
    words = index_of(text).split()

    def stands(term: tuple[str, ...]) -> bool:
        return any(
            tuple(words[at : at + len(term) - 1]) == term[:-1]
            and words[at + len(term) - 1].startswith(term[-1])
            for at in range(len(words) - len(term) + 1)
        )

    wanted = terms(question)
    return bool(wanted) and all(map(stands, wanted))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("tide", "How the TIDES are counted"),
        ("école", "Une ecole au bord de l'eau"),
        ("strasse", "Die Straße am Hafen"),
        ("اسواق", "أسواق المدينة في الصباح والأسواق القديمة"),
        ("港の", "朝の港の灯り"),
        ("กรุงเทพ", "เช้าวันนี้ในกรุงเทพมหานคร"),
        ("harbour lamp", "The lamps of the harbour"),
        ("well-known", "a well-known pier"),
        ("3.5", "It is 3.5 metres deep"),
        ("ПРИЛИВ", "приливы и отливы"),
    ],
)
def test_a_word_is_found_in_any_spelling_and_script(question: str, text: str) -> None:
    assert finds(question, text)


@pytest.mark.parametrize(
    ("question", "text"), [("ides", "tides"), ("港灯", "港の灯り"), ("lamp tide", "lamps")]
)
def test_a_word_is_not_found_in_another(question: str, text: str) -> None:
    assert not finds(question, text)


@given(st.text(max_size=120))
def test_an_index_and_a_question_have_only_ascii_letters_and_digits(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9 ]*", index_of(text))
    assert all(re.fullmatch(r"w[a-z0-9]+", word) for term in terms(text) for word in term)


@given(st.text(min_size=1, max_size=60).filter(lambda text: bool(terms(text))))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    if len(text.split()) <= 12:
        assert finds(text, f"before {text} after")


@given(st.text(max_size=80), st.text(max_size=20))
def test_what_is_marked_is_the_whole_text(text: str, question: str) -> None:
    assert "".join(piece for piece, _ in marked(text, question)) == text


def test_an_excerpt_stands_around_the_first_word_that_was_found() -> None:
    text = f"{'One quiet morning after another. ' * 9}The tide comes twice. {'Gulls. ' * 40}"
    pieces = excerpt(text, "tide")
    assert ("tide", True) in pieces
    assert pieces[0][0] == "… "
    assert pieces[-1][0] == " …"
    assert len("".join(piece for piece, _ in pieces)) < 180
    assert excerpt(text, "nowhere") == ()


def test_a_very_long_edition_is_cut_and_not_refused() -> None:
    assert len(index_of("harbour " * 100_000)) <= 400_000
