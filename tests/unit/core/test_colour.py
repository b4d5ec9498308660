"""Contrast as WCAG counts it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.colour import Colour, contrast, from_hex, is_hex

colours = st.builds(Colour, *[st.integers(0, 255)] * 3)


@pytest.mark.parametrize(
    ("text", "ground", "ratio"),
    [
        ("#000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#14161A", "#FFFFFF", 18.1),
        ("#A3231F", "#FFFFFF", 7.5),
        ("#FF9B8C", "#191B1F", 8.5),
        ("#4D525A", "#F1EEE7", 6.8),
    ],
)
def test_contrast_is_what_wcag_computes(text: str, ground: str, ratio: float) -> None:
    assert contrast(from_hex(text), from_hex(ground)) == pytest.approx(ratio, abs=0.06)


@given(colours, colours)
def test_contrast_lies_between_1_and_21_and_has_no_direction(one: Colour, other: Colour) -> None:
    assert 1 <= contrast(one, other) <= 21.0000001
    assert contrast(one, other) == contrast(other, one)


def test_short_and_long_form_mean_the_same() -> None:
    assert from_hex("#fA3") == from_hex("#FFAA33") == Colour(255, 170, 51)


@pytest.mark.parametrize("text", ["", "#", "#12", "#12345", "#GGGGGG", "red", "#1234567", "#FFF\n"])
def test_anything_else_is_no_colour(text: str) -> None:
    assert not is_hex(text)
    with pytest.raises(ValueError, match="not a colour"):
        from_hex(text)
