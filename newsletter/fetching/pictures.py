"""Pictures for stories: fetched, measured, made small enough for a mail, and kept as files."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from newsletter.errors import SourceError
from newsletter.fetching import addresses
from newsletter.sourcing import Fetch, Picture

WIDEST = 1280  # pixels: twice the 640 of the mail's column, for fine screens
NARROWEST = 300  # below it is an emblem, an avatar or a tracker
_MOST_BYTES = 10_000_000
_MOST_PIXELS = 50_000_000  # a bomb of a few kilobytes can name billions
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_QUALITY = 85
_SUFFIXES = (".jpg", ".png")


def make_pictures(fetch: Fetch, folder: Path, *, public: str | None) -> Callable[[str], Picture]:
    """Make what gives a story its picture.

    With `public`, the web address at which `folder` is served, a picture is stored there under a
    name of its own, once; without, it is only measured, and readers ask its own address.
    """
    if public is None:
        return _Measured(fetch=fetch)
    return _Kept(fetch=fetch, folder=folder, public=public.rstrip("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """Pictures that stay where they are."""

    fetch: Fetch

    def __call__(self, url: str) -> Picture:
        """Fetch and measure. Raises `SourceError` when it is not fit for a mail."""
        if not url.startswith("https://"):
            raise SourceError(f"{addresses.shown(url)} has no https address")
        width, height = _opened(self.fetch, url).size
        return Picture(url=url, width=width, height=height)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Pictures in a folder of the publication."""

    fetch: Fetch
    folder: Path
    public: str

    def __call__(self, url: str) -> Picture:
        """Give the stored picture; fetch, shrink and store it where that was not done yet."""
        name = hashlib.sha256(url.encode()).hexdigest()[:20]
        paths = [self.folder / f"{name}{suffix}" for suffix in _SUFFIXES]
        path = next((path for path in paths if path.exists()), None)
        if path is None:
            data, suffix = _small(_opened(self.fetch, url))
            path = _written(self.folder / f"{name}{suffix}", data)
        with Image.open(path) as kept:
            width, height = kept.size
        return Picture(url=f"{self.public}/{path.name}", width=width, height=height)


def _opened(fetch: Fetch, url: str) -> Image.Image:
    """Fetch a picture and read its size; its pixels are not unpacked yet."""
    body = fetch(url, accept="image/*", most_bytes=_MOST_BYTES).body
    name = addresses.shown(url)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count ourselves
            found = Image.open(io.BytesIO(body), formats=_FORMATS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SourceError(f"{name} is no picture that mail programs show") from error
    width, height = found.size
    if width < NARROWEST:
        raise SourceError(f"{name} is only {width} pixels wide")
    if width * height > _MOST_PIXELS:
        raise SourceError(f"{name} has {width} by {height} pixels, which is too many")
    return found


def _small(picture: Image.Image) -> tuple[bytes, str]:
    """Give the picture upright, at most `WIDEST` wide and without metadata, with its suffix."""
    try:
        upright = ImageOps.exif_transpose(picture)
        has_alpha = upright.has_transparency_data
        pixels = upright.convert("RGBA" if has_alpha else "RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise SourceError("the picture is damaged") from error
    if pixels.width > WIDEST:
        height = max(1, round(pixels.height * WIDEST / pixels.width))
        pixels = pixels.resize((WIDEST, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if has_alpha:
        pixels.save(out, "PNG", optimize=True)
        return out.getvalue(), ".png"
    pixels.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue(), ".jpg"


def _written(path: Path, data: bytes) -> Path:
    """Write a file so that nobody ever sees half of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        raise SourceError(f"the picture cannot be stored: {error.strerror}") from error
    return path
