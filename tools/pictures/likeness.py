"""How far a picture that is drawn again is from the one that is kept."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops, ImageStat
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser

LIMIT = 0.8  # of 255, on average; the same page again is 0.2 apart, other headlines 1.0 or more
OTHER_FONTS_LIMIT = 8.0  # where this machine has other fonts only gross changes can be told
_SMALLER = 8
_COLOURS = 64
_FONTS = "Fonts"
_MEASURE = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  return ["Georgia, serif", "system-ui, sans-serif", "-apple-system, Arial, sans-serif"]
    .map((family) => {
      pen.font = `40px ${family}`;
      return pen.measureText("Harbour Brief, 0123456789").width.toFixed(1);
    }).join(" ");
}"""


def fonts_of(browser: Browser) -> str:
    """Return what the fonts of this machine measure."""
    page = browser.new_page()
    measured: str = page.evaluate(_MEASURE)
    page.close()
    return measured


def keep(picture: Image.Image, file: Path, *, fonts: str) -> None:
    """Write a picture in few colours, with what the fonts measured that it was drawn with."""
    few = picture.quantize(_COLOURS, kmeans=2, dither=Image.Dither.NONE)
    notes = PngInfo()
    notes.add_text(_FONTS, fonts)
    few.save(file, optimize=True, pnginfo=notes)


def apart(kept: Path, drawn: Image.Image) -> float:
    """Return the mean difference of both, made smaller; 255 where their sizes differ."""
    with Image.open(kept) as file:
        before = file.convert("RGB")
    if before.size != drawn.size:
        return 255.0
    size = (drawn.width // _SMALLER, drawn.height // _SMALLER)
    small = [one.resize(size, Image.Resampling.BOX) for one in (before, drawn)]
    means = ImageStat.Stat(ImageChops.difference(*small)).mean
    return sum(means) / len(means)


def limit(kept: Path, *, fonts: str) -> float:
    """Return how far a picture may be from the one that is kept, on a machine with these fonts."""
    with Image.open(kept) as file:
        return LIMIT if file.info.get(_FONTS) == fonts else OTHER_FONTS_LIMIT
