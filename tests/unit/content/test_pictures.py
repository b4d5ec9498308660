"""Pictures of any kind become ones that mail programs show right, or are refused in plain words."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from newsletter.content import picture_process, pictures
from newsletter.content.picture_process import Unfit
from newsletter.core.errors import InputError

RED, GREEN = (200, 30, 30), (30, 160, 60)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture's file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def halves(width: int = 400, height: int = 300) -> Image.Image:
    """Make a picture whose upper half is red, and its lower one green."""
    made = Image.new("RGB", (width, height), RED)
    made.paste(GREEN, (0, height // 2, width, height))
    return made


def decoded(data: bytes) -> Image.Image:
    """Return what a picture is made into."""
    told, content = picture_process.small(data)
    found = Image.open(io.BytesIO(content))
    assert found.size == (told["width"], told["height"])
    assert "icc_profile" not in found.info
    assert not found.getexif()
    return found


def size(data: bytes) -> tuple[int, int]:
    """Return the size of a picture that is shown as it is."""
    told = picture_process.measured(data)
    return told["width"], told["height"]


def near(pixel: Any, wanted: tuple[int, ...], by: int = 6) -> bool:
    """Say whether two colours are the same but for what JPEG does to them."""
    return all(abs(one - other) <= by for one, other in zip(pixel, wanted, strict=True))


def png(width: int, height: int, *, depth: int = 1, colour: int = 0, data: bytes = b"") -> bytes:
    """Write a PNG by hand: of any size, with any data."""

    def chunk(kind: bytes, inner: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + inner))
        return struct.pack(">I", len(inner)) + kind + inner + crc

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def swapped_profile() -> bytes:
    """Return a profile that calls red what sRGB calls green: whoever heeds it sees the other."""
    raw = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", raw[128:132])[0]
    places = {bytes(raw[at : at + 4]): at + 4 for at in range(132, 132 + 12 * count, 12)}
    one, other = places[b"rXYZ"], places[b"gXYZ"]
    raw[one : one + 8], raw[other : other + 8] = raw[other : other + 8], raw[one : one + 8]
    return bytes(raw)


@pytest.mark.parametrize(("kind", "options"), [
    ("JPEG", {}), ("PNG", {}), ("GIF", {}), ("WEBP", {"lossless": True}), ("AVIF", {"quality": 95}),
    ("MPO", {"save_all": True, "append_images": [Image.new("RGB", (400, 300))]}),
])  # fmt: skip
def test_every_kind_that_can_be_read_becomes_a_jpeg(kind: str, options: dict[str, Any]) -> None:
    found = decoded(encoded(halves(), kind, **options))
    assert found.format == "JPEG"
    assert near(found.getpixel((200, 40)), RED)
    assert near(found.getpixel((200, 260)), GREEN)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_mode_keeps_its_tones(mode: str) -> None:
    levels = Image.linear_gradient("L").resize((512, 512))
    if mode == "I;16":
        wide = levels.convert("I").point(lambda value: value * 257)
        data = encoded(wide.convert("I;16"), "PNG")
    else:
        data = encoded(levels.convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    found = decoded(data)
    for y in (8, 504) if mode == "1" else (20, 128, 256, 384, 500):
        grey = levels.getpixel((256, y))
        wanted = (0 if grey < 128 else 255) if mode == "1" else grey
        assert near(found.getpixel((256, y)), (wanted,) * 3, by=10)


def test_a_picture_is_turned_into_the_colours_of_mail_programs() -> None:
    profile = swapped_profile()
    for kind in ("JPEG", "PNG", "WEBP"):
        found = decoded(encoded(halves(), kind, icc_profile=profile))
        red, green, _ = found.getpixel((200, 40))
        assert green > red + 60


def test_transparent_pixels_are_colour_managed_and_stay_transparent() -> None:
    clear = halves().convert("RGBA")
    clear.putalpha(100)
    found = decoded(encoded(clear, "PNG", icc_profile=swapped_profile()))
    assert found.format == "PNG"
    red, green, _, alpha = found.getpixel((200, 40))
    assert green > red + 60
    assert alpha == 100


@pytest.mark.parametrize("profile", [b"nonsense", b"\x00" * 128, swapped_profile()[:300]])
def test_a_broken_profile_says_nothing(profile: bytes) -> None:
    assert near(decoded(encoded(halves(), "PNG", icc_profile=profile)).getpixel((200, 40)), RED)


def test_a_profile_for_other_colours_says_nothing() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert near(decoded(encoded(halves(), "PNG", icc_profile=lab)).getpixel((200, 40)), RED)


@pytest.mark.parametrize("turn", range(10))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("width", [600, 1800])
def test_every_orientation_comes_upright(turn: int, kind: str, width: int) -> None:
    stored = halves(width, width // 2)
    undo = {2: 0, 3: 1, 4: 1, 5: 3, 6: 2, 7: 2, 8: 3}  # where the red half comes to lie
    exif = Image.Exif()
    exif[0x0112] = turn
    data = encoded(stored, kind, exif=exif.tobytes())
    found = decoded(data)
    right, bottom = found.width - 5, found.height - 5
    places = [(right // 2, 5), (right // 2, bottom), (right, bottom // 2), (5, bottom // 2)]
    assert near(found.getpixel(places[undo.get(turn, 0)]), RED, by=12)
    assert size(data) == ((width // 2, width) if turn in {5, 6, 7, 8} else (width, width // 2))


_BROKEN = (
    b"",
    b"II*\x00\xff\xff\xff\xff",
    b"MM\x00*\x00\x00\x00\x08\x00\x01",
    b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x02\x00\x04\x00\x00\x00abc" + bytes(5),  # a text
)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # as the process does that decodes
@pytest.mark.parametrize("exif", _BROKEN)
def test_broken_metadata_cost_nothing(exif: bytes) -> None:
    assert near(
        decoded(encoded(halves(), "JPEG", exif=b"Exif\x00\x00" + exif)).getpixel((200, 40)), RED
    )


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_film_the_first_frame_is_kept(kind: str) -> None:
    others = [Image.new("RGB", (400, 300), (at, at, 255)) for at in range(5)]
    data = encoded(halves(), kind, save_all=True, append_images=others, duration=100)
    assert near(decoded(data).getpixel((200, 40)), RED, by=10)
    assert size(data) == (400, 300)


def test_a_palette_with_a_hole_stays_transparent() -> None:
    clear = Image.new("RGBA", (400, 300), (*RED, 255))
    clear.paste((0, 0, 0, 0), (0, 0, 400, 150))
    found = decoded(encoded(clear, "GIF"))
    assert found.convert("RGBA").getpixel((200, 20))[3] == 0
    assert near(found.convert("RGBA").getpixel((200, 280)), (*RED, 255))


def test_a_wide_picture_is_made_as_wide_as_fine_screens_need_and_a_small_one_stays() -> None:
    assert decoded(encoded(halves(4000, 3000), "JPEG")).size == (1280, 960)
    assert decoded(encoded(halves(1281, 500), "PNG")).size == (1280, 500)
    assert decoded(encoded(halves(301, 200), "PNG")).size == (301, 200)


def film(frames: int) -> bytes:
    """Write a GIF of so many frames."""
    others = [Image.new("RGB", (300, 100), (at % 99, 50 + at % 97, 200)) for at in range(1, frames)]
    return encoded(Image.new("RGB", (300, 100)), "GIF", save_all=True, append_images=others)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "is empty"),
    "a page": (lambda: b"\n<!DOCTYPE html><title>x</title>", "is a web page, and no picture"),
    "drawing": (lambda: b'<?xml version="1.0"?><svg xmlns="x"/>', "is SVG, which"),
    "TIFF": (lambda: encoded(halves(), "TIFF"), "is TIFF, which is no picture that mail programs"),
    "BMP": (lambda: encoded(halves(), "BMP"), "is BMP, which is no picture that mail programs"),
    "HEIC": (lambda: b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50, "is HEIC, which"),
    "PDF": (lambda: b"%PDF-1.7 x", "is a PDF, which"),
    "noise": (lambda: bytes(range(256)), "is no picture that mail programs show"),
    "narrow": (lambda: png(299, 400), "is only 299 pixels wide"),
    "dot": (lambda: png(1, 1), "is only 1 pixels wide"),
    "strip": (lambda: png(1, 60_000), "is only 1 pixels wide"),
    "tower": (lambda: png(300, 60_000), "has 300 by 60,000 pixels, which is too tall"),
    "line": (lambda: png(60_000, 2), "is only 2 pixels high"),
    "bomb": (lambda: png(60_000, 60_000), "has 60,000 by 60,000 pixels, which is too many"),
    "cut JPEG": (lambda: encoded(halves(), "JPEG")[:900], "is damaged"),
    "cut PNG": (lambda: png(400, 300, data=bytes(100)), "is damaged"),
}


@pytest.mark.filterwarnings("ignore:Image size")  # as the process does that decodes
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_its_true_reason(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    make, reason = REFUSED[name]
    for look in (picture_process.small, picture_process.measured):
        with pytest.raises(Unfit, match=f"^{re.escape(reason)}"):
            look(make())


@pytest.mark.parametrize("name", ["bomb", "drawing"])
def test_the_other_process_tells_the_reason_of_a_file(name: str) -> None:
    make, reason = REFUSED[name]
    for look in (pictures.small, pictures.size):
        with pytest.raises(InputError, match=f"^boat.jpg {re.escape(reason)}"):
            look(make(), name="boat.jpg")


def test_a_heavy_file_is_not_even_looked_at() -> None:
    with pytest.raises(InputError, match="has 10,000,001 bytes; 10,000,000 is the most"):
        pictures.size(bytes(10_000_001), name="boat.jpg")


def test_what_readers_get_as_it_is_must_be_shown_by_mail_programs() -> None:
    with pytest.raises(Unfit, match="is AVIF, which is no picture that mail programs show"):
        size(encoded(halves(), "AVIF"))
    with pytest.raises(Unfit, match="has 301 frames; 300 is the most"):
        size(film(301))
    assert size(film(300)) == (300, 100)
    assert decoded(film(301)).size == (300, 100)


def test_a_picture_is_kept_by_another_process(tmp_path: Path) -> None:
    kept = pictures.keep(encoded(halves(), "PNG"), tmp_path, name="It")
    assert (kept.width, kept.height) == pictures.size(
        (tmp_path / kept.file).read_bytes(), name="It"
    )
    assert pictures.measured(tmp_path / kept.file) == kept


def test_a_file_that_brings_the_decoder_down_costs_only_the_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "_PROCESS", "tests.support.failing_decoder")
    with pytest.raises(InputError, match=r"^boat\.jpg cannot be decoded"):
        pictures.small(encoded(halves(), "PNG"), name="boat.jpg")


def test_what_is_no_picture_any_more_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"cut")
    with pytest.raises(InputError, match=r"^a\.jpg in .* is no picture any more"):
        pictures.measured(tmp_path / "a.jpg")


def ended_by_limits(code: str) -> int:
    """Run some code in a process with a decoder's limits, and return how it ended."""
    start = "from newsletter.content import picture_process as p\np._limit()\n"
    home = Path(picture_process.__file__).parents[2]
    command = [sys.executable, "-c", start + code]
    return subprocess.run(command, cwd=home, check=False, capture_output=True).returncode


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know other limits")
def test_the_decoder_has_neither_all_memory_nor_all_time() -> None:
    assert ended_by_limits("bytearray(1 << 29)") == 0
    assert ended_by_limits("bytearray(1 << 31)") != 0
    assert ended_by_limits("p._SECONDS = 1\np._limit()\nwhile True: pass") != 0
