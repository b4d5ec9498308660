"""Where a Markdown text is code, in which nothing is ever looked for. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from newsletter.content.blocks import dialect

Range = tuple[int, int]  # from the first character to the one behind the last
_READER = dialect(html=True)
_READER.core.ruler.disable(["inline", "text_join"])  # only blocks are asked for
_SPAN = re.compile(r"(?<![\\`])(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
_ELEMENT = re.compile(r"<(pre|code|script|style)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)


class Code:
    """The places of a text that are code: blocks, spans, and elements of HTML."""

    def __init__(self, text: str) -> None:
        """Find them."""
        blocks = sorted(_blocks(text))
        inner = [
            found.span()
            for pattern in (_SPAN, _ELEMENT)
            for found in pattern.finditer(_blanked(text, blocks))
        ]
        self.ranges = sorted([*blocks, *inner])
        self._starts = [start for start, _ in self.ranges]

    def has(self, place: int) -> bool:
        """Say whether a character is code."""
        return self.end(place) > place

    def end(self, place: int) -> int:
        """Return where the code around a character ends; the place itself where it is none."""
        at = bisect_right(self._starts, place)
        ends = (end for _, end in self.ranges[max(0, at - 2) : at])
        return max([place, *ends])


def substituted(
    pattern: re.Pattern[str], by: Callable[[re.Match[str]], str | None], text: str
) -> str:
    """Replace what a pattern finds outside of code; None leaves a match as it is."""
    if not pattern.search(text):
        return text
    code = Code(text)

    def replaced(found: re.Match[str]) -> str:
        new = None if code.has(found.start()) else by(found)
        return found.group() if new is None else new

    return pattern.sub(replaced, text)


def _blocks(text: str) -> Iterator[Range]:
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    starts.append(len(text))
    for token in _READER.parse(text):
        if token.type in {"fence", "code_block"} and token.map:
            first, behind = token.map
            yield starts[first], starts[min(behind, len(starts) - 1)]


def _blanked(text: str, ranges: list[Range]) -> str:
    """Return the text with blanks and blank lines in the place of its blocks of code."""
    out: list[str] = []
    place = 0
    for start, end in ranges:
        out += [text[place:start], re.sub(r"[^\n]", " ", text[max(start, place) : end])]
        place = max(place, end)
    return "".join([*out, text[place:]])
