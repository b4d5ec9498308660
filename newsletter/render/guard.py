"""What mjml-python would accept silently and render wrongly: refused before it sees it.

The engine reports hardly any fault, and never a line (reference: rendering.md 2.2-2.4). Here the
rendered MJML is read once as XML and each element is held against a small table of rules.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers import expat

from newsletter.errors import TemplateError

_HEAD = frozenset(
    {"mj-attributes", "mj-breakpoint", "mj-font", "mj-preview", "mj-raw", "mj-style", "mj-title"}
)
_CONTENT = frozenset(
    {
        "mj-accordion",
        "mj-button",
        "mj-carousel",
        "mj-divider",
        "mj-hero",
        "mj-image",
        "mj-navbar",
        "mj-raw",
        "mj-social",
        "mj-spacer",
        "mj-table",
        "mj-text",
    }
)
_CHILDREN: Mapping[str, frozenset[str]] = {
    "": frozenset({"mjml"}),
    "mjml": frozenset({"mj-head", "mj-body"}),
    "mj-head": _HEAD,
    "mj-body": frozenset({"mj-section", "mj-wrapper", "mj-hero", "mj-raw"}),
    "mj-wrapper": frozenset({"mj-section", "mj-hero", "mj-raw"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": _CONTENT - {"mj-hero"},
    "mj-hero": _CONTENT - {"mj-hero", "mj-raw"},
    "mj-accordion": frozenset({"mj-accordion-element"}),
    "mj-accordion-element": frozenset({"mj-accordion-title", "mj-accordion-text"}),
    "mj-carousel": frozenset({"mj-carousel-image"}),
    "mj-navbar": frozenset({"mj-navbar-link"}),
    "mj-social": frozenset({"mj-social-element"}),
}
_HTML_INSIDE = frozenset(
    {
        "mj-accordion-text",
        "mj-accordion-title",
        "mj-button",
        "mj-carousel-image",
        "mj-navbar-link",
        "mj-raw",
        "mj-social-element",
        "mj-table",
        "mj-text",
    }
)
_FORBIDDEN = frozenset({"mj-html-attributes", "mj-include"})
_KNOWN = frozenset({"mj-all", "mj-class"}).union(_FORBIDDEN, *_CHILDREN.values())
_PICTURES = frozenset({"img", "mj-image", "mj-carousel-image"})
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_START_TAG = re.compile(r"<[A-Za-z][^\s/>]*((?:\s+[^\s=/>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))+)\s*/?>")
_VALUE = re.compile(r"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_UNSAFE_VALUE = re.compile(r"[^\x20-\x7e]|\\")


def refuse_faults(mjml: str) -> None:
    """Raise `TemplateError` for the first fault, with the line of the rendered MJML."""
    _Reader(mjml).read()
    for line, sentence in _unsafe_values(mjml):
        raise _fault(mjml, line, sentence)


class _Reader:
    """Walks the elements with an XML parser, which knows the lines."""

    def __init__(self, mjml: str) -> None:
        self._mjml = mjml
        self._open = [""]
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = lambda _: self._open.pop()
        self._parser.StartDoctypeDeclHandler = self._forbidden("a doctype")
        self._parser.StartCdataSectionHandler = self._forbidden("a CDATA section")
        self._parser.XmlDeclHandler = self._forbidden("an XML declaration")
        self._parser.ProcessingInstructionHandler = self._forbidden("a processing instruction")

    def read(self) -> None:
        try:
            self._parser.Parse(_ENTITY.sub(_numbered, self._mjml).encode(), True)  # noqa: FBT003  # C API
        except expat.ExpatError as error:
            sentence = expat.ErrorString(error.code) or "not well-formed"
            raise _fault(
                self._mjml, error.lineno, f"this is not well-formed: {sentence}"
            ) from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        for sentence in _faults(tag, attributes, self._open):
            raise _fault(self._mjml, self._parser.CurrentLineNumber, sentence)
        self._open.append(tag)

    def _forbidden(self, what: str) -> Any:
        def refuse(*_: object) -> None:
            raise _fault(self._mjml, self._parser.CurrentLineNumber, f"{what} is not taken here")

        return refuse


def _faults(tag: str, attributes: Mapping[str, str], above: list[str]) -> Iterator[str]:
    parent = above[-1]
    yield from _misplaced(tag, parent, above)
    yield from _forbidden_features(tag, attributes, above)
    if tag in _PICTURES and "alt" not in attributes and "mj-attributes" not in above:
        yield f'<{tag}> has no alt; write alt="" for a mere ornament'
    if tag.startswith("mj-"):
        for name, value in attributes.items():
            if "padding" in name and "0" in value.split():
                yield f'{name}="{value}" has a bare zero, which spoils widths; write 0px'


def _misplaced(tag: str, parent: str, above: list[str]) -> Iterator[str]:
    if tag.startswith("mj-") and tag not in _KNOWN:
        yield f"there is no <{tag}>"
    elif "mj-attributes" in above or any(name in _HTML_INSIDE for name in above):
        return
    elif tag not in _CHILDREN.get(parent, frozenset()) | _FORBIDDEN:
        yield f"<{tag}> cannot stand in {f'<{parent}>' if parent else 'the top'}"


def _forbidden_features(tag: str, attributes: Mapping[str, str], above: list[str]) -> Iterator[str]:
    if tag in _FORBIDDEN:
        yield f"<{tag}> does not work here; use Jinja2 and its partials"
    if tag == "mj-raw" and "position" in attributes:
        yield "<mj-raw position> does not work here"
    if tag == "mj-style" and "inline" in attributes:
        yield "<mj-style inline> does not inline; put the rules into base.css"
    if tag == "mj-body" and "mj-attributes" in above:
        yield "defaults for mj-body are ignored; write them on <mj-body>"
    if tag == "mj-wrapper" and "gap" in attributes:
        yield "<mj-wrapper gap> is ignored; use padding"
    if above[-1] == "mj-class":
        yield "<mj-class> takes no elements inside"


def _unsafe_values(mjml: str) -> Iterator[tuple[int, str]]:
    """Find attribute values that mrml would print with visible escapes."""
    text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), mjml)
    for tag in _START_TAG.finditer(text):
        for name, double, single in _VALUE.findall(tag[1]):
            if _UNSAFE_VALUE.search(double or single):
                line = text.count("\n", 0, tag.start()) + 1
                yield line, f"the value of {name} has to go through the filter `attribute`"


def _numbered(match: re.Match[str]) -> str:
    """Write an HTML entity as a number, which XML knows; unknown ones stay and are reported."""
    name = match[1]
    if name in _XML_ENTITIES or f"{name};" not in html.entities.html5:
        return match.group()
    return "".join(f"&#{ord(character)};" for character in html.entities.html5[f"{name};"])


def _fault(mjml: str, line: int, sentence: str) -> TemplateError:
    lines = mjml.split("\n")
    shown = lines[line - 1].strip()[:100] if 0 < line <= len(lines) else ""
    return TemplateError(
        f"The rendered MJML, line {line}: {sentence}.",
        hint=f"The line begins: {shown}" if shown else "",
    )
