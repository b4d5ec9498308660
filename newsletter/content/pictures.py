"""Pictures as a mail can carry them: measured, made small enough, kept as files."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from newsletter.core.errors import InputError

WIDEST = 1280  # pixels: twice the 640 of the mail's column, for fine screens
NARROWEST = 300  # below it is an emblem, an avatar or a tracker
MOST_BYTES = 10_000_000
SUFFIXES = (".jpg", ".png")
_MOST_PIXELS = 50_000_000  # a bomb of a few kilobytes can name billions
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_QUALITY = 85


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A picture in its folder."""

    file: str  # its name there
    width: int
    height: int


def opened(data: bytes, *, name: str) -> Image.Image:
    """Read a picture's size; its pixels are not unpacked yet.

    `name` stands in the sentence of the `InputError` that is raised for what is no picture, too
    small, or too large.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"{name} has {len(data):,} bytes; {MOST_BYTES:,} is the most.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count ourselves
            found = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{name} is no picture that mail programs show.") from error
    width, height = found.size
    if width < NARROWEST:
        raise InputError(f"{name} is only {width} pixels wide.")
    if width * height > _MOST_PIXELS:
        raise InputError(f"{name} has {width} by {height} pixels, which is too many.")
    return found


def small(picture: Image.Image) -> tuple[bytes, str]:
    """Return the picture upright, at most `WIDEST` wide and without metadata, with its suffix.

    Raises `InputError` for a damaged one.
    """
    try:
        upright = ImageOps.exif_transpose(picture)
        has_alpha = upright.has_transparency_data
        pixels = upright.convert("RGBA" if has_alpha else "RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError("The picture is damaged.") from error
    if pixels.width > WIDEST:
        height = max(1, round(pixels.height * WIDEST / pixels.width))
        pixels = pixels.resize((WIDEST, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if has_alpha:
        pixels.save(out, "PNG", optimize=True)
        return out.getvalue(), ".png"
    pixels.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue(), ".jpg"


def keep(data: bytes, folder: Path, *, name: str) -> Kept:
    """Make a picture small and keep it in a folder, under a name of its content's own.

    Raises `InputError` as `opened` and `small` do, and when it cannot be written.
    """
    content, suffix = small(opened(data, name=name))
    return measured(written(folder / f"{key(content)}{suffix}", content))


def key(content: bytes | str) -> str:
    """Return the name under which a picture is kept: the same for the same content, or address."""
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()[:20]


def measured(path: Path) -> Kept:
    """Read the size of a picture that was kept."""
    with Image.open(path) as picture:
        width, height = picture.size
    return Kept(file=path.name, width=width, height=height)


def written(path: Path, data: bytes) -> Path:
    """Write a file so that nobody ever sees half of it. Raises `InputError` when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        raise InputError(f"The picture cannot be stored: {error.strerror}.") from error
    return path
