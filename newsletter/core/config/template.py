"""`[template]`: what an edition is rendered with, in which order, and in which colours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from newsletter.core.colour import READABLE, contrast, from_hex
from newsletter.core.config.values import Line, Section, WebAddress

Block = Literal["stories", "fact", "quote", "word", "others", "rating"]

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
    ("on_quote", "quote"),
    ("on_brand", "brand"),
)
"""Which role's text the templates print on which role's ground."""


def _six_digits(text: str) -> str:
    red, green, blue = from_hex(text)
    return f"#{red:02X}{green:02X}{blue:02X}"


def _once(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    if len(set(blocks)) < len(blocks):
        raise ValueError("names a section twice")
    if "stories" not in blocks:
        raise ValueError('leaves out "stories"')
    return blocks


def _dated(address: str) -> str:
    if "{date}" not in address:
        raise ValueError("must contain {date}, which becomes the edition's date")
    return address


Hex = Annotated[str, AfterValidator(_six_digits)]


class Palette(Section):
    """`[template.light]`: a colour for each role. Text that cannot be read is refused."""

    desk: Hex = "#F1EEE7"  # the ground around the paper
    paper: Hex = "#FFFFFF"
    head: Hex = "#14161A"  # headlines and ledes
    ink: Hex = "#22252B"  # body text
    dim: Hex = "#4D525A"  # dates, credits, the footer
    accent: Hex = "#A3231F"  # kickers
    hairline: Hex = "#DEDAD1"
    rule: Hex = "#D9B9A6"  # beside example sentences
    tint: Hex = "#F6F0E4"  # the fact's card, and the box of a picture that is not shown
    quote: Hex = "#1D2636"  # the quote's card
    on_quote: Hex = "#FBF8F2"
    brand: Hex = "#A3231F"  # the bar on top, and the button
    on_brand: Hex = "#FFFFFF"

    @model_validator(mode="after")
    def _readable(self) -> Palette:
        problem = next(self._unreadable(), None)
        if problem:
            raise ValueError(problem)
        return self

    def _unreadable(self) -> Iterator[str]:
        for text, ground in TEXT_ON_GROUND:
            one, other = getattr(self, text), getattr(self, ground)
            ratio = contrast(from_hex(one), from_hex(other))
            if ratio < READABLE:
                yield (
                    f"cannot be read: `{text}` ({one}) on `{ground}` ({other}) has a contrast of "
                    f"{ratio:.2f}, and {READABLE} is the least"
                )


class DarkPalette(Palette):
    """`[template.dark]`: the same roles for readers who asked for dark."""

    desk: Hex = "#0F1013"
    paper: Hex = "#191B1F"
    head: Hex = "#F4F1EA"
    ink: Hex = "#D9D8D4"
    dim: Hex = "#A9ACB3"
    accent: Hex = "#FF9B8C"
    hairline: Hex = "#3A3E45"
    rule: Hex = "#6B4A42"
    tint: Hex = "#24262B"
    quote: Hex = "#2A3446"


class Template(Section):
    """`[template]`: what the edition is rendered with."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "brief"
    nameplate: Line | None = None  # printed at the top; else the publication's name
    sections: Annotated[tuple[Block, ...], AfterValidator(_once)] = (
        "stories",
        "fact",
        "quote",
        "word",
        "others",
    )
    web_edition: Annotated[WebAddress, AfterValidator(_dated)] | None = None
    light: Palette = Palette()
    dark: DarkPalette = DarkPalette()
