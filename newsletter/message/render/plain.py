"""Plain text: what may stand in a mail at all, attribute values, and wrapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from markupsafe import Markup

WIDTH = 72
RULE = "-" * 32

# What XML 1.0 forbids, the C1 controls (HTML reads them as windows-1252) and the byte order mark.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPECIAL = re.compile("[\"&'<>\\\\]|[^\x20-\x7e]")
_ADDRESS = re.compile(r"://|@|-merge")
_MARGIN = re.compile(r"( *(?:> )*)((?:- |\d+\. )?)")


def clean(text: str) -> str:
    """Drop the characters that make MJML, XML or a mail client stumble; line ends are unified."""
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """Return the text cleaned, on one line, with single spaces."""
    return " ".join(clean(text).split())


def attribute(value: str) -> Markup:
    """Write a text so that it may stand in an attribute of MJML.

    On one line, and every special or non-ASCII character as a number: mrml 6.0.1 prints line
    ends, backslashes, accents and joiners of attributes as visible escapes.
    """
    numbers = _SPECIAL.sub(lambda match: f"&#{ord(match.group())};", one_line(value))
    return Markup(numbers)  # noqa: S704  # nothing that could be markup is left


def excerpt(text: str, *, least: int = 85, most: int = 140) -> str:
    """Cut a text for the preheader: at a sentence's end if one lies between the limits.

    Else at a word, with an ellipsis. A shorter text comes back whole.
    """
    text = one_line(text)
    if len(text) <= most:
        return text
    ends = [match.end() for match in re.finditer(r"[.!?…](?=\s)|[。！？]", text[: most + 1])]
    if ends and ends[-1] >= least:
        return text[: ends[-1]]
    head, space, _ = text[:most].rpartition(" ")
    cut = head if space and len(head) >= least else text[: most - 1]
    return cut.rstrip(" ,;:–—-") + "…"


def wrap(text: str) -> str:
    """Wrap the lines of a text part at 72 columns, keep indents, and leave addresses whole.

    Never more than one blank line in a row; ends with one line end.
    """
    lines = [wrapped for line in clean(text).split("\n") for wrapped in _wrapped(line.rstrip())]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _wrapped(line: str) -> list[str]:
    if columns(line) <= WIDTH:
        return [line]
    margin = _MARGIN.match(line)
    first, hanging = (margin.group(), margin[1] + " " * len(margin[2])) if margin else ("", "")
    rows, used = [first], len(first)
    for word in line[len(first) :].split():
        for piece in _pieces(word, WIDTH - len(hanging)):
            gap = "" if rows[-1] in {first, hanging} else " "
            taken = columns(piece)
            if gap and used + 1 + taken > WIDTH:
                rows.append(hanging + piece)
                used = len(hanging) + taken
            else:
                rows[-1] += gap + piece
                used += len(gap) + taken
    return rows


def _pieces(word: str, width: int) -> Iterator[str]:
    """Cut a run of a script that writes no spaces; an address is never cut."""
    if columns(word) <= width or _ADDRESS.search(word):
        yield word
        return
    piece = ""
    for character in word:
        if piece and columns(piece + character) > width and not unicodedata.combining(character):
            yield piece
            piece = ""
        piece += character
    yield piece


def columns(text: str) -> int:
    """Return how many columns a text takes where every letter is as wide as another."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
