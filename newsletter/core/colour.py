"""Colours as numbers: how well one can be read on another (WCAG 2.2, 1.4.3). Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

READABLE = 4.5
"""The least contrast of text and its ground."""
READABLE_LARGE = 3.0
"""The same for large text: from 24 px, or from 18.66 px in bold."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class Colour(NamedTuple):
    """Red, green and blue, each 0 to 255."""

    red: int
    green: int
    blue: int

    @property
    def written(self) -> str:
        """Write it as `#RRGGBB`."""
        return "#{:02X}{:02X}{:02X}".format(*self)

    @property
    def luminance(self) -> float:
        """Return the relative luminance: 0 for black, 1 for white."""
        red, green, blue = (_linear(channel / 255) for channel in self)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def is_hex(text: str) -> bool:
    """Say whether a text is a colour as `#RGB` or `#RRGGBB`."""
    return _HEX.fullmatch(text) is not None


def from_hex(text: str) -> Colour:
    """Read `#RGB` or `#RRGGBB`. Raises `ValueError` for anything else."""
    if not is_hex(text):
        raise ValueError(f"{text!r} is not a colour such as #14161A")
    digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
    return Colour(*bytes.fromhex(digits))


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21, whichever is the ground."""
    darker, lighter = sorted((one.luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)


def _linear(channel: float) -> float:
    # 0.04045 is sRGB's own threshold; WCAG's printed 0.03928 makes no difference in 8 bits.
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
