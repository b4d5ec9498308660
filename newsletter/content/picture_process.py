"""Decode a picture in a process of its own: a hostile file ends this one, and no edition.

Pictures come from anywhere, and decoders are large programs in C. Memory and time of this process
are limited by the system; what it is asked and answers goes through its standard streams: a line
of JSON, and bytes behind it.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import warnings
from contextlib import suppress
from typing import Any

from PIL import Image, ImageCms

from newsletter.core.sentences import Sentence, said

WIDEST = 1280  # pixels: twice the 640 of the mail's column, for fine screens
NARROWEST = 300  # below it is an emblem, an avatar or a tracker
_LOWEST = 100
_TALLEST = 4  # times its width; above it is a strip that pushes everything else off the screen
_MOST_PIXELS = 50_000_000  # a bomb of a few kilobytes can name billions
_MOST_FRAMES = 300
_MEMORY = 1 << 30  # bytes of address space
_SECONDS = 15  # of a processor
_QUALITY = 85
_SHOWN = frozenset({"JPEG", "MPO", "PNG", "GIF", "WEBP"})  # as they are, in most mail programs
_READ = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = frozenset({5, 6, 7, 8})  # stored with width and height changed round
_BAD_DATA = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    struct.error,
)
_KINDS = (
    (b"%PDF", "a PDF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"8BPS", "a Photoshop file"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
)
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF", b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC"}


class Unfit(Exception):  # noqa: N818  # it says what is known of the picture
    """A picture is none for a mail; the words end a sentence that begins with its name."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def measured(data: bytes) -> dict[str, Any]:
    """Return width and height, upright, of a picture that is shown as it is. Raises `Unfit`."""
    picture = _opened(data)
    if picture.format not in _SHOWN:
        raise Unfit(
            said(
                "is %(format)s, which is no picture that mail programs show", format=picture.format
            )
        )
    width, height = _size(picture)
    try:
        if (frames := getattr(picture, "n_frames", 1)) > _MOST_FRAMES:
            raise Unfit(
                said(
                    "has %(frames)s frames; %(most)s is the most",
                    frames=f"{frames:,}",
                    most=_MOST_FRAMES,
                )
            )
        picture.load()
    except _BAD_DATA as error:
        raise Unfit(said("is damaged (%(why)s)", why=error)) from error
    return {"width": width, "height": height}


def small(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return a picture's first frame upright, in sRGB, at most `WIDEST` wide, without metadata.

    It is a JPEG, or a PNG where something shows through it. Raises `Unfit`.
    """
    picture = _opened(data)
    try:
        pixels = _in_srgb(_shrunk(picture))
    except _BAD_DATA as error:
        raise Unfit(said("is damaged (%(why)s)", why=error)) from error
    pixels.info = {}  # comments, places, profiles: whatever would be written along
    out = io.BytesIO()
    if pixels.mode == "RGBA":
        pixels.save(out, "PNG", optimize=True)
    else:
        pixels.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    suffix = ".png" if pixels.mode == "RGBA" else ".jpg"
    return {"width": pixels.width, "height": pixels.height, "suffix": suffix}, out.getvalue()


def _opened(data: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=_READ)
    except _BAD_DATA as error:
        raise Unfit(_what_it_is(data)) from error
    width, height = picture.size
    if width * height > _MOST_PIXELS:  # first of all: metadata may stand behind the pixels
        raise Unfit(
            said(
                "has %(width)s by %(height)s pixels, which is too many",
                width=f"{width:,}",
                height=f"{height:,}",
            )
        )
    width, height = _size(picture)
    if width < NARROWEST:
        raise Unfit(said("is only %(width)s pixels wide", width=f"{width:,}"))
    if height < _LOWEST:
        raise Unfit(said("is only %(height)s pixels high", height=f"{height:,}"))
    if height > _TALLEST * width:
        raise Unfit(
            said(
                "has %(width)s by %(height)s pixels, which is too tall for a mail",
                width=f"{width:,}",
                height=f"{height:,}",
            )
        )
    return picture


def _what_it_is(data: bytes) -> Sentence:
    start = data[:512].lstrip().lower()
    kind = next((name for sign, name in _KINDS if data.startswith(sign)), "")
    if data[4:8] == b"ftyp":
        kind = _BRANDS.get(data[8:12], "a film")
    elif b"<svg" in start:
        kind = "SVG"
    elif start.startswith((b"<!doctype html", b"<html")):
        return said("is a web page, and no picture")
    if not data:
        return said("is empty")
    if kind:
        return said("is %(kind)s, which is no picture that mail programs show", kind=kind)
    return said("is no picture that mail programs show")


def _turned(picture: Image.Image) -> int:
    """Return the orientation out of the metadata; 1, upright, where they are broken."""
    try:
        found = picture.getexif().get(0x0112)
    except _BAD_DATA:
        return 1
    return found if isinstance(found, int) and found in _UPRIGHT else 1


def _size(picture: Image.Image) -> tuple[int, int]:
    width, height = picture.size
    return (height, width) if _turned(picture) in _LYING else (width, height)


def _shrunk(picture: Image.Image) -> Image.Image:
    """Decode the first frame, upright and at most `WIDEST` wide, in its own colours."""
    turned, profile = _turned(picture), picture.info.get("icc_profile")
    share = WIDEST / _size(picture)[0]
    if share < 1:
        # JPEG is decoded at an eighth, a quarter or a half; that saves most of time and memory.
        width, height = picture.size
        picture.draft(None, (round(width * share * 2), round(height * share * 2)))
    pixels = _in_eight_bits(picture)
    if turned in _UPRIGHT:
        pixels = pixels.transpose(_UPRIGHT[turned])
    if share < 1:
        height = max(1, round(pixels.height * WIDEST / pixels.width))
        pixels = pixels.resize((WIDEST, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    pixels.info["icc_profile"] = profile
    return pixels


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Decode into one of the modes L, LA, RGB, RGBA and CMYK."""
    picture.load()
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if picture.mode in {"1", "F"}:
        return picture.convert("L")
    if picture.mode in {"L", "RGB"} and picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in {"L", "LA", "RGB", "RGBA", "CMYK"}:
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _in_srgb(pixels: Image.Image) -> Image.Image:
    """Return a picture in the colours that mail programs take for granted; RGBA, or RGB."""
    alpha = pixels.getchannel("A") if pixels.mode in {"LA", "RGBA"} else None
    opaque = pixels.convert({"LA": "L", "RGBA": "RGB"}.get(pixels.mode, pixels.mode))
    opaque.info["icc_profile"] = pixels.info.get("icc_profile")
    colours = _managed(opaque)
    if alpha is not None and alpha.getextrema()[0] != 255:
        colours.putalpha(alpha)
    return colours


def _managed(pixels: Image.Image) -> Image.Image:
    profile = pixels.info.get("icc_profile")
    if profile:
        # A profile that is broken, or meant for other colours, says nothing.
        with suppress(*_BAD_DATA, ImageCms.PyCMSError):
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            usual = ImageCms.createProfile("sRGB")
            found = ImageCms.profileToProfile(pixels, given, usual, outputMode="RGB")
            if found is not None:
                return found
    return pixels.convert("RGB")


def _limit() -> None:
    """Take no more memory and time than a picture needs; where the system can do that."""
    try:
        import resource  # noqa: PLC0415  # only where there is one
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS)):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def _answered(unfit: Sentence) -> dict[str, Any]:
    """Return what is wrong with a picture so that the one who asked can say it in any language."""
    values = {name: str(value) for name, value in unfit.values.items()}
    return {"unfit": unfit.template, "values": values}


def main() -> None:
    """Answer the one question on standard input."""
    _limit()
    Image.MAX_IMAGE_PIXELS = None  # they are counted here, by a limit that is told
    warnings.simplefilter("ignore")  # of odd metadata
    asked = json.loads(sys.stdin.buffer.readline())
    data, made = sys.stdin.buffer.read(), b""
    try:
        if asked["small"]:
            answer, made = small(data)
        else:
            answer = measured(data)
    except Unfit as unfit:
        answer = _answered(unfit.sentence)
    except MemoryError:
        answer = _answered(said("takes too much memory to be decoded"))
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)


if __name__ == "__main__":
    main()
