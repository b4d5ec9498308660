"""HTML as the tree that a browser makes of it: elements, and the text between them. Pure.

The parser is lexbor (through selectolax), which follows the HTML standard; however broken the
markup is, the tree is the one that readers of the page see.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.content import budget
from newsletter.content.budget import WHOLE, Limits

_HARMLESS = 5_000  # characters, in which no markup keeps a parser busy
DEEPEST = 120  # levels; what is nested deeper counts as a child of the last one
_SILENT = frozenset({"script", "style", "template", "audio", "video"})
_UNSEEN = "noscript"  # what only programs without scripts are shown: mostly late pictures, again
# What a browser shows as a box of its own; everything else runs in the line.
BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd"}
    | {"details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer"}
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "legend", "li", "main"}
    | {"menu", "nav", "ol", "optgroup", "option", "p", "pre", "search", "section", "select"}
    | {"summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "tr", "ul"}
)
_PARTED = BLOCKS | {"br", "font"}  # services put their paragraphs between these, too
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HIDDEN_CLASSES = frozenset(
    {"hidden", "screen-reader-text", "sr-only", "visually-hidden", "visuallyhidden", "u-hidden"}
)
_SPACES = re.compile(r"\s+")
_BREAKS = str.maketrans("", "", "\u200b\u00ad")  # where a word may be broken


@dataclass(slots=True, eq=False)
class Element:
    """An element with what is in it, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    has_block: bool = False  # whether any element within it is a box of its own
    has_hidden: bool = False  # whether any element within it is not shown

    @property
    def is_hidden(self) -> bool:
        """Say whether a browser does not show it."""
        attributes = self.attributes
        if not attributes:
            return self.tag == "dialog"
        if "hidden" in attributes or (self.tag == "dialog" and "open" not in attributes):
            return True
        if "style" in attributes and _HIDDEN.search(attributes["style"]):
            return True
        return not _HIDDEN_CLASSES.isdisjoint(attributes.get("class", "").lower().split())

    def walk(self) -> Iterator[Element]:
        """Yield this element and all within it, in the order of the text."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += [child for child in reversed(one.children) if isinstance(child, Element)]

    def all(self, *tags: str) -> Iterator[Element]:
        """Yield the elements within that have one of the tags."""
        return (one for one in self.walk() if one is not self and one.tag in tags)

    def by_id(self, name: str) -> Element | None:
        """Find the first element with an id."""
        return next((one for one in self.walk() if one.attributes.get("id") == name), None)

    def text(self, *, without: Collection[str] = ()) -> str:
        """Return the text in one line; elements whose tag is in `without` are left out."""
        return _SPACES.sub(" ", "".join(_pieces(self, without)).translate(_BREAKS)).strip()

    def blocks(self, *, without: Collection[str] = ()) -> tuple[str, ...]:
        """Return the text as a line per block, none of them empty."""
        lines = "".join(_pieces(self, without)).translate(_BREAKS).split("\n")
        return tuple(filter(None, (_SPACES.sub(" ", line).strip() for line in lines)))


def parse(html: str, *, name: str = "The markup") -> Element:
    """Read a fragment of HTML, however broken; the result is an element without a tag.

    Scripts, styles and comments are gone. The bullet of older pages (U+0095) is U+2022. Raises
    `SourceError`, which begins with `name`, for what would keep the parser busy.
    """
    root = Element("")
    page = document(html, name=name)
    for body in (one for one in page.children if isinstance(one, Element)):
        _move(body, root)
    return root


def document(html: str, *, name: str, limits: Limits = WHOLE) -> Element:
    """Read a whole page into its `html` element, as `parse` reads a fragment."""
    if len(html) > _HARMLESS:
        budget.refuse(html, name=name, limits=limits)
    root = LexborHTMLParser(html.replace("\x95", "•").replace("\0", "")).root
    return _grown(root) if root is not None else Element("html")


def _move(source: Element, target: Element) -> None:
    target.children += source.children
    target.has_block = target.has_block or source.has_block
    target.has_hidden = target.has_hidden or source.has_hidden


def _grown(root: LexborNode) -> Element:
    """Copy the parser's tree, however deep it is, without going deeper into our own stack."""
    top = Element("html", _attributes(root))
    way = [top]  # the elements that are open
    waiting: list[tuple[LexborNode | None, Element]] = [(root.first_child, top)]
    while waiting:
        node, parent = waiting.pop()
        if node is None:
            _tell_outer(way.pop(), way)
            continue
        waiting.append((node.next, parent))
        if node.is_text_node:
            parent.children.append(node.text_content or "")
        elif node.is_element_node and (node.tag or "") not in _SILENT:
            element = Element(node.tag or "", _attributes(node))
            parent.children.append(element)
            way.append(element)
            waiting.append((node.first_child, element if len(way) < DEEPEST else parent))
    return top


def _tell_outer(ended: Element, way: list[Element]) -> None:
    """Let the element around one that has ended know what stands in it."""
    if not way:
        return
    outer = way[-1]
    outer.has_block = outer.has_block or ended.has_block or ended.tag in BLOCKS
    outer.has_hidden = outer.has_hidden or ended.has_hidden or ended.is_hidden


def _attributes(node: LexborNode) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}


def _pieces(element: Element, without: Collection[str]) -> Iterator[str]:
    """Yield the texts in their order, and a line end wherever a block begins or ends."""
    end = "\n" if element.tag in _PARTED else ""
    yield end
    for child in element.children:
        if isinstance(child, str):
            yield _SPACES.sub(" ", child)
        elif child.tag != _UNSEEN and child.tag not in without:
            yield from _pieces(child, without)
    yield end
