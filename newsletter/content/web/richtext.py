"""Foreign HTML becomes Markdown blocks: paragraphs, lists, links, emphasis, and nothing else. Pure.

First nh3 takes out what is dangerous (content.md 6.2), then what is left is written as Markdown
with every mark of the text escaped, so that nothing in it is read as more than it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import nh3

from newsletter.content.web import markup
from newsletter.content.web.links import link
from newsletter.content.web.markup import Element

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARTS = frozenset({"p", "div", "section", "li", "ul", "ol", "blockquote", "br", "hr"})
_ALLOWED = frozenset({"a", "b", "em", "i", "strong", *_HEADINGS, *_PARTS})
# A caption belongs to its picture, and a form or a table is no sentence.
_GONE = {"script", "style", "figure", "form", "button", "table", "svg", "iframe", "noscript"}
_MOST_TAGS = 30_000
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>&~|!])")
_LINE_START = re.compile(r"^(?:([#+=-])|(\d{1,9})([.)]))")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a text, as Markdown and as plain words."""

    markdown: str
    plain: str
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of one line: its words, its Markdown, and the mark around it."""

    plain: str
    markdown: str
    mark: str = ""


def plain(html: str) -> str:
    """Return the words of a title, a name or a credit in one line."""
    return markup.parse(html).text()


def is_huge(html: str) -> bool:
    """Say whether a text has more tags than any story: reading it could take half a minute."""
    return html.count("<") > _MOST_TAGS


def blocks(html: str, *, base: str = "") -> tuple[Block, ...]:
    """Return the blocks in order; links become absolute by `base`."""
    clean = nh3.clean(
        html,
        tags=set(_ALLOWED),
        clean_content_tags=_GONE,
        attributes={"a": {"href"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
    )
    return tuple(_blocks(markup.parse(clean), base))


def escaped(text: str) -> str:
    """Write words so that Markdown shows them as they are, in one line."""
    return _at_line_start(_SPECIAL.sub(r"\\\1", " ".join(text.split())))


def _at_line_start(markdown: str) -> str:
    return _LINE_START.sub(
        lambda found: "\\" + found[1] if found[1] else f"{found[2]}\\{found[3]}", markdown
    )


def _blocks(element: Element, base: str) -> Iterator[Block]:
    """Yield what stands in an element: runs of inline text, and the parts between them."""
    run: list[Element | str] = []
    for child in element.children:
        if isinstance(child, str) or child.tag not in _PARTS | _HEADINGS:
            run.append(child)
            continue
        yield from _line(run, base)
        run = []
        yield from _part(child, base)
    yield from _line(run, base)


def _part(element: Element, base: str) -> Iterator[Block]:
    if element.tag in _HEADINGS:
        for block in _line(element.children, base):
            yield Block(f"## {block.markdown}", block.plain, is_heading=True)
    elif element.tag in {"ul", "ol"}:
        yield from _list(element, base)
    elif element.tag == "blockquote":
        for block in _blocks(element, base):
            yield Block(f"> {block.markdown}".replace("\n", "\n> "), block.plain)
    else:
        yield from _blocks(element, base)


def _list(element: Element, base: str) -> Iterator[Block]:
    """Return a list as one block; what is nested in it stands on the same level."""
    rows = [
        block
        for child in element.children
        if isinstance(child, Element)
        for block in _blocks(child, base)
    ]
    if not rows:
        return
    lines = [row.markdown if row.markdown.startswith("- ") else f"- {row.markdown}" for row in rows]
    yield Block("\n".join(lines), " ".join(row.plain for row in rows))


def _line(children: list[Element | str], base: str) -> Iterator[Block]:
    """Return a run of inline text as one block, or none where it is empty."""
    pieces = [piece for child in children for piece in _pieces(child, "", base)]
    words = " ".join("".join(piece.plain for piece in pieces).split())
    markdown = " ".join(_joined(pieces).split())
    if any(character.isalnum() for character in words):
        yield Block(_at_line_start(markdown), words)


def _pieces(child: Element | str, mark: str, base: str) -> Iterator[_Piece]:
    if isinstance(child, str):
        yield _Piece(child, _SPECIAL.sub(r"\\\1", child), mark)
    elif child.tag == "a":
        yield _link(child, base)
    else:
        own = _MARKS.get(child.tag, "")
        for inner in child.children:
            yield from _pieces(inner, mark if own in mark else own, base)


def _link(element: Element, base: str) -> _Piece:
    words = element.text()
    href = element.attributes.get("href", "")
    target = href if href.startswith("mailto:") and " " not in href else link(href, base=base)
    text = _SPECIAL.sub(r"\\\1", words)
    if not href or not target or not words:
        return _Piece(words, text)
    safe = target.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
    return _Piece(words, f"[{text}](<{safe}>)")


def _joined(pieces: list[_Piece]) -> str:
    """Put a line together; a mark that Markdown would not see as one is left out."""
    out = ""
    for at, piece in enumerate(pieces):
        inner = piece.markdown.strip()
        before = piece.markdown[: len(piece.markdown) - len(piece.markdown.lstrip())]
        after = piece.markdown[len(piece.markdown.rstrip()) :]
        follows = (after + (pieces[at + 1].plain if at + 1 < len(pieces) else ""))[:1]
        if piece.mark and inner and _holds(out + before, piece.plain.strip(), follows):
            out += f"{before}{piece.mark}{inner}{piece.mark}{after}"
        else:
            out += piece.markdown
    return out


def _holds(before: str, words: str, follows: str) -> bool:
    """Say whether a mark begins and ends here by CommonMark's flanking rules."""
    opens = words[:1].isalnum() or not before[-1:].isalnum()
    closes = words[-1:].isalnum() or not follows.isalnum()
    return opens and closes and not before.endswith("*")
