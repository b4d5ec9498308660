"""The colours of a mail by role: three palettes, each in light and in dark, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, model_validator

from newsletter.core.colour import READABLE, contrast, from_hex
from newsletter.core.config.values import Section

PaletteName = Literal["ink", "coast", "bright"]
Colours = Mapping[str, str]

TEXT_ON_GROUND = (
    ("head", "paper"),
    ("ink", "paper"),
    ("dim", "paper"),
    ("accent", "paper"),
    ("dim", "desk"),
    ("head", "tint"),
    ("ink", "tint"),
    ("dim", "tint"),
    ("accent", "tint"),
    ("masthead_head", "masthead"),
    ("masthead_dim", "masthead"),
    ("on_quote", "quote"),
    ("on_brand", "brand"),
)
"""Which role's text the templates print on which role's ground."""
_FOLLOWS = {"masthead": "paper", "masthead_head": "head", "masthead_dim": "dim"}
# What the roles without a value were before there were palettes: a colour that was chosen beside
# them may not be readable with what they are now.
_BEFORE: Mapping[str, Colours] = {
    "light": {"head": "#14161A", "ink": "#22252B", "dim": "#4D525A"},
    "dark": {"head": "#F4F1EA", "dim": "#A9ACB3", "quote": "#2A3446", "brand": "#A3231F"},
}


def _six_digits(text: str) -> str:
    return from_hex(text).written


Hex = Annotated[str, AfterValidator(_six_digits)]


class Palette(Section):
    """`[template.light]`: a colour for each role. Text that cannot be read is refused."""

    desk: Hex = "#F3F1EC"  # the ground around the paper
    paper: Hex = "#FFFFFF"
    masthead: Hex = "#FFFFFF"  # the ground of the name; left out, the paper's
    masthead_head: Hex = "#15171C"  # the name on it
    masthead_dim: Hex = "#565A62"  # date and reading time on it
    head: Hex = "#15171C"  # headlines, ledes, links
    ink: Hex = "#26292F"  # body text
    dim: Hex = "#565A62"  # dates, credits, the footer
    accent: Hex = "#9B2420"  # labels, figure, stars
    hairline: Hex = "#DCD8CE"
    rule: Hex = "#D9B9A6"  # beside quotations
    tint: Hex = "#F6F3EC"  # corrections, and the box of a picture that is not shown
    quote: Hex = "#171D29"  # the quote's band
    on_quote: Hex = "#F9F5EC"
    brand: Hex = "#9B2420"  # the button
    on_brand: Hex = "#FFFFFF"

    @model_validator(mode="before")
    @classmethod
    def _followed(cls, given: Any) -> Any:
        """Let the masthead look like the paper where nobody said otherwise."""
        if not isinstance(given, dict):
            return given
        leads = {role: given[leader] for role, leader in _FOLLOWS.items() if leader in given}
        return {**leads, **given}

    @model_validator(mode="after")
    def _readable(self) -> Palette:
        problem = next(_unreadable(self.model_dump()), None)
        if problem:
            raise ValueError(problem)
        return self


class DarkPalette(Palette):
    """`[template.dark]`: the same roles for readers who asked for dark."""

    desk: Hex = "#0E0F12"
    paper: Hex = "#17191D"
    masthead: Hex = "#17191D"
    masthead_head: Hex = "#F3F0EA"
    masthead_dim: Hex = "#A8ABB2"
    head: Hex = "#F3F0EA"
    ink: Hex = "#D9D7D2"
    dim: Hex = "#A8ABB2"
    accent: Hex = "#FF9F8F"
    hairline: Hex = "#383C43"
    rule: Hex = "#6B4A42"
    tint: Hex = "#212429"
    quote: Hex = "#28324A"
    brand: Hex = "#A62B26"


# Every role but those that follow the paper; "ink" is what the two classes say.
_LIGHT: Mapping[str, Colours] = {
    "ink": {},
    "coast": {
        "desk": "#E9F1F1",
        "paper": "#FFFFFF",
        "head": "#0D2530",
        "ink": "#1F343E",
        "dim": "#48606B",
        "accent": "#00667A",
        "hairline": "#CBDCDE",
        "rule": "#9CC7CC",
        "tint": "#EFF6F6",
        "quote": "#0A3847",
        "on_quote": "#F0FAF8",
        "brand": "#00667A",
    },
    "bright": {
        "desk": "#FFF4CC",
        "paper": "#FFFFFF",
        "masthead": "#FFDC3E",
        "masthead_head": "#1E1145",
        "masthead_dim": "#40326B",
        "head": "#1E1145",
        "ink": "#2D2548",
        "dim": "#5B5275",
        "accent": "#5A27D6",
        "hairline": "#DDD5EE",
        "rule": "#C9B8F2",
        "tint": "#F6F2FE",
        "quote": "#4A1DB8",
        "on_quote": "#FFFFFF",
        "brand": "#5A27D6",
    },
}
_DARK: Mapping[str, Colours] = {
    "ink": {},
    "coast": {
        "desk": "#07131A",
        "paper": "#0F1E27",
        "head": "#EAF4F4",
        "ink": "#CDDCDF",
        "dim": "#9DB3BA",
        "accent": "#74D3DF",
        "hairline": "#2C424C",
        "rule": "#2F6470",
        "tint": "#172A34",
        "quote": "#14505F",
        "on_quote": "#F0FAF8",
        "brand": "#00758A",
    },
    "bright": {
        "desk": "#110A22",
        "paper": "#1B1233",
        "masthead_head": "#FFDC3E",
        "head": "#FBF8FF",
        "ink": "#DDD7EC",
        "dim": "#B7AFCC",
        "accent": "#FFDC3E",
        "hairline": "#40345E",
        "rule": "#5B47A0",
        "tint": "#271C45",
        "quote": "#5A27D6",
        "on_quote": "#FFFFFF",
        "brand": "#6A36EA",
    },
}


def chosen(given: Any, *, name: str, scheme: Literal["light", "dark"]) -> Any:
    """Return the values of a palette with one's own colours in it; what is no table stays.

    Roles that nobody chose are those of earlier releases where only these can be read.
    """
    own = given.model_dump(include=given.model_fields_set) if isinstance(given, Palette) else given
    palettes, kind = (_LIGHT, Palette) if scheme == "light" else (_DARK, DarkPalette)
    if not isinstance(own, dict) or name not in palettes:
        return given
    values = {**palettes[name], **own}
    if name != "ink" or not _fails(kind, values):
        return values
    older = {**_BEFORE[scheme], **own}
    return values if _fails(kind, older) else older


def _fails(kind: type[Palette], values: Mapping[str, Any]) -> bool:
    try:
        kind.model_validate(values)
    except ValueError:
        return True
    return False


def _unreadable(colours: Colours) -> Iterator[str]:
    for text, ground in TEXT_ON_GROUND:
        one, other = colours[text], colours[ground]
        ratio = contrast(from_hex(one), from_hex(other))
        if ratio < READABLE:
            yield (
                f"cannot be read: `{text}` ({one}) on `{ground}` ({other}) has a contrast of "
                f"{ratio:.2f}, and {READABLE} is the least"
            )
