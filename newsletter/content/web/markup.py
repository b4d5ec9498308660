"""Foreign HTML as a small tree: its elements, and its text in blocks. Pure.

Sources take single sentences out of feeds and wiki pages. Their markup is not trusted to be nested
rightly, so text is read in its order and parted where any block begins or ends.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_LONGEST = 200_000  # characters; the largest wiki page that is read has a quarter of it
_DEEPEST = 60  # levels; what is nested deeper counts as a child of the last one
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_SILENT = frozenset({"script", "style", "template", "noscript", "audio", "video"})
_BLOCKS = frozenset(
    {"blockquote", "br", "center", "dd", "div", "dl", "dt", "font", "h1", "h2", "h3", "h4", "hr"}
    | {"li", "ol", "p", "section", "table", "tbody", "td", "th", "tr", "ul"}
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARATION = re.compile(r"<[!?]")
# A tag that never ends; the parser of the standard library would look for its end again and again.
_UNCLOSED = re.compile(r"<(?![^<>]*>)")
_SPACES = re.compile(r"[\s\u200b\u00ad]+")


@dataclass(slots=True, eq=False)
class Element:
    """An element with what is in it, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """Yield this element and all within it, in the order of the text."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str) -> Iterator[Element]:
        """Yield the elements within that have one of the tags."""
        return (one for one in self.walk() if one is not self and one.tag in tags)

    def by_id(self, name: str) -> Element | None:
        """Find the first element with an id."""
        return next((one for one in self.walk() if one.attributes.get("id") == name), None)

    def text(self, *, without: Collection[str] = ()) -> str:
        """Return the text in one line; elements whose tag is in `without` are left out."""
        return _SPACES.sub(" ", "".join(_pieces(self, without))).strip()

    def blocks(self, *, without: Collection[str] = ()) -> tuple[str, ...]:
        """Return the text as a line per block, none of them empty."""
        lines = "".join(_pieces(self, without)).split("\n")
        return tuple(filter(None, (_SPACES.sub(" ", line).strip() for line in lines)))


def parse(html: str) -> Element:
    """Read a fragment of HTML, however broken; the result is an element without a tag.

    Scripts, styles and comments are gone. The bullet of older pages (`&#149;`, U+0095) is U+2022.
    """
    builder = _Builder()
    builder.feed(_without_declarations(html[:_LONGEST]).replace("\x95", "•"))
    builder.close()
    return builder.root


def _pieces(element: Element, without: Collection[str]) -> Iterator[str]:
    """Yield the texts in their order, and a line end wherever a block begins or ends."""
    end = "\n" if element.tag in _BLOCKS else ""
    yield end
    for child in element.children:
        if isinstance(child, str):
            yield _SPACES.sub(" ", child)
        elif child.tag not in without:
            yield from _pieces(child, without)
    yield end


def _without_declarations(html: str) -> str:
    """Take out what is no content and what the parser of the standard library stumbles over."""
    return _UNCLOSED.sub("&lt;", _DECLARATION.sub("", _COMMENT.sub("", html)))


class _Builder(HTMLParser):
    """Puts the tree together; an end without a beginning is ignored."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]
        self._silence = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silence += 1
            return
        if self._silence:
            return
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silence = max(0, self._silence - 1)
            return
        places = [place for place, one in enumerate(self._open) if one.tag == tag]
        if places and not self._silence:
            del self._open[places[-1] :]

    def handle_data(self, data: str) -> None:
        if not self._silence:
            self._open[-1].children.append(data)
