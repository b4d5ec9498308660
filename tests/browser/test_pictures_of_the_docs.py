"""The pictures of the README and the pages show the product as it is: `make pictures` made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.support.source_code import ROOT
from tools.pictures import likeness, morning
from tools.pictures.__main__ import FOLDER, MOST, casts
from tools.pictures.screens import SCREENS, Screens

AGAIN = "It no longer looks like that: run `make pictures`, look at them, and commit them."


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn again."""

    screens: dict[str, Image.Image]
    casts: dict[str, str]
    fonts: str


@pytest.fixture(scope="module")
def drawn(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawn]:
    """Draw all of them once, from one publication."""
    with morning.standing_still():
        root = morning.begin(tmp_path_factory.mktemp("pictures"))
        screens = {name: draw(Screens(browser, root)) for name, draw in SCREENS.items()}
        yield Drawn(screens, dict(casts(root)), likeness.fonts_of(browser))


@pytest.mark.parametrize("name", SCREENS)
def test_the_product_looks_like_its_picture(drawn: Drawn, name: str) -> None:
    kept = FOLDER / f"{name}.png"
    assert likeness.apart(kept, drawn.screens[name]) < likeness.limit(kept, fonts=drawn.fonts), (
        AGAIN
    )


def test_a_change_of_one_headline_or_colour_is_noticed(drawn: Drawn) -> None:
    kept = FOLDER / "site-reading.png"
    for colour in ("#F2F0EB", "#202020"):
        other = drawn.screens["site-reading"].copy()
        other.paste(colour, (266, 150, 666, 250))  # its headline
        assert likeness.apart(kept, other) > likeness.LIMIT


def test_terminals_say_what_their_pictures_say(drawn: Drawn) -> None:
    kept = {file.stem: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.svg")}
    assert drawn.casts == kept, AGAIN


def test_every_picture_is_drawn_small_and_shown_somewhere(drawn: Drawn) -> None:
    files = {file.stem: file for file in FOLDER.iterdir()}
    assert set(files) == {*drawn.screens, *drawn.casts}
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md")]
    shown = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    for file in files.values():
        assert f"pictures/{file.name})" in shown, file.name
        assert file.stat().st_size < MOST
        assert str(ROOT).encode() not in file.read_bytes()
