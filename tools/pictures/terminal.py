"""A terminal as a picture: what commands wrote, as SVG whose lines come up one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from rich.console import Console
from rich.style import Style
from rich.text import Text

from tools.pictures.morning import COLUMNS, Said

_WIDTH, _LINE, _EDGE, _BAR = 8.4, 20, 18, 34  # pixels of a sign, a line, the edge, the title bar
_PAUSE, _STEP = 0.9, 0.06  # seconds before what a command says, and between two lines
_MOVES = re.compile(r"\x1b\[[\d;?]*[A-HJKhl]")  # of a bar that was drawn and taken away
_COLOURS = {1: "#ff8a7a", 2: "#8fd19e", 3: "#e8c468", 6: "#86c5d8"}  # as terminals number them
_STYLE = """\
text { font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #e9e4d8 }
.b { font-weight: 700 } .d { fill: #a39d8f } .t { fill: #a39d8f; font-size: 13px }
@media (prefers-reduced-motion: no-preference) {
  .l { animation: come 0.01s both } @keyframes come { from { opacity: 0 } to { opacity: 1 } }
}"""


def cast(said: Sequence[Said], *, title: str) -> str:
    """Return the picture: each command, then what it wrote."""
    lines = list(_lines(said))
    width = round(COLUMNS * _WIDTH + 2 * _EDGE)
    height = _BAR + len(lines) * _LINE + _EDGE
    drawn = "\n".join(_drawn(text, at, row) for row, (text, at) in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}\n</style>\n"
        f'<rect width="{width}" height="{height}" rx="8" fill="#1b1a17"/>\n'
        f'<text class="t" x="{_EDGE}" y="22">{escape(title)}</text>\n'
        f"{drawn}\n</svg>\n"
    )


def _lines(said: Sequence[Said]) -> Iterator[tuple[Text, float]]:
    at = 0.0
    for number, one in enumerate(said):
        if number:
            yield Text(), at
        yield Text.assemble(("$ ", "dim"), (one.words, "bold")), at
        at += _PAUSE
        written = Text.from_ansi(_MOVES.sub("", one.text).replace("\r", "")).split("\n")
        while written and not written[-1].plain.strip():
            written.pop()
        for line in written:
            line.rstrip()
            yield line, at
            at += _STEP


def _drawn(text: Text, at: float, row: int) -> str:
    y = _BAR + 14 + row * _LINE
    spans = "".join(_spans(text))
    return f'<text class="l" y="{y}" style="animation-delay: {at:.2f}s">{spans}</text>'


def _spans(text: Text) -> Iterator[str]:
    """Place each word where its column is, so that a font of another width breaks no table."""
    column = 0
    for segment in text.render(Console(width=COLUMNS, color_system="standard"), end=""):
        for word in re.split(r"( {2,})", segment.text):
            if word.strip():
                x = _EDGE + (column + len(word) - len(word.lstrip())) * _WIDTH
                seen = word.strip()
                length = f' textLength="{len(seen) * _WIDTH:.1f}"'
                look = _look(segment.style or Style())
                yield f'<tspan x="{x:.1f}"{look}{length}>{escape(seen)}</tspan>'
            column += len(word)


def _look(style: Style) -> str:
    kinds = " ".join(name for name, on in (("b", style.bold), ("d", style.dim)) if on)
    number = style.color.number if style.color else None
    fill = _COLOURS.get(number % 8) if number is not None else None
    named = f' class="{kinds}"' if kinds else ""
    return f'{named} style="fill: {fill}"' if fill else named
