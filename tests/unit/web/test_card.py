"""The picture of an edition without one: any words in any script, the same bytes each time."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from newsletter.core.config.palettes import DarkPalette, Palette
from newsletter.web.site.reading.card import HEIGHT, WIDTH, Words, draw, version
from newsletter.web.site.reading.fonts import can_shape, font_for
from tests.support.examples import examples

PAPER = (255, 255, 255)


def words(headline: str, *, is_rtl: bool = False) -> Words:
    return Words(name="The Harbour Brief", headline=headline, date="9 March", is_rtl=is_rtl)


def drawn(headline: str, *, is_rtl: bool = False) -> Image.Image:
    data = draw(words(headline, is_rtl=is_rtl), Palette())
    assert len(data) < 120_000
    return Image.open(io.BytesIO(data)).convert("RGB")


def inked(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    """Count the pixels of a part that are not the paper's."""
    part = picture.crop(box)
    return sum(count for count, colour in part.getcolors(1 << 20) or () if colour != PAPER)


HEADLINE_BOX = (0, 170, WIDTH, 505)


@pytest.mark.parametrize(
    "headline",
    [
        "Tides",
        "The Swing Bridge Turns Again, and the Harbour Falls Silent",
        "A headline that goes on and on, " * 12,
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnungsstelle",
        "Gulls 🎉 over the quay",
    ],
)
def test_a_headline_of_any_length_stands_inside_its_margins(headline: str) -> None:
    picture = drawn(headline)
    assert picture.size == (WIDTH, HEIGHT)
    assert inked(picture, HEADLINE_BOX) > 1_000
    assert inked(picture, (0, 170, 80, 505)) == 0
    assert inked(picture, (WIDTH - 80, 170, WIDTH, 505)) == 0
    assert inked(picture, (0, 505, WIDTH, 540)) == 0


def test_words_that_run_from_right_to_left_begin_at_the_right() -> None:
    text = "المدينة التي أطفأت مصابيحها"
    left, right = (0, 170, WIDTH // 2, 505), (WIDTH // 2, 170, WIDTH, 505)
    picture = drawn(text, is_rtl=True)
    if font_for(text, "serif", 40) is None or not can_shape():
        assert inked(picture, HEADLINE_BOX) == 0
    else:
        assert inked(picture, right) > inked(picture, left)
    tab = (0, 540, WIDTH // 2, 548)
    assert inked(picture, tab) < inked(drawn(text), tab)


def test_what_no_font_here_can_draw_is_left_out_and_never_drawn_as_boxes() -> None:
    picture = drawn("\U00012000\U00012001\U00012002")  # cuneiform
    assert inked(picture, HEADLINE_BOX) == 0
    alone = Words(name="\U00012000", headline="\U00012001", date="", is_rtl=False)
    whole = Image.open(io.BytesIO(draw(alone, Palette()))).convert("RGB")
    assert inked(whole, (0, 100, WIDTH, 505)) > 1_000  # a page without letters


def test_the_same_words_and_colours_give_the_same_bytes_and_others_another_name() -> None:
    one = words("Tides")
    assert draw(one, Palette()) == draw(one, Palette())
    assert draw(one, Palette()) != draw(one, DarkPalette())
    assert version(one, Palette()) == version(one, Palette())
    assert len({version(one, Palette()), version(words("Tide"), Palette())}) == 2


@settings(max_examples=examples(8))
@given(st.text(max_size=40), st.booleans())
def test_any_words_are_drawn_or_left_out(headline: str, is_rtl: bool) -> None:
    assert drawn(headline, is_rtl=is_rtl).size == (WIDTH, HEIGHT)
