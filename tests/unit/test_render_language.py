"""Dates, directions and reading times."""

from __future__ import annotations

from datetime import date

import pytest

from newsletter.errors import ConfigError
from newsletter.render.language import direction, long_date, minutes

DAY = date(2027, 3, 9)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Tuesday, March 9, 2027"),
        ("en-GB", "Tuesday, 9 March 2027"),
        ("de", "Dienstag, 9. März 2027"),
        ("pt-BR", "terça-feira, 9 de março de 2027"),
        ("de-1996", "Dienstag, 9. März 2027"),
    ],
)
def test_a_date_is_written_as_the_language_does(language: str, written: str) -> None:
    assert long_date(DAY, language) == written


def test_an_unknown_language_is_an_error_with_a_next_step() -> None:
    with pytest.raises(ConfigError, match="“qqq” is not a language") as caught:
        long_date(DAY, "qqq")
    assert "en-GB" in caught.value.hint


def test_direction_follows_the_script() -> None:
    assert (direction("en"), direction("ar"), direction("he")) == ("ltr", "rtl", "rtl")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("word " * 230, 1),
        ("word " * 231, 2),
        ("don’t well-known " * 231, 3),
        ("港" * 461, 2),
    ],
)
def test_reading_time_counts_words_and_rounds_up(text: str, expected: int) -> None:
    assert minutes([text]) == expected
