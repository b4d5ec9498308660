"""Cut a story's text into the blocks a `Story` holds, and put it together again. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

from newsletter.core.model import Markup


def dialect(*, html: bool = False, renderer: type[RendererHTML] = RendererHTML) -> MarkdownIt:
    """Return a reader of the Markdown that stories are written in.

    CommonMark with tables, `~~struck~~`, `^superscript^` and `~subscript~`. Without `html`, raw
    HTML is text like any other.
    """
    reader = MarkdownIt("commonmark", {"html": html}, renderer_cls=renderer)
    reader.enable(["table", "strikethrough"])
    return reader.use(superscript_plugin).use(sub_plugin)


# What the mail takes for text is cut like text.
_READERS = {False: dialect(), True: dialect(html=True)}
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_LINE_ENDS = re.compile(r"\r\n?|\n")


def split(text: str, markup: Markup) -> tuple[str, ...]:
    """Return the blocks in order, none empty.

    Text is cut at blank lines, and line ends inside a paragraph become spaces. Markdown is cut
    between CommonMark's top-level blocks; each block takes the link definitions it uses along.
    """
    if markup == "markdown":
        return tuple(pieces(text))
    paragraphs = (" ".join(block.split()) for block in _BLANK_LINES.split(text))
    return tuple(paragraph for paragraph in paragraphs if paragraph)


def join(blocks: Iterable[str]) -> str:
    """Put blocks below each other with a blank line between."""
    return "\n\n".join(blocks)


def pieces(text: str, *, html: bool = False) -> Iterator[str]:
    """Yield the blocks of Markdown; with `html`, raw HTML is a block of its own."""
    environment: dict[str, Any] = {}
    tokens = _READERS[html].parse(text, environment)
    lines = _LINE_ENDS.split(text)
    definitions = environment.get("references", {})
    for token in tokens:
        if token.level == 0 and token.map is not None:
            block = "\n".join(lines[token.map[0] : token.map[1]]).strip("\n").rstrip()
            yield join((block, *_definitions_in(block, definitions)))


def _definitions_in(block: str, definitions: Mapping[str, Mapping[str, str]]) -> list[str]:
    used = {" ".join(label.split()).upper() for label in re.findall(r"\[([^\[\]]+)\]", block)}
    return [
        f"[{label}]: <{found['href']}>" + (f' "{found["title"]}"' if found["title"] else "")
        for label, found in sorted(definitions.items())
        if label in used
    ]
