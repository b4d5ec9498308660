"""Draw the pictures of the example stories: flat shapes in few colours, the same on every machine.

    python tools/pictures/draw.py content/stories

Each is 1280 × 720 pixels and far below 60 KB. Nothing of them comes from anywhere else.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1280, 720
_FINE = 2  # drawn larger and made smaller, so that edges are smooth
_COLOURS = 96
_SOFT = 0.6  # pixels: hard edges cost a JPEG twice as much

CREAM, SAND, GLOW, AMBER, SUN = "#F0DEC2", "#EBCFA4", "#F3D9A0", "#F6C37C", "#E8743B"
NAVY, NIGHT, STEEL, SEA, MIST = "#2A2B3C", "#171D29", "#3E4A66", "#8CA3A8", "#C9A08A"
BRICK, WINE, LEAF, WHITE, STONE = "#9B2420", "#66241F", "#35443C", "#FBF4E6", "#B99C80"

Point = tuple[float, float]


class Sheet:
    """A picture being drawn, in its own coordinates."""

    def __init__(self, ground: str) -> None:
        """Begin with a ground."""
        self.image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), ground)
        self._pen = ImageDraw.Draw(self.image)

    def shape(self, points: Sequence[Point], colour: str) -> None:
        """Fill what lies between the points."""
        self._pen.polygon([(x * _FINE, y * _FINE) for x, y in points], fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Fill a box."""
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def disc(self, x: float, y: float, radius: float, colour: str, *, flat: float = 1.0) -> None:
        """Fill a circle, or a flatter one."""
        box = (x - radius, y - radius * flat, x + radius, y + radius * flat)
        self._pen.ellipse([side * _FINE for side in box], fill=colour)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        """Draw a line through the points."""
        places = [(x * _FINE, y * _FINE) for x, y in points]
        self._pen.line(places, fill=colour, width=round(width * _FINE), joint="curve")

    def arc(
        self, x: float, y: float, radius: float, ends: Point, colour: str, *, width: float
    ) -> None:
        """Draw a part of a circle, between two angles."""
        box = [side * _FINE for side in (x - radius, y - radius, x + radius, y + radius)]
        self._pen.arc(box, *ends, fill=colour, width=round(width * _FINE))

    def saved(self, path: Path) -> int:
        """Write the picture in few colours; return its bytes."""
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        soft = small.filter(ImageFilter.GaussianBlur(_SOFT))
        few = soft.quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        return path.stat().st_size


def sky(sun: Point = (420, 400), *, ground: str = CREAM) -> Sheet:
    """Begin with a sun low in the sky, in rings."""
    sheet = Sheet(ground)
    for radius, colour in ((330, SAND), (230, GLOW), (160, AMBER), (98, SUN)):
        sheet.disc(*sun, radius, colour)
    for left, top, length in ((760, 130, 190), (930, 90, 150), (1010, 190, 210), (90, 150, 150)):
        sheet.line([(left, top), (left + length, top)], WHITE, 12)
    return sheet


def wave(top: float, height: float, length: float, shift: float = 0) -> list[Point]:
    """Return a swell from edge to edge, closed below."""
    along = range(0, WIDTH + 20, 20)
    crest = [(x, top + height * math.sin((x + shift) / length * math.tau)) for x in along]
    return [*crest, (WIDTH, HEIGHT), (0, HEIGHT)]


def turned(point: Point, turn: float, centre: Point) -> Point:
    """Turn a point around 0, and move it."""
    x, y = point
    return (
        centre[0] + x * math.cos(turn) - y * math.sin(turn),
        centre[1] + x * math.sin(turn) + y * math.cos(turn),
    )


def birds(sheet: Sheet, x: float, y: float) -> None:
    """Draw four birds far away."""
    for right, down, size in ((0, 0, 16), (46, -20, 13), (70, 14, 11), (112, -6, 9)):
        for side in (-1, 1):
            tip = (x + right + side * size, y + down - size * 0.5)
            sheet.line([(x + right, y + down), tip], NAVY, 3)


def lighthouse() -> Sheet:
    """Draw a lighthouse at sunset."""
    sheet = sky((360, 430))
    sheet.shape([(905, 214), (0, 60), (0, 190)], WHITE)
    sheet.shape([(905, 214), (1280, 130), (1280, 270)], WHITE)
    sheet.shape([(0, 470), (170, 420), (380, 466), (620, 430), (800, 478)], MIST)
    sheet.shape(wave(470, 5, 300), SEA)
    for row, colour in enumerate(("#7A9399", "#6A848C", STEEL)):
        sheet.shape(wave(530 + row * 52, 9, 240 + row * 40, row * 90), colour)
    for left in (240, 300, 270, 330):
        sheet.line([(left, 480 + left % 7 * 8), (left + 120, 480 + left % 7 * 8)], SUN, 5)
    sheet.shape([(640, 720), (700, 610), (790, 560), (1010, 548), (1130, 612), (1200, 720)], NAVY)
    tower = [(852, 566), (872, 270), (938, 270), (958, 566)]
    sheet.shape(tower, WHITE)
    for top, bottom in ((318, 384), (450, 516)):
        inset = [(852 + 20 * (566 - y) / 296, y) for y in (top, bottom)]
        other = [(1810 - x, y) for x, y in reversed(inset)]
        sheet.shape([*inset, *other], BRICK)
    sheet.box(856, 256, 954, 274, NAVY)
    sheet.box(878, 196, 932, 256, AMBER)
    sheet.line([(905, 196), (905, 256)], NAVY, 4)
    sheet.shape([(866, 198), (905, 150), (944, 198)], BRICK)
    sheet.disc(905, 148, 7, NAVY)
    sheet.shape([(890, 566), (890, 534), (905, 522), (920, 534), (920, 566)], NAVY)
    birds(sheet, 560, 250)
    return sheet


def loaf() -> Sheet:
    """Draw a loaf in front of a window."""
    sheet = Sheet("#EAD0A8")
    sheet.box(90, 60, 560, 470, WINE)
    sheet.box(112, 82, 538, 448, CREAM)
    sheet.disc(300, 300, 190, GLOW)
    sheet.disc(300, 300, 120, AMBER)
    sheet.disc(300, 300, 72, SUN)
    sheet.shape([(112, 448), (112, 380), (250, 340), (400, 392), (538, 350), (538, 448)], MIST)
    sheet.box(314, 82, 330, 448, WINE)
    sheet.box(112, 252, 538, 266, WINE)
    sheet.box(90, 0, 560, 60, "#EAD0A8")
    sheet.box(90, 448, 560, 470, WINE)
    sheet.disc(790, 450, 330, "#8A4A26", flat=0.42)
    sheet.disc(790, 430, 330, "#B8672F", flat=0.46)
    sheet.disc(770, 400, 270, "#D08A45", flat=0.38)
    for left in (600, 700, 800, 900):
        cut = [(left - 40, 372), (left + 10, 324), (left + 54, 330), (left + 2, 392)]
        sheet.shape(cut, CREAM)
    sheet.box(0, 548, 1280, 572, STEEL)
    sheet.box(0, 560, 1280, 720, NAVY)
    sheet.box(380, 522, 1200, 550, STONE)
    for at, up in ((690, 250), (800, 200), (910, 246)):
        curl = [(at + 16 * math.sin(step / 3), up - step * 6) for step in range(18)]
        sheet.line(curl, WHITE, 9)
    for stalk in range(4):
        x, top = 90 + stalk * 62, 500 + stalk % 2 * 22
        sheet.line([(x, 700), (x + 26, top)], AMBER, 7)
        for grain in range(5):
            for side in (-1, 1):
                sheet.disc(x + 27 + side * 13, top + grain * 22, 11, AMBER, flat=1.3)
    return sheet


def dictionary() -> Sheet:
    """Draw an open book that slips of paper come to."""
    sheet = Sheet(NAVY)
    sheet.shape([(640, 0), (180, 560), (1100, 560)], "#3A3A4A")
    sheet.shape([(640, 40), (330, 560), (950, 560)], "#55503F")
    sheet.line([(640, 0), (640, 70)], STONE, 10)
    sheet.shape([(560, 130), (600, 66), (680, 66), (720, 130)], BRICK)
    sheet.disc(640, 132, 42, AMBER, flat=0.6)
    sheet.box(0, 600, 1280, 720, NIGHT)
    sheet.box(0, 590, 1280, 604, WINE)
    for side in (-1, 1):
        cover = [(640, 560), (640 + side * 390, 500), (640 + side * 400, 590), (640, 612)]
        sheet.shape(cover, BRICK)
        top = [(0, 540), (180, 440), (376, 470), (376, 560), (180, 530), (0, 596)]
        sheet.shape([(640 + side * x, y) for x, y in top], WHITE)
        for row in range(5):
            start = (640 + side * 44, 540 - 18 + row * 13)
            middle = (640 + side * 180, 458 + row * 15)
            end = (640 + side * (350 - row * 14), 484 + row * 15)
            sheet.line([start, middle, end], STONE, 4)
    sheet.line([(640, 540), (640, 606)], STONE, 6)
    left = ((250, 240, -12), (390, 150, 9), (470, 330, 6))
    right = ((880, 180, -8), (1010, 280, 14), (820, 350, 11))
    corners = ((-52, -32), (52, -32), (52, 32), (-52, 32))
    for x, y, tilt in (*left, *right):
        turn = math.radians(tilt)
        sheet.shape([turned(corner, turn, (x, y)) for corner in corners], CREAM)
        for row in (-12, 4):
            ends = [turned((along, row), turn, (x, y)) for along in (-36, 30 + row)]
            sheet.line(ends, BRICK if row < 0 else STONE, 5)
    return sheet


def globe() -> Sheet:
    """Draw a globe, and a map of it."""
    sheet = sky((1010, 250))
    sheet.box(0, 566, 1280, 720, NAVY)
    sheet.box(0, 556, 1280, 572, WINE)
    sheet.shape([(620, 640), (1210, 600), (1260, 690), (600, 716)], WHITE)
    for step in range(1, 4):
        share = step / 4
        top = (620 + 590 * share, 640 - 40 * share)
        sheet.line([top, (600 + 660 * share, 716 - 26 * share)], SEA, 4)
    sheet.line([(613, 665), (1228, 630)], SEA, 4)
    sheet.line([(607, 690), (1244, 660)], SEA, 4)
    sheet.shape([(760, 652), (900, 632), (930, 660), (820, 684)], LEAF)
    sheet.shape([(1010, 628), (1130, 622), (1180, 650), (1060, 662)], LEAF)
    sheet.arc(420, 310, 262, (60, 300), STONE, width=18)
    sheet.disc(420, 310, 226, STEEL)
    sheet.disc(420, 310, 214, SEA)
    for land in (
        [(300, 170), (420, 130), (500, 170), (470, 240), (390, 260), (330, 240)],
        [(410, 300), (520, 290), (590, 340), (540, 430), (470, 470), (430, 390)],
        [(230, 300), (310, 290), (340, 360), (290, 430), (246, 390)],
    ):
        sheet.shape(land, LEAF)
    for flat in (0.32, 0.7):
        box = [(420 - 214 * flat) * _FINE, 96 * _FINE, (420 + 214 * flat) * _FINE, 524 * _FINE]
        ImageDraw.Draw(sheet.image).ellipse(box, outline=CREAM, width=4 * _FINE)
    for up in (-110, 0, 110):
        half = math.sqrt(214**2 - up**2)
        sheet.line([(420 - half, 310 + up), (420 + half, 310 + up)], CREAM, 4)
    sheet.box(408, 560, 432, 610, STONE)
    sheet.disc(420, 620, 120, WINE, flat=0.2)
    return sheet


def pencil() -> Sheet:
    """Draw a pencil at work."""
    sheet = Sheet(CREAM)
    sheet.shape([(0, 720), (0, 520), (1280, 420), (1280, 720)], SAND)
    sheet.shape([(180, 690), (300, 300), (1180, 236), (1240, 640)], WHITE)
    curl = [(360 + 5.4 * step, 520 - 70 * math.sin(step / 14) - step * 0.35) for step in range(92)]
    sheet.line(curl, NAVY, 9)
    turn = math.radians(-38)

    def placed(along: float, across: float) -> Point:
        return turned((along, across), turn, curl[-1])

    def band(start: float, end: float, top: float, bottom: float, colour: str) -> None:
        sides = ((start, top), (end, top), (end, bottom), (start, bottom))
        sheet.shape([placed(*side) for side in sides], colour)

    sheet.shape([placed(0, 0), placed(110, -48), placed(110, 48)], "#E7B98A")
    sheet.shape([placed(0, 0), placed(38, -17), placed(38, 17)], NAVY)
    band(108, 560, -48, -16, "#C23A32")
    band(108, 560, -16, 16, BRICK)
    band(108, 560, 16, 48, WINE)
    band(560, 610, -48, 48, STONE)
    band(574, 582, -48, 48, STEEL)
    band(590, 598, -48, 48, STEEL)
    band(610, 690, -46, 46, "#E59A8C")
    for x, y, size in ((250, 610, 58), (360, 650, 40), (1080, 600, 50)):
        sheet.disc(x, y, size, "#E7B98A", flat=0.55)
        sheet.disc(x + 8, y - 6, size * 0.72, SAND, flat=0.5)
        sheet.arc(x, y, size * 0.8, (150, 330), BRICK, width=8)
    return sheet


def station() -> Sheet:
    """Draw a train below a clock."""
    sheet = sky((330, 430))
    hills = [(0, 520), (260, 440), (560, 510), (900, 460), (1280, 520)]
    sheet.shape([*hills, (1280, 600), (0, 600)], MIST)
    sheet.box(0, 560, 1280, 720, NAVY)
    for top in (600, 652):
        sheet.line([(0, top), (1280, top)], SEA, 7)
    for left in range(10, 1280, 64):
        sheet.line([(left, 590), (left - 24, 668)], STONE, 7)
    sheet.box(40, 470, 250, 590, WINE)
    sheet.box(210, 420, 300, 590, BRICK)
    sheet.box(196, 404, 314, 424, NIGHT)
    sheet.box(232, 444, 282, 486, AMBER)
    sheet.shape([(84, 470), (92, 410), (128, 410), (136, 470)], NIGHT)
    for puff, (x, y) in enumerate(((120, 372), (160, 330), (214, 290), (280, 262))):
        sheet.disc(x, y, 26 + puff * 9, WHITE)
    for x in (84, 150, 216, 272):
        sheet.disc(x, 588, 27, NIGHT)
        sheet.disc(x, 588, 11, STONE)
    for left in (330, 510):
        sheet.box(left, 450, left + 165, 580, STEEL)
        sheet.box(left - 6, 436, left + 171, 454, NIGHT)
        for window in (14, 64, 114):
            sheet.box(left + window, 474, left + window + 38, 520, AMBER)
        for x in (left + 34, left + 130):
            sheet.disc(x, 588, 22, NIGHT)
    sheet.box(928, 330, 952, 690, NIGHT)
    sheet.box(880, 676, 1000, 700, NIGHT)
    sheet.disc(940, 236, 176, NIGHT)
    sheet.disc(940, 236, 156, WHITE)
    for hour in range(12):
        turn = hour * math.tau / 12
        inner = 118 if hour % 3 else 106
        ends = [(940 + r * math.sin(turn), 236 - r * math.cos(turn)) for r in (inner, 140)]
        sheet.line(ends, NAVY, 11 if hour % 3 == 0 else 6)
    for turn, length, width in ((210, 80, 15), (0, 122, 10)):
        angle = math.radians(turn)
        tip = (940 + length * math.sin(angle), 236 - length * math.cos(angle))
        sheet.line([(940, 236), tip], NAVY, width)
    sheet.disc(940, 236, 15, BRICK)
    return sheet


def tide() -> Sheet:
    """Draw the moon and the sea."""
    sheet = Sheet(NIGHT)
    for step in range(26):
        sheet.disc((step * 197) % WIDTH, (step * 71) % 300 + 20, 2 + step % 3, CREAM)
    for radius, colour in ((240, "#1F2738"), (180, "#2A3448"), (112, CREAM)):
        sheet.disc(880, 210, radius, colour)
    for x, y, size in ((850, 180, 20), (916, 236, 28), (900, 160, 12), (842, 250, 14)):
        sheet.disc(x, y, size, SAND)
    sheet.shape([(0, 470), (0, 380), (170, 330), (330, 420), (520, 450), (620, 470)], "#232A3A")
    for row, colour in enumerate(("#33405A", "#3E4E6C", "#4C6280", "#6A848C")):
        sheet.shape(wave(450 + row * 62, 13, 330 - row * 30, row * 130), colour)
    for row in range(6):
        half = 90 - row * 11
        sheet.line([(880 - half, 470 + row * 26), (880 + half, 470 + row * 26)], CREAM, 6)
    sheet.box(254, 250, 306, 720, WHITE)
    for mark in range(12):
        top = 268 + mark * 38
        sheet.box(254, top, 282 if mark % 2 else 306, top + 15, BRICK)
    sheet.shape([(470, 520), (650, 520), (620, 566), (500, 566)], BRICK)
    sheet.box(548, 380, 556, 520, STONE)
    sheet.shape([(560, 390), (560, 500), (640, 500)], CREAM)
    sheet.shape([(544, 410), (544, 500), (486, 500)], SAND)
    sheet.shape(wave(556, 9, 210, 60), "#4C6280")
    sheet.shape(wave(620, 11, 250, 10), "#6A848C")
    return sheet


PICTURES: dict[str, Callable[[], Sheet]] = {
    "bread": loaf,
    "dictionary": dictionary,
    "lighthouses": lighthouse,
    "maps": globe,
    "pencil": pencil,
    "standard-time": station,
    "tides": tide,
}


def main() -> None:
    """Draw all of them into the folder that is named."""
    folder = Path(sys.argv[1])
    for name, drawn in PICTURES.items():
        size = drawn().saved(folder / f"{name}.png")
        sys.stdout.write(f"{name}.png  {size:,} bytes\n")


if __name__ == "__main__":
    main()
