"""Fonts for drawing: of those this machine has, one with every letter that is to be drawn.

The program brings none. Where the machine has none either, Pillow's own is left, which knows Latin
letters; a script that no font here can draw, or shape, is left out rather than drawn as boxes.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont, features

Kind = Literal["serif", "sans"]

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
_OTHER_SCRIPTS = (
    "NotoNaskhArabic-Bold.ttf",
    "NotoSansArabic-Bold.ttf",
    "NotoSerifHebrew-Bold.ttf",
    "NotoSansHebrew-Bold.ttf",
    "NotoSerifCJK-Bold.ttc",
    "NotoSansCJK-Bold.ttc",
    "NotoSansDevanagari-Bold.ttf",
    "NotoSansThai-Bold.ttf",
    "FreeSerifBold.ttf",
    "DejaVuSans-Bold.ttf",
    "Arial Bold.ttf",
    "arialbd.ttf",
    "Arial Unicode.ttf",
    "Hiragino Sans GB.ttc",
    "msgothic.ttc",
)
_NAMES: dict[Kind, tuple[str, ...]] = {
    "serif": (
        "Georgia Bold.ttf",
        "georgiab.ttf",
        "Gelasio-Bold.ttf",
        "NotoSerif-Bold.ttf",
        "SourceSerif4-Bold.otf",
        "DejaVuSerif-Bold.ttf",
        "LiberationSerif-Bold.ttf",
        *_OTHER_SCRIPTS,
    ),
    "sans": (
        "NotoSans-Bold.ttf",
        "OpenSans-Bold.ttf",
        "LiberationSans-Bold.ttf",
        "Arial Bold.ttf",
        "arialbd.ttf",
        *_OTHER_SCRIPTS,
    ),
}
_NO_SUCH = "\U0010fffe"  # a character that no font has
_SHAPED = frozenset({"R", "AL"})  # letters that run from right to left
_PROBE = 32  # pixels

Font = ImageFont.FreeTypeFont


def font_for(text: str, kind: Kind, size: int) -> Font | None:
    """Return a font that can draw the whole text; None: there is none here."""
    letters = frozenset(sign for sign in text if _is_drawn(sign))
    if not can_shape() and any(_needs_shaping(sign) for sign in letters):
        return None
    for name in _found(kind):
        if letters <= _covered(name, "".join(sorted(letters))):
            return _opened(name, size)
    return None


def can_shape() -> bool:
    """Say whether letters are joined and turned as their script wants it."""
    return bool(features.check("raqm"))


def _needs_shaping(sign: str) -> bool:
    return unicodedata.bidirectional(sign) in _SHAPED or "\u0900" <= sign <= "\u0dff"


def _is_drawn(sign: str) -> bool:
    return not sign.isspace() and unicodedata.category(sign)[0] not in "MC"


@lru_cache(maxsize=64)
def _covered(name: str, letters: str) -> frozenset[str]:
    """Return which of the letters a font has a picture for."""
    font = _opened(name, _PROBE)
    missing = _picture(font, _NO_SUCH)
    return frozenset(sign for sign in letters if _picture(font, sign) != missing)


def _picture(font: Font, sign: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(sign)
    return mask.size, bytes(mask)


@lru_cache(maxsize=32)
def _opened(name: str, size: int) -> Font:
    if not name:
        own = ImageFont.load_default(size)
        assert isinstance(own, ImageFont.FreeTypeFont)
        return own
    return ImageFont.truetype(name, size)


def _found(kind: Kind) -> Iterator[str]:
    """Yield the files there are, the best first; last the one that is in Pillow, as ""."""
    there = _files()
    yield from (there[name] for name in _NAMES[kind] if name in there)
    yield ""


@lru_cache(maxsize=1)
def _files() -> dict[str, str]:
    wanted = {name for names in _NAMES.values() for name in names}
    return {path.name: str(path) for path in _walked(_FOLDERS) if path.name in wanted}


def _walked(folders: Iterable[str]) -> Iterator[Path]:
    own = Path.home() / ("Library/Fonts" if sys.platform == "darwin" else ".local/share/fonts")
    for folder in (*map(Path, folders), own):
        if folder.is_dir():
            yield from sorted(folder.rglob("*.[to]t[fc]"))
