"""Cut HTML into its tokens, and break its lines where a break shows nothing.

A line of mail holds 998 octets at most (RFC 5322 section 2.1.1), SendGrid's API does not let the
sender choose a transfer encoding, and MJML writes lines of 30,000 (reference: rendering.md 5).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

LIMIT = 900  # octets; leaves room for merge values, which are longer than their tags
_END = re.compile(
    r"</(?:td|tr|table|div|p|h[1-6]|ul|ol|li|head|style)>|<!--.*<!\[endif\]-->", re.DOTALL
)
_BETWEEN_ATTRIBUTES = re.compile(r" (?=[\w:-]+=[\"'])")
_CLUSTER = re.compile(r"&[^;\s]*;|-merge[0-9a-f]+_\w+?_[ht]-|.", re.DOTALL)
_TOKEN = re.compile(r"""<!--.*?-->|<[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>|[^<]+|<""", re.DOTALL)
_JOINER = "\u200d"
_BREAK = "<!--\n-->"  # for where there is no space to put a line end for
_ROOM = 98  # octets that may follow a line of `LIMIT` without a break


class _Atom(NamedTuple):
    """A piece that is never broken, and what stands before it."""

    gap: str
    instead: str  # of the gap, where the line is full; "" where it must not end here
    piece: str


def tokens(html: str) -> list[str]:
    """Return the pieces in order; joined they are the document. What is quoted is never cut."""
    return _TOKEN.findall(html)


def wrap_html(html: str) -> str:
    """Return the same document with lines of about `LIMIT` octets, where any break is invisible.

    Line ends are put behind end tags, then for spaces of texts and between attributes; text in a
    script without spaces is broken inside a comment. Preformatted text is left as it is.
    """
    return "\n".join(_wrapped(line) for line in _lines(html))


def _lines(html: str) -> Iterator[list[str]]:
    """Part the document's tokens behind the end tags after which a line may always end."""
    line: list[str] = []
    pieces = tokens(html)
    for token, following in zip_longest(pieces, pieces[1:], fillvalue=""):
        line.append(token)
        if following.startswith("<") and token[:2] in {"</", "<!"} and _END.fullmatch(token):
            yield line
            line = []
    yield line


def _wrapped(pieces: list[str]) -> str:
    whole = "".join(pieces)
    if max(len(row.encode()) for row in whole.split("\n")) <= LIMIT:
        return whole
    written: list[str] = []
    used = 0
    for atom in _atoms(pieces):
        head = atom.piece.partition("\n")[0]
        full = used + len((atom.gap + head).encode()) > LIMIT
        written.append((atom.instead if full and atom.instead else atom.gap) + atom.piece)
        used = _octets_of_last_line(used, written[-1])
    return "".join(written)


def _octets_of_last_line(used: int, text: str) -> int:
    _, end, tail = text.rpartition("\n")
    return len(tail.encode()) if end else used + len(text.encode())


def _atoms(pieces: list[str]) -> Iterator[_Atom]:
    preformatted = no_comments = False
    for token in pieces:
        if re.match(r"</?pre\b", token):
            preformatted = not token.startswith("</")
        elif re.match(r"</?(?:title|style)\b", token):
            no_comments = not token.startswith("</")
        if token.startswith("<!--"):
            yield from _split(token.split(" "))
        elif token.startswith("<"):
            yield from _split(_BETWEEN_ATTRIBUTES.split(token))
        elif preformatted:
            yield _Atom("", "", token)
        elif no_comments:
            yield from _split(token.split(" "))
        else:
            yield from _text(token)


def _split(pieces: list[str]) -> Iterator[_Atom]:
    for index, piece in enumerate(pieces):
        yield _Atom(" ", "\n", piece) if index else _Atom("", "", piece)


def _text(text: str) -> Iterator[_Atom]:
    for atom in _split(text.split(" ")):
        size = len(atom.piece.encode())
        if size > LIMIT // 2:
            yield _Atom(atom.gap, atom.instead, "")
            yield from _characters(atom.piece)
        elif size > _ROOM:
            yield _Atom(atom.gap, atom.instead or _BREAK, atom.piece)
        else:
            yield atom


def _characters(word: str) -> Iterator[_Atom]:
    """Cut a long run without spaces, but never within a character as the reader sees it."""
    before = ""
    for cluster in _CLUSTER.findall(word):
        category = unicodedata.category(cluster[0])
        joined = category in {"Mn", "Mc", "Me", "Cf", "Sk"} or before == _JOINER
        yield _Atom("", "" if joined else _BREAK, cluster)
        before = cluster
