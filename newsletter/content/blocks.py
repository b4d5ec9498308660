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


def _anywhere(url: str) -> bool:
    del url
    return True


def dialect(*, html: bool = False, renderer: type[RendererHTML] = RendererHTML) -> MarkdownIt:
    """Return a reader of the Markdown that stories are written in.

    CommonMark with tables, `~~struck~~`, `^superscript^` and `~subscript~`. Without `html`, raw
    HTML is text like any other. Links may lead anywhere: who shows them decides.
    """
    reader = MarkdownIt("commonmark", {"html": html}, renderer_cls=renderer)
    reader.enable(["table", "strikethrough"])
    reader.validateLink = _anywhere  # type: ignore[method-assign]  # the documented way
    return reader.use(superscript_plugin).use(sub_plugin)


# What the mail takes for text is cut like text.
_READERS = {False: dialect(), True: dialect(html=True)}
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_LABEL = re.compile(r"\[([^\[\]]+)\]")
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
    defined = environment.get("references", {})
    for token in tokens:
        if token.level == 0 and token.map is not None:
            block = "\n".join(lines[token.map[0] : token.map[1]]).strip("\n").rstrip()
            used = {" ".join(label.split()).upper() for label in _LABEL.findall(block)}
            yield join((block, *_written({label: defined[label] for label in used & {*defined}})))


def definitions(text: str) -> tuple[str, ...]:
    """Return the link definitions of Markdown, each as a line of its own."""
    environment: dict[str, Any] = {}
    _READERS[True].parse(text, environment)
    return tuple(_written(environment.get("references", {})))


def _written(defined: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for label, found in sorted(defined.items()):
        title = f' "{found["title"]}"' if found["title"] else ""
        yield f"[{label}]: <{found['href']}>{title}"
