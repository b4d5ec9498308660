"""The HTML of a message, read once for all checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


@dataclass(frozen=True, slots=True)
class Element:
    """A start tag, with the text up to its end tag (the `alt` of pictures included)."""

    tag: str
    attributes: Mapping[str, str]
    text: str
    in_body: bool

    def get(self, name: str) -> str:
        """Give an attribute's value, empty where it is missing."""
        return self.attributes.get(name, "")


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
        """Give the links, in order."""
        return tuple(self.all("a"))


@lru_cache(maxsize=4)
def parse(html: str) -> Page:
    """Read a document; broken HTML is read as far as it goes, as a mail client would."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page()


def squeeze(text: str) -> str:
    """Give the text with single spaces."""
    return " ".join(text.split())


class _Reader(HTMLParser):
    """Collects elements in the order of their start tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[tuple[str, dict[str, str], list[str], bool]] = []
        self._open: list[int] = []

    def page(self) -> Page:
        elements = tuple(
            Element(tag, attributes, squeeze("".join(text)), in_body)
            for tag, attributes, text, in_body in self._found
        )
        bodies = [element.text for element in elements if element.tag == "body"]
        return Page(elements, " ".join(bodies))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        in_body = any(self._found[index][0] == "body" for index in self._open)
        self._found.append((tag, attributes, [], in_body))
        if tag not in _VOID:
            self._open.append(len(self._found) - 1)
        elif tag == "img":
            self.handle_data(attributes.get("alt", ""))
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        names = [self._found[index][0] for index in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]
        if tag in {"p", "div", "td", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for index in self._open:
            self._found[index][2].append(data)
