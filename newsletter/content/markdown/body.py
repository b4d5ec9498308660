"""The text below front matter, as the blocks of a story. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.content import blocks
from newsletter.content.markdown import (
    admonitions,
    components,
    flavours,
    footnotes,
    raw_html,
    shortcodes,
    targets,
    vault,
)
from newsletter.content.markdown.targets import Locate
from newsletter.core.model import LeftOut

_READER = blocks.dialect()
_STEPS = (
    components.without_components,
    admonitions.in_markdown,
    shortcodes.without_shortcodes,
    raw_html.without_comments,
    vault.in_markdown,
    flavours.in_dialect,
)
_MARKDOWN_INSIDE = re.compile(r"(?m)^[ \t]*<(?:div|section|aside|article|main)\b[^<>\n]*>[ \t]*$")
_MARKED = re.compile(r"\bmarkdown\s*=\s*[\"']?(?:1|block|span)")
_SHOWN = frozenset({"text", "code_inline", "image"})
_AGAIN = "it only repeats the headline"


@dataclass(frozen=True, slots=True)
class Body:
    """What a text became: blocks in the story's dialect, and what is not among them."""

    blocks: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    heading: str = ""  # what stands above all, where no headline was given


def read(text: str, *, headline: str, base: str, locate: Locate) -> Body:
    """Return the blocks of a text. A block without raw HTML stays as it was typed.

    Without a headline, the heading of the first rank that the text begins with is its own.
    Relative addresses resolve by `locate`, those in raw HTML by it and by `base`.
    """
    left_out: list[LeftOut] = []
    for step in _STEPS:
        text, gone = step(text)
        left_out += gone
    text, notes, gone = footnotes.noted(_opened(text))
    left_out += gone
    pieces = [*raw_html.whole(list(blocks.pieces(text, html=True))), *notes]
    found: list[str] = []
    for piece in pieces:
        made, gone = _made(piece, base=base, locate=locate)
        found += made
        left_out += gone
    heading = _heading(found[0]) if found else ""
    if heading and not headline:
        del found[0]
    elif heading and _is_alike(heading, headline):
        left_out.insert(0, LeftOut(text=found.pop(0), reason=_AGAIN))
    return Body(
        blocks=tuple(_without_loose_rules(found)),
        left_out=tuple(dict.fromkeys(left_out)),
        heading="" if headline else heading,
    )


def _opened(text: str) -> str:
    """Take away the tags around what is said to be Markdown inside of HTML."""
    return _MARKDOWN_INSIDE.sub(lambda found: "" if _MARKED.search(found[0]) else found[0], text)


def _made(piece: str, *, base: str, locate: Locate) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    kinds = raw_html.kinds(piece)
    if kinds == {"html_inline"}:
        piece = raw_html.simplified(piece)
        kinds = raw_html.kinds(piece)
    if kinds:
        made, left_out = raw_html.converted(piece, base=base, locate=locate)
        return _known(made), tuple(left_out)
    block, gone = targets.resolved(piece, locate)
    return _known((block,)), gone


def _known(made: Sequence[str]) -> tuple[str, ...]:
    """Take out of blocks what only another program knows, and blocks of nothing else."""
    known = (block.replace(targets.UNKNOWN, "") for block in made)
    return tuple(block for block in known if _is_something(block))


def _is_something(block: str) -> bool:
    """Say whether a reader would see anything of a block."""
    tokens = _READER.parse(block)
    kinds = {token.type for token in tokens}
    if kinds & {"hr", "fence", "code_block"}:
        return True
    children = [child for token in tokens for child in token.children or ()]
    return any(c.type == "image" or (c.type in _SHOWN and c.content.strip()) for c in children)


def _heading(block: str) -> str:
    """Return the plain words of a heading of the first rank; nothing of any other block."""
    tokens = _READER.parse(block)
    if len(tokens) < 2 or tokens[0].tag != "h1":
        return ""
    children = tokens[1].children or ()
    words = "".join(
        one.content if one.type in _SHOWN else " " if one.type == "softbreak" else ""
        for one in children
    )
    return " ".join(words.split())


def _is_alike(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def _without_loose_rules(found: list[str]) -> Iterator[str]:
    """Leave out rules that part nothing: at the beginning, at the end, and one after another."""
    waiting = ""
    is_begun = False
    for block in found:
        if _READER.parse(block)[0].type == "hr":
            waiting = block if is_begun else ""
            continue
        if waiting:
            yield waiting
        waiting, is_begun = "", True
        yield block
