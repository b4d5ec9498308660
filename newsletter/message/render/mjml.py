"""MJML to HTML with mjml-python, and what it would accept silently and render wrongly. Pure.

The engine reports hardly any fault, and never a line (reference: rendering.md 2.2-2.4). Before it
sees the rendered MJML, that is read once as XML and each element is held against a small table of
rules.
"""

from __future__ import annotations

import difflib
import html.entities
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from xml.parsers import expat

import mjml as engine

from newsletter.core.errors import TemplateError, UsageError
from newsletter.message.render.mjml_attributes import faults

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
_UNSAFE_VALUE = re.compile(r"[^\x20-\x7e]|\\")
_TITLE = re.compile(r"<mj-title>([^<]*)</mj-title>")
_VALUE = re.compile(r"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class Fault(NamedTuple):
    """One fault of rendered MJML: where it is, lines from 1 and columns from 0, and a sentence."""

    line: int
    column: int
    sentence: str


def first_fault(mjml: str) -> Fault | None:
    """Find the first fault: of the elements, else of the attributes' characters."""
    return _Reader(mjml).read() or next(_unsafe_values(mjml), None)


class _Found(Exception):  # noqa: N818  # it ends the reading, and nobody sees it
    """Carries the fault out of the parser."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


class _Reader:
    """Walks the elements with an XML parser, which knows the places."""

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

    def read(self) -> Fault | None:
        try:
            self._parser.Parse(_ENTITY.sub(_numbered, self._mjml).encode(), True)  # noqa: FBT003  # C API
        except expat.ExpatError as error:
            return Fault(error.lineno, error.offset, self._not_well_formed(error))
        except _Found as found:
            return found.fault
        return None

    def _not_well_formed(self, error: expat.ExpatError) -> str:
        sentence = expat.ErrorString(error.code) or "not well-formed"
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH]:
            sentence += f", <{self._open[-1]}> is still open"
        return f"this is not well-formed: {sentence}"

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        for sentence in _faults(tag, attributes, self._open):
            raise self._found(sentence)
        self._open.append(tag)

    def _found(self, sentence: str) -> _Found:
        place = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
        return _Found(Fault(*place, sentence))

    def _forbidden(self, what: str) -> Any:
        def refuse(*_: object) -> None:
            raise self._found(f"{what} is not taken here")

        return refuse


def _faults(tag: str, attributes: Mapping[str, str], above: list[str]) -> Iterator[str]:
    yield from _misplaced(tag, above)
    yield from _forbidden_features(tag, above)
    if tag in _PICTURES and "alt" not in attributes and "mj-attributes" not in above:
        yield f'<{tag}> has no alt; write alt="" for a mere ornament'
    yield from faults(tag, attributes)


def _misplaced(tag: str, above: list[str]) -> Iterator[str]:
    parent = above[-1]
    if tag.startswith("mj-") and tag not in _KNOWN:
        close = difflib.get_close_matches(tag, _KNOWN, n=1)
        yield f"there is no <{tag}>" + (f"; the nearest is <{close[0]}>" if close else "")
    elif parent == "mj-class":
        yield "<mj-class> takes no elements inside"
    elif "mj-attributes" in above or any(name in _HTML_INSIDE for name in above):
        return
    elif tag not in _CHILDREN.get(parent, frozenset()) | _FORBIDDEN:
        yield f"<{tag}> cannot stand in {f'<{parent}>' if parent else 'the top'}"


def _forbidden_features(tag: str, above: list[str]) -> Iterator[str]:
    if tag in _FORBIDDEN:
        yield f"<{tag}> does not work here; use Jinja2 and its partials"
    if tag == "mj-body" and "mj-attributes" in above:
        yield "defaults for mj-body are ignored; write them on <mj-body>"


def _unsafe_values(mjml: str) -> Iterator[Fault]:
    """Find attribute values that mrml would print with visible escapes; the title becomes one."""
    text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), mjml)
    for name, value, offset in _values(text):
        unsafe = _UNSAFE_VALUE.search(value)
        if unsafe:
            line = text.count("\n", 0, offset) + 1
            column = offset - (text.rfind("\n", 0, offset) + 1)
            what = _named(unsafe.group())
            yield Fault(line, column, f"{name} contains {what}; use the filter `attribute`")


def _values(text: str) -> Iterator[tuple[str, str, int]]:
    """Return name, value and offset of each attribute, and of the title."""
    for title in _TITLE.finditer(text):
        yield "mj-title", title[1], title.start()
    for tag in _START_TAG.finditer(text):
        for value in _VALUE.finditer(text, tag.start(1), tag.end(1)):
            yield value[1], value[2] or value[3] or "", value.start()


def _named(character: str) -> str:
    """Name what must not stand bare in an attribute."""
    names = {"\n": "a line break", "\t": "a tab", "\\": "a backslash"}
    return names.get(character, f"“{character}” (U+{ord(character):04X})")


def _numbered(match: re.Match[str]) -> str:
    """Write an HTML entity as a number, which XML knows, in the same length where that is possible.

    Unknown ones stay and are reported.
    """
    name = match[1]
    if name in _XML_ENTITIES or f"{name};" not in html.entities.html5:
        return match.group()
    characters = html.entities.html5[f"{name};"]
    if len(characters) == 1:
        return f"&#{ord(characters):0{len(name) - 1}d};"
    return "".join(f"&#{ord(character)};" for character in characters)


def to_html(markup: str) -> str:
    """Render MJML; no web font is ever linked.

    Raises `TemplateError` where the engine refuses, `UsageError` where another distribution
    stands in its place: several are imported as `mjml`.
    """
    render = getattr(engine, "mjml2html", None)
    if render is None:
        raise UsageError(
            "The installed package “mjml” is not mjml-python.",
            hint="Uninstall the distribution “mjml”, then install mjml-python again.",
        )
    try:
        return str(render(markup, fonts={}))
    except ValueError as error:
        raise TemplateError(
            f"mjml-python cannot render the MJML: {error}.",
            hint="Look for an unclosed element, or a value without quotes.",
        ) from error
