"""Words as the archive finds them, the same in every database and script. Pure.

Text and question are taken apart alike: no accents, no capitals, a character of a script without
spaces is a word of its own. Each word is written in plain ASCII letters, so that every database
cuts and compares it in the same way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

MOST_TERMS = 12  # of a question
_LONGEST = 40  # characters of a word that count
_MOST_INDEXED = 400_000  # characters of an edition's index; PostgreSQL takes a megabyte
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_UNSPACED += "\U00020000-\U0003ffff"
_PIECES = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_ASCII = re.compile(r"[0-9a-z]")

Term = tuple[str, ...]  # words that stand next to each other; the last may go on


def folded(text: str) -> str:
    """Return text without what two spellings of one word may differ in."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in apart if unicodedata.category(sign)[0] != "M")


def index_of(text: str) -> str:
    """Return the words of a text as a database is to index them."""
    words = " ".join(map(_written, _PIECES.findall(folded(text))))
    return words if len(words) <= _MOST_INDEXED else words[:_MOST_INDEXED].rpartition(" ")[0]


def terms(question: str) -> tuple[Term, ...]:
    """Return what has to be found of a question, each term's words as an index has them.

    What is written without spaces is one term of several words. Empty: there is nothing to find.
    """
    found = (tuple(map(_written, _PIECES.findall(word))) for word in folded(question).split())
    return tuple(dict.fromkeys(filter(None, found)))[:MOST_TERMS]


def _written(word: str) -> str:
    """Write a word in ASCII; what begins alike begins alike in it too."""
    if word.isascii() and word.isalnum() and word.islower():  # most are, and nothing is to be done
        return "w" + word[:_LONGEST]
    signs = (one if _ASCII.match(one) else f"z{ord(one):05x}" for one in word[:_LONGEST])
    return "w" + "".join(signs)


def excerpt(text: str, question: str, *, around: int = 60) -> tuple[tuple[str, bool], ...]:
    """Return a piece of a text around the first word that was found, and which parts were found.

    Empty where no word of the text is one of the question's.
    """
    marks = tuple(_marked(text, question))
    if not marks:
        return ()
    begin, end = _whole_words(text, marks[0][0] - around, marks[0][1] + around)
    inside = tuple((first, last) for first, last in marks if begin <= first and last <= end)
    return highlighted(
        text[begin:end], tuple((a - begin, b - begin) for a, b in inside), _dots(text, begin, end)
    )


def highlighted(
    text: str, marks: Sequence[tuple[int, int]], ends: tuple[str, str] = ("", "")
) -> tuple[tuple[str, bool], ...]:
    """Return a text in pieces, with what is between two of `marks` marked."""
    pieces = [(ends[0], False)]
    at = 0
    for first, last in marks:
        pieces += [(text[at:first], False), (text[first:last], True)]
        at = last
    pieces += [(text[at:], False), (ends[1], False)]
    return tuple(piece for piece in pieces if piece[0])


def marked(text: str, question: str) -> tuple[tuple[str, bool], ...]:
    """Return a whole text in pieces, with the words that were found marked."""
    return highlighted(text, tuple(_marked(text, question)))


def _marked(text: str, question: str) -> Iterator[tuple[int, int]]:
    """Yield where words of a text begin and end that a question finds, in order."""
    wanted = terms(question)
    words = [(one.start(), one.end()) for one in re.finditer(r"[\w\u0300-\u036f]+", text)]
    for first, last in words:
        pieces = tuple(map(_written, _PIECES.findall(folded(text[first:last]))))
        if any(_stands_in(term, pieces) for term in wanted):
            yield first, last


def _stands_in(term: Term, words: Sequence[str]) -> bool:
    size = len(term)
    return any(
        tuple(words[at : at + size - 1]) == term[:-1] and words[at + size - 1].startswith(term[-1])
        for at in range(len(words) - size + 1)
    )


def _whole_words(text: str, begin: int, end: int) -> tuple[int, int]:
    """Move both ends to a space near them."""
    begin = max(begin, 0)
    if begin:
        space = text.find(" ", begin)
        begin = space + 1 if 0 <= space < begin + 30 else begin
    if end < len(text):
        space = text.rfind(" ", 0, end)
        end = space if space > end - 30 else end
    return begin, min(end, len(text))


def _dots(text: str, begin: int, end: int) -> tuple[str, str]:
    return ("… " if begin else "", " …" if end < len(text) else "")
