"""The HTML of a message, read once for all checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

from newsletter.core.model.findings import Place

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_BLOCKS = frozenset({"p", "div", "td", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_EXCERPT = 60  # characters


@dataclass(frozen=True, slots=True)
class Element:
    """A start tag, with the text up to its end tag (the `alt` of pictures included)."""

    tag: str
    attributes: Mapping[str, str]
    classes: frozenset[str]
    text: str
    own_text: str  # as written, without that of elements further in
    parent: Element | None
    before: Element | None  # the element before it, of the same parent
    index: int  # among the elements with this tag, in document order, from 0
    line: int

    def get(self, name: str) -> str:
        """Return an attribute's value, empty where it is missing."""
        return self.attributes.get(name, "")

    @property
    def target(self) -> str:
        """Return the name by which a link of the same document leads here; empty without one."""
        return self.get("id") or (self.get("name") if self.tag == "a" else "")

    @property
    def place(self) -> Place:
        """Say where the element is."""
        shown = self.text or self.get("alt") or self.get("src") or self.get("href")
        return Place(
            part="html", tag=self.tag, index=self.index, line=self.line, excerpt=excerpt(shown)
        )

    def ancestors(self) -> Iterator[Element]:
        """Go up from the element itself to the document's."""
        here: Element | None = self
        while here is not None:
            yield here
            here = here.parent


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed HTML document; comments, and so the Outlook parts, are not in it."""

    elements: tuple[Element, ...]
    text: str  # what a reader can see, with single spaces

    def all(self, *tags: str) -> Iterator[Element]:
        """Go through the elements with one of these tags, in order."""
        return (element for element in self.elements if element.tag in tags)

    @property
    def links(self) -> tuple[Element, ...]:
        """Return the links, in order; what a link of this mail leads to is none itself."""
        return tuple(a for a in self.all("a") if "href" in a.attributes or not a.target)

    @property
    def targets(self) -> frozenset[str]:
        """Return the names that a link within this mail may lead to, each after a `#`."""
        return frozenset(f"#{one.target}" for one in self.elements if one.target)

    @property
    def inside(self) -> tuple[Element, ...]:
        """Return the elements within the body, in order."""
        return tuple(
            element
            for element in self.elements
            if element.tag != "body" and any(one.tag == "body" for one in element.ancestors())
        )


@lru_cache(maxsize=4)
def parse(html: str) -> Page:
    """Read a document; broken HTML is read as far as it goes, as a mail client would."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page()


def unbalanced(html: str) -> tuple[str, int] | None:
    """Find the first tag that has no partner, and its line; None where all pair up."""
    reader = _Balance()
    reader.feed(html)
    reader.close()
    return reader.found or (reader.open[-1] if reader.open else None)


def squeeze(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


def excerpt(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = squeeze(text)
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1].rstrip()}…"


@dataclass(slots=True)
class _Found:
    """An element while its text is still being read."""

    tag: str
    attributes: dict[str, str]
    parent: int | None
    before: int | None
    index: int
    line: int
    text: list[str] = field(default_factory=list)
    own_text: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects elements in the order of their start tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[_Found] = []
        self._open: list[int] = []
        self._counts: Counter[str] = Counter()  # by tag
        self._last: dict[int | None, int] = {}  # child of each parent

    def page(self) -> Page:
        elements: list[Element] = []
        for found in self._found:
            elements.append(
                Element(
                    found.tag,
                    found.attributes,
                    frozenset(found.attributes.get("class", "").split()),
                    text=squeeze("".join(found.text)),
                    own_text="".join(found.own_text),
                    parent=None if found.parent is None else elements[found.parent],
                    before=None if found.before is None else elements[found.before],
                    index=found.index,
                    line=found.line,
                )
            )
        return Page(tuple(elements), " ".join(e.text for e in elements if e.tag == "body"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        parent = self._open[-1] if self._open else None
        before, line = self._last.get(parent), self.getpos()[0]
        self._found.append(_Found(tag, attributes, parent, before, self._counts[tag], line))
        self._counts[tag] += 1
        self._last[parent] = len(self._found) - 1
        if tag not in _VOID:
            self._open.append(len(self._found) - 1)
        elif tag == "img":
            self._say(attributes.get("alt", ""))
        elif tag == "br":
            self._say(" ")

    def handle_endtag(self, tag: str) -> None:
        names = [self._found[index].tag for index in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]
        if tag in _BLOCKS:
            self._say(" ")

    def handle_data(self, data: str) -> None:
        self._say(data)
        if self._open:
            self._found[self._open[-1]].own_text.append(data)

    def _say(self, text: str) -> None:
        for index in self._open:
            self._found[index].text.append(text)


class _Balance(HTMLParser):
    """Pairs tags, up to the first one that is alone."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, int]] = []
        self.found: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag not in _VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass  # it is its own partner

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
        elif self.found is None:
            still_open = tag in {name for name, _ in self.open}
            self.found = self.open[-1] if still_open else (tag, self.getpos()[0])
