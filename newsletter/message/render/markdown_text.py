"""Markdown blocks of a story as plain text: links as `text (address)`, lists and quotes marked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markdown_it.token import Token

from newsletter.message.render.markdown import parse


@lru_cache(maxsize=128)  # the text part, the preheader and the reading time ask for the same
def to_text(block: str, *, addresses: bool = True) -> str:
    """Render one block; paragraphs are parted by a blank line, entries of a list are not.

    Without `addresses` only the words of links and pictures remain, as a reader would say them.
    """
    lines = _Lines(addresses=addresses)
    for token in parse(block):
        lines.take(token)
    return lines.text()


class _Lines:
    """Collects lines while the tokens of one block go by."""

    def __init__(self, *, addresses: bool) -> None:
        self._addresses = addresses
        self._lines: list[str] = []
        self._counters: list[int | None] = []  # one per open list: the next number; None: bullets
        self._marker = ""  # of the entry whose first line is still to come
        self._quotes = 0

    def text(self) -> str:
        return "\n".join(self._lines).strip("\n")

    def take(self, token: Token) -> None:
        kind = token.type
        if kind == "inline":
            self._put(_inline(token.children or (), addresses=self._addresses))
        elif kind in {"fence", "code_block"}:
            self._put(token.content.rstrip("\n"))
            self._part()
        elif kind == "hr":
            self._put("* * *")
        elif kind.startswith("blockquote_"):
            self._quotes += token.nesting
        elif kind.endswith("_list_open"):
            ordered = kind.startswith("ordered")
            self._counters.append(int(token.attrs.get("start", 1)) if ordered else None)
        elif kind == "list_item_open":
            self._marker = self._next_marker()
        elif token.nesting < 0:
            self._close(kind)

    def _close(self, kind: str) -> None:
        if kind.endswith("_list_close"):
            self._counters.pop()
        if not self._counters:
            self._part()

    def _next_marker(self) -> str:
        number = self._counters[-1]
        if number is None:
            return "- "
        self._counters[-1] = number + 1
        return f"{number}. "

    def _part(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def _put(self, text: str) -> None:
        margin = "> " * self._quotes + "  " * max(len(self._counters) - 1, 0)
        for line in text.split("\n"):
            self._lines.append(f"{margin}{self._marker}{line}")
            self._marker = " " * len(self._marker)
        if not self._counters:
            self._marker = ""


def _inline(tokens: Iterable[Token], *, addresses: bool) -> str:
    parts: list[str] = []
    open_links: list[tuple[int, str]] = []  # where the link's text begins in `parts`, its address
    for token in tokens:
        if token.type == "link_open":
            open_links.append((len(parts), str(token.attrs["href"])))
        elif token.type == "link_close":
            start, address = open_links.pop()
            parts.append(_behind("".join(parts[start:]), address) if addresses else "")
        elif token.type == "image":
            behind = _behind(token.content, str(token.attrs["src"])) if addresses else ""
            parts.append(token.content + behind)
        else:
            parts.append(_BREAKS.get(token.type, token.content))
    return "".join(parts)


_BREAKS = {"softbreak": " ", "hardbreak": "\n"}


def _behind(text: str, address: str) -> str:
    """Return the address behind a link's text, unless the text is the address."""
    bare = address.removeprefix("mailto:")
    if text in {address, bare}:
        return ""
    return f" ({bare})" if text else bare
