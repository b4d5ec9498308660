"""The picture of an edition whose story has none: its headline on the publication's paper.

It is what other sites and messengers show beside a link: 1200 by 630 pixels.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from newsletter.core.config.palettes import Palette
from newsletter.message.render.plain import one_line
from newsletter.web.site.reading.fonts import Font, Kind, can_shape, font_for

WIDTH, HEIGHT = 1200, 630
_MARGIN = 84
_INNER = WIDTH - 2 * _MARGIN
_TOP, _BOTTOM = 176, 500  # between which the headline stands
_SIZES = (92, 84, 76, 68, 60, 54, 48)
_MOST_LINES = 5
_LEADING = 1.17


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands on a card."""

    name: str
    headline: str
    date: str
    is_rtl: bool


def version(words: Words, palette: Palette) -> str:
    """Return what changes whenever a card does, to stand in its address."""
    return hashlib.sha256(repr((words, palette)).encode(errors="replace")).hexdigest()[:12]


def draw(words: Words, palette: Palette) -> bytes:
    """Draw a card as PNG; the same words, colours and fonts give the same bytes.

    A line that no font of this machine can draw is left out.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), palette.paper)
    pen = _Pen(ImageDraw.Draw(picture), is_rtl=words.is_rtl)
    pen.draw.rectangle((0, 0, WIDTH, 18), fill=palette.brand)
    named = pen.line(words.name, 84, kind="serif", size=42, fill=palette.head)
    pen.draw.rectangle((_MARGIN, 544, WIDTH - _MARGIN, 545), fill=palette.hairline)
    pen.tab(543, palette.brand)
    pen.line(words.date, 566, kind="sans", size=30, fill=palette.accent)
    if not pen.headline(words.headline, palette.head) and not named:
        pen.page(palette.hairline, palette.brand)
    out = io.BytesIO()
    picture.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws lines from the side they begin at."""

    draw: ImageDraw.ImageDraw
    is_rtl: bool

    def line(self, text: str, top: float, *, kind: Kind, size: int, fill: str) -> bool:
        """Draw one line, shortened until it fits; False: no font here can."""
        text = one_line(text)
        font = font_for(text + "…", kind, size)
        if font and text:
            self._put(_cut(text, font, _INNER, is_rtl=self.is_rtl), top, font, fill)
        return font is not None

    def page(self, lines: str, headline: str) -> None:
        """Draw a page without letters."""
        for number, width in enumerate((1.0, 0.78, 0.0, 1.0, 1.0, 0.55)):
            top, size = 130 + number * 62, int(_INNER * width)
            left = WIDTH - _MARGIN - size if self.is_rtl else _MARGIN
            fill = headline if number < 2 else lines
            if size:
                self.draw.rectangle((left, top, left + size, top + 30), fill=fill)

    def tab(self, top: int, fill: str) -> None:
        """Draw the short mark at the beginning of a rule."""
        left = WIDTH - _MARGIN - 72 if self.is_rtl else _MARGIN
        self.draw.rectangle((left, top, left + 72, top + 3), fill=fill)

    def headline(self, text: str, fill: str) -> bool:
        """Draw a headline as large as it can stand there; False: no font here can."""
        text = _drawable(one_line(text))
        if not text or font_for(text + "…", "serif", _SIZES[0]) is None:
            return False
        font, lines = _set(text, is_rtl=self.is_rtl)
        height = font.size * _LEADING
        top = (_TOP + _BOTTOM - height * len(lines)) / 2
        for number, line in enumerate(lines):
            self._put(line, top + number * height, font, fill)
        return True

    def _put(self, text: str, top: float, font: Font, fill: str) -> None:
        place = (WIDTH - _MARGIN if self.is_rtl else _MARGIN, top)
        anchor = "ra" if self.is_rtl else "la"
        self.draw.text(
            place, text, font=font, fill=fill, anchor=anchor, direction=_way(is_rtl=self.is_rtl)
        )


def _way(*, is_rtl: bool) -> str | None:
    """Return how Pillow is to set a line; without its shaper it knows one way only."""
    return ("rtl" if is_rtl else "ltr") if can_shape() else None


def _drawable(text: str) -> str:
    """Leave out signs such as emoji that no font here has; letters are never left out."""
    if font_for(text, "serif", _SIZES[0]):
        return text
    return one_line(
        "".join(s for s in text if s.isalnum() or s.isspace() or font_for(s, "serif", _SIZES[0]))
    )


def _set(text: str, *, is_rtl: bool) -> tuple[Font, tuple[str, ...]]:
    """Return the largest font whose lines fit, and the lines; the last may be cut."""
    for size in _SIZES:
        font = _headline_font(text, size)
        lines = _wrapped(text, font, _INNER, is_rtl=is_rtl)
        fits = all(_length(line, font, is_rtl=is_rtl) <= _INNER for line in lines)
        if fits and len(lines) * size * _LEADING <= _BOTTOM - _TOP:
            return font, _evened(text, font, len(lines), is_rtl=is_rtl)
    kept = [_cut(line, font, _INNER, is_rtl=is_rtl) for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        kept[-1] = _cut(f"{kept[-1]} …", font, _INNER, is_rtl=is_rtl)
    return font, tuple(kept)


def _headline_font(text: str, size: int) -> Font:
    font = font_for(text + "…", "serif", size)
    assert font is not None  # it was asked for at another size before
    return font


def _evened(text: str, font: Font, count: int, *, is_rtl: bool) -> tuple[str, ...]:
    """Wrap at the least width that takes no more lines."""
    narrow, wide = 1, _INNER
    while wide - narrow > 8:
        middle = (narrow + wide) // 2
        if len(_wrapped(text, font, middle, is_rtl=is_rtl)) > count:
            narrow = middle
        else:
            wide = middle
    return _wrapped(text, font, wide, is_rtl=is_rtl)


def _wrapped(text: str, font: Font, width: int, *, is_rtl: bool) -> tuple[str, ...]:
    lines: list[str] = []
    for piece in _pieces(text):
        joined = f"{lines[-1]}{piece}" if lines else piece.lstrip()
        if lines and _length(joined, font, is_rtl=is_rtl) <= width:
            lines[-1] = joined
        else:
            lines.append(piece.lstrip())
    return tuple(lines)


def _pieces(text: str) -> Sequence[str]:
    """Cut a text where a line may end: before a space, and around signs that need none."""
    pieces: list[str] = []
    for sign in text:
        is_alone = "\u3040" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7af"
        after_alone = bool(pieces) and "\u3040" <= pieces[-1][-1] <= "\u9fff"
        if not pieces or sign == " " or is_alone or after_alone:
            pieces.append(sign)
        else:
            pieces[-1] += sign
    return pieces


def _cut(text: str, font: Font, width: int, *, is_rtl: bool) -> str:
    """Shorten a line until it fits, with an ellipsis."""
    if _length(text, font, is_rtl=is_rtl) <= width:
        return text
    short = text.removesuffix(" …")
    while short and _length(f"{short}…", font, is_rtl=is_rtl) > width:
        short = short[:-1].rstrip(" ,;:–—-")
    return f"{short}…"


def _length(text: str, font: Font, *, is_rtl: bool) -> float:
    return font.getlength(text, direction=_way(is_rtl=is_rtl))
