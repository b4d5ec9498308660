"""`[template]`: what an edition is rendered with, in which order, and in which colours."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from newsletter.core.config.palettes import DarkPalette, Palette, PaletteName, chosen
from newsletter.core.config.values import Line, Section, WebAddress

Block = Literal["stories", "fact", "quote", "word", "others", "rating"]
Voice = Literal["paper", "plain"]

NAME = re.compile(r"\{name\|([^{}|]+)\}")
"""Where a greeting has the reader's name, with what stands there for who has none."""
_MOST_SAID = 600  # characters of a sign-off
_BRACES = re.compile(r"[{}]")


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


def _greeting(text: str) -> str:
    if _BRACES.search(NAME.sub("", text, count=1)):
        raise ValueError("has braces that are not once {name|…}, such as {name|dear reader}")
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return " ".join(text.split())


class Template(Section):
    """`[template]`: what the edition is rendered with."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "brief"
    palette: PaletteName = "ink"
    voice: Voice | None = None  # what is said in a serif, or all without; else by the palette
    nameplate: Line | None = None  # printed at the top; else the publication's name
    sections: Annotated[tuple[Block, ...], AfterValidator(_once)] = (
        "stories",
        "fact",
        "quote",
        "word",
        "others",
        "rating",
    )
    web_edition: Annotated[WebAddress, AfterValidator(_dated)] | None = None
    greeting: Annotated[Line, AfterValidator(_greeting)] | None = None  # "Hello {name|there}."
    sign_off: Annotated[str, Field(max_length=_MOST_SAID), AfterValidator(_said)] | None = (
        None  # the editor's last words
    )
    light: Palette = Palette()
    dark: DarkPalette = DarkPalette()

    @model_validator(mode="before")
    @classmethod
    def _coloured(cls, given: Any) -> Any:
        """Put the colours of the palette below one's own."""
        if not isinstance(given, dict):
            return given
        name = str(given.get("palette", "ink"))
        light = chosen(given.get("light", {}), name=name, scheme="light")
        dark = chosen(given.get("dark", {}), name=name, scheme="dark")
        return {**given, "light": light, "dark": dark}

    @property
    def is_plain(self) -> bool:
        """Say whether the mail has no serif."""
        return (self.voice or ("plain" if self.palette == "bright" else "paper")) == "plain"
