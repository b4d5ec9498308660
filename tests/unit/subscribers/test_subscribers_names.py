"""Names: what is kept, what is cleaned away, and what is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.addresses import Refused
from newsletter.subscribers.names import LONGEST, clean


@pytest.mark.parametrize(
    "name",
    [
        'Jürgen "J" O\'Neil',
        "株式会社\u3000山田",
        "Una 🌿 Byrne",
        "נועם לוי",
        "a\u200db",
        "N" * 500,
        "",
    ],
)
def test_valid_names_stay_as_they_are(name: str) -> None:
    assert clean(name) == name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("  Ann \t", "Ann"),
        ("Ann\r\nBcc: x", "Ann Bcc: x"),
        ("A\x00n\x85n", "A n n"),
        ("Ann\u2028B", "Ann B"),
        ("\x07", ""),
    ],
)
def test_control_characters_become_one_space(given_name: str, kept: str) -> None:
    assert clean(given_name) == kept


@pytest.mark.parametrize(
    ("value", "word"), [("A\ud800", "broken character"), ("A" * 501, "501 characters")]
)
def test_the_reason_says_what_is_refused(value: str, word: str) -> None:
    refused = clean(value, what="value of “city”")
    assert isinstance(refused, Refused)
    assert word in refused.reason
    assert "value of “city”" in refused.reason


@given(st.text(alphabet=st.characters(), max_size=600))
def test_what_is_kept_is_one_line_that_can_be_stored(text: str) -> None:
    kept = clean(text)
    if isinstance(kept, Refused):
        assert len(text) > LONGEST or any(unicodedata.category(c) == "Cs" for c in text)
        return
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in kept)
    assert clean(kept) == kept
    kept.encode()
