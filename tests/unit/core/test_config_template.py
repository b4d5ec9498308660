"""`[template]` is validated strictly, and what could not be read is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from newsletter.core.colour import READABLE, contrast, from_hex
from newsletter.core.config.palettes import TEXT_ON_GROUND, DarkPalette, Palette
from newsletter.core.config.settings import load
from newsletter.core.config.template import Template
from newsletter.core.errors import ConfigError

PUBLICATION = """\
[publication]
name = "The Harbour Brief"
url = "https://brief.example.org"
sender.name = "The Harbour Brief"
sender.email = "brief@brief.example.org"
postal_address = "4 Quay Street"

"""


def loaded(folder: Path, template: str) -> Template:
    (folder / "config.toml").write_text(PUBLICATION + template, encoding="utf-8")
    return load(folder, {}).template


def refusal(folder: Path, template: str) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, template)
    return caught.value.what


@pytest.mark.parametrize("palette", [Palette(), DarkPalette()])
def test_every_text_of_the_built_in_palettes_can_be_read(palette: Palette) -> None:
    for text, ground in TEXT_ON_GROUND:
        ratio = contrast(from_hex(getattr(palette, text)), from_hex(getattr(palette, ground)))
        assert ratio >= READABLE, (text, ground)


def test_one_colour_may_be_set_and_the_others_stay(tmp_path: Path) -> None:
    template = loaded(
        tmp_path, '[template]\nlight.brand = "#063"\n[template.dark]\nhead = "#fff"\n'
    )
    assert template.light.brand == "#006633"
    assert template.light.head == Palette().head
    assert (template.dark.head, template.dark.paper) == ("#FFFFFF", DarkPalette().paper)


@pytest.mark.parametrize("name", ["ink", "coast", "bright"])
def test_every_palette_can_be_read_and_takes_colours_of_ones_own(tmp_path: Path, name: str) -> None:
    template = loaded(
        tmp_path, f'[template]\npalette = "{name}"\nlight.brand = "#063"\ndark.paper = "#000"\n'
    )
    assert (template.light.brand, template.dark.paper) == ("#006633", "#000000")
    plain = Template.model_validate({"palette": name})
    assert template.light == plain.light.model_copy(update={"brand": "#006633"})
    for palette in (plain.light, plain.dark):
        assert palette == type(palette).model_validate(palette.model_dump())


def test_the_masthead_follows_the_paper_where_nobody_says_otherwise(tmp_path: Path) -> None:
    light = loaded(tmp_path, '[template.light]\npaper = "#FFFDF5"\nhead = "#000"\n').light
    assert (light.masthead, light.masthead_head) == ("#FFFDF5", "#000000")
    light = loaded(tmp_path, '[template]\npalette = "bright"\nlight.masthead = "#FFF"\n').light
    assert (light.masthead, light.masthead_head) == ("#FFFFFF", "#1E1145")


def test_a_ground_that_earlier_colours_could_be_read_on_is_still_taken(tmp_path: Path) -> None:
    light = loaded(tmp_path, '[template.light]\ndesk = "#C9C5BC"\n').light
    assert (light.desk, light.dim) == ("#C9C5BC", "#4D525A")
    assert "`dim` (#565A62) on `desk`" in refusal(tmp_path, '[template.light]\ndesk = "#B0ACA4"\n')


def test_an_unreadable_pair_is_told_with_line_colours_and_contrast(tmp_path: Path) -> None:
    what = refusal(tmp_path, '[template.light]\ndim = "#999999"\n')
    assert (
        'line 9: `template.light.dim` ("#999999") cannot be read: `dim` (#999999) on `paper`'
        in what
    )
    assert "has a contrast of 2.85, and 4.5 is the least" in what


@given(
    st.fixed_dictionaries(
        {role: st.sampled_from(["#000000", "#777777", "#FFFFFF"]) for role in Palette.model_fields}
    )
)
def test_a_palette_is_taken_exactly_when_every_text_can_be_read(colours: dict[str, Any]) -> None:
    readable = all(
        contrast(from_hex(colours[text]), from_hex(colours[ground])) >= READABLE
        for text, ground in TEXT_ON_GROUND
    )
    try:
        Palette(**colours)
    except ValidationError:
        assert not readable
    else:
        assert readable


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ('[template]\nsections = ["fact"]', 'leaves out "stories"'),
        ('[template]\nsections = ["stories", "stories"]', "names a section twice"),
        (
            '[template]\nsections = ["stories", "weather"]',
            '`template.sections.1` ("weather") must be one of "stories", "fact"',
        ),
        ('[template]\nlight.paper = "white"', "is not a colour such as #14161A"),
        ('[template]\nlight.papr = "#FFFFFF"', "`template.light.papr` is not a key"),
        ('[template]\nweb_edition = "https://brief.example.org/today"', "must contain {date}"),
        ('[template]\nweb_edition = "brief/{date}"', "is not a web address"),
        ('[template]\nnameplate = ""', "`template.nameplate` "),
        ('[template]\npalette = "cost"', '`template.palette` ("cost") must be one of "ink"'),
        ('[template]\nvoice = "loud"', '`template.voice` ("loud") must be one of "paper"'),
        ('[template]\ngreeting = "Hello {name}."', "has braces that are not once {name|…}"),
        ('[template]\ngreeting = "{name|a}{name|b}"', "has braces that are not once {name|…}"),
        ('[template]\nsign_off = " "', "must not be empty"),
    ],
)
def test_a_slip_is_told(tmp_path: Path, template: str, sentence: str) -> None:
    assert sentence in refusal(tmp_path, template)
