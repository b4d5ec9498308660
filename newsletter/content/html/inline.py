"""What runs in a line: words with their marks, links, raised signs and line breaks. Pure.

White space collapses as in a browser. How a line is written as Markdown is `markdown.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter.content.html.signs import lowered, quotation_marks, raised
from newsletter.content.html.tree import Element

_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "cite": "*", "dfn": "*", "var": "*"}
_STRUCK = frozenset({"del", "s", "strike"})
# Boxes with nothing in them that a mail can show in a line.
_SILENT = frozenset({"canvas", "embed", "iframe", "map", "noscript", "object", "rp", "svg"})
_SPACES = re.compile(r"[ \t\n\r\f]+")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ANCHOR_SIGNS = frozenset("#¶§🔗∞")


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style."""

    plain: str
    marks: tuple[str, ...] = ()  # of Markdown, the outermost first
    href: str = ""  # where they lead, as the page has it
    written: str | None = None  # as Markdown, where that is more than the escaped words


_BREAK = Run("\n")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text."""

    runs: tuple[Run, ...]

    @property
    def plain(self) -> str:
        """Return its words."""
        return "".join([run.plain for run in self.runs])

    @property
    def linked(self) -> int:
        """Count the characters that lead somewhere else."""
        return sum([len(run.plain) for run in self.runs if run.href])


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What a run of text is written in, from the elements around it."""

    marks: tuple[str, ...] = ()
    href: str = ""
    quoted: int = 0  # how many quotations it stands in
    language: str = ""


def styled(element: Element, style: Style) -> Style:
    """Return the style of what stands in an element."""
    tag, attributes = element.tag, element.attributes
    if attributes.get("lang"):
        style = replace(style, language=attributes["lang"])
    mark = _MARKS.get(tag) or ("~~" if tag in _STRUCK else "")
    if mark and mark not in style.marks and not _is_plain_again(element):
        return replace(style, marks=(*style.marks, mark))
    if tag == "a":
        return replace(style, href=attributes.get("href", "").strip())
    return style


def lines(children: Sequence[Element | str], style: Style) -> list[list[Line]]:
    """Return the paragraphs of a run of text, each as its lines; what is empty is left away."""
    runs = [run for child in children for run in _runs(child, style)]
    if not any(is_visible(run.plain) for run in runs):
        return []
    paragraphs: list[list[Line]] = [[]]
    for line in _parted(runs):
        found = _collapsed(line)
        if is_visible("".join([run.plain for run in found])):
            paragraphs[-1].append(Line(tuple(found)))
        else:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def is_visible(text: str) -> bool:
    """Say whether a text has anything to see."""
    return bool(text) and not text.isspace() and bool(_INVISIBLE.sub("", text).strip())


def _parted(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Yield the runs between line breaks."""
    line: list[Run] = []
    for run in runs:
        if run is _BREAK:
            yield line
            line = []
        else:
            line.append(run)
    yield line


def _is_plain_again(element: Element) -> bool:
    """Say whether an element only looks like a mark, as in text out of word processors."""
    style = element.attributes.get("style", "").replace(" ", "").lower()
    return "font-weight:normal" in style or "font-style:normal" in style


def _runs(child: Element | str, style: Style) -> Iterator[Run]:
    if isinstance(child, str):
        yield _run(child, style)
    elif child.is_hidden or child.tag in _SILENT:
        return
    elif child.tag in _SPECIAL:
        yield from _SPECIAL[child.tag](child, style)
    elif not _is_anchor(child):
        inner = styled(child, style)
        for one in child.children:
            yield from _runs(one, inner)


def _run(text: str, style: Style) -> Run:
    return Run(_SPACES.sub(" ", text), style.marks, style.href)


def _seen(element: Element) -> str:
    """Return the words of an element that are shown, in one line."""
    runs = (run for child in element.children for run in _runs(child, Style()))
    return " ".join("".join(run.plain for run in runs).split())


def _break(_element: Element, _style: Style) -> Iterator[Run]:
    yield _BREAK


def _spoken(element: Element, style: Style) -> Iterator[Run]:
    """Yield how the signs beside it are spoken, as East Asian texts tell it."""
    yield _run(f"({_seen(element)})", style)


def _formula(element: Element, style: Style) -> Iterator[Run]:
    yield _run(element.text(without=("annotation", "annotation-xml")), style)


def _moved(element: Element, style: Style) -> Iterator[Run]:
    words = _seen(element)
    sign = raised(words) if element.tag == "sup" else lowered(words)
    yield Run(sign.plain, style.marks, style.href, sign.markdown)


def _quoted(element: Element, style: Style) -> Iterator[Run]:
    opening, closing = quotation_marks(style.language, depth=style.quoted)
    yield _run(opening, style)
    inner = replace(styled(element, style), quoted=style.quoted + 1)
    for one in element.children:
        yield from _runs(one, inner)
    yield _run(closing, style)


def _emoji(element: Element, style: Style) -> Iterator[Run]:
    """Yield the sign that a picture stands for; other pictures are none of the line's."""
    alt = element.attributes.get("alt", "")
    if alt and len(alt) <= 8 and not any(sign.isalnum() or sign.isspace() for sign in alt):
        yield _run(alt, style)


def _box(element: Element, style: Style) -> Iterator[Run]:
    if element.attributes.get("type", "").lower() == "checkbox":
        yield _run("☑ " if "checked" in element.attributes else "☐ ", style)


def _code(element: Element, style: Style) -> Iterator[Run]:
    words = _seen(element)
    fence = "`" * (max((len(one) for one in re.findall("`+", words)), default=0) + 1)
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    yield Run(words, (), style.href, f"{fence}{pad}{words}{pad}{fence}" if words else "")


_SPECIAL: Mapping[str, Callable[[Element, Style], Iterator[Run]]] = {
    "br": _break,
    "sup": _moved,
    "sub": _moved,
    "q": _quoted,
    "rt": _spoken,
    "math": _formula,
    "img": _emoji,
    "input": _box,
    "code": _code,
    "kbd": _code,
    "samp": _code,
    "tt": _code,
}


def _is_anchor(element: Element) -> bool:
    """Say whether an element is the sign beside a heading that leads to itself."""
    if element.tag != "a":
        return False
    return "#" in element.attributes.get("href", "") and element.text() in _ANCHOR_SIGNS


def _collapsed(runs: Sequence[Run]) -> list[Run]:
    """Let no two spaces follow each other, across the elements, and none at either end."""
    out: list[Run] = []
    after_space = True
    for run in runs:
        words = run.plain
        if after_space and words.startswith(" "):
            words = words[1:]
        if words:
            after_space = words.endswith(" ")
            out.append(run if words is run.plain else replace(run, plain=words))
    while out and out[-1].plain.endswith(" "):
        last = out.pop()
        if words := last.plain.rstrip(" "):
            out.append(replace(last, plain=words))
    return out
