"""Shortcodes of Hugo and tags of Liquid: the marks go, the prose between them stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.content.markdown.code import Code
from newsletter.content.markdown.targets import UNKNOWN
from newsletter.core.model import LeftOut

_MARK = re.compile(
    r"\{\{<(?P<angle>(?:(?!\{\{<).)*?)>\}\}|\{\{%(?P<percent>(?:(?!\{\{%).)*?)%\}\}"
    r"|\{%(?P<tag>(?:(?!\{%).)*?)%\}|\{\{(?P<value>(?:(?!\{\{).)*?)\}\}",
    re.DOTALL,
)
_NAME = re.compile(r"[-\s]*(/|end(?=[a-z]))?\s*([\w./-]*\w)?")
_LITERAL = re.compile(r"\s*-?\s*(?:\"([^\"]*)\"|'([^']*)')\s*(?:\|.*)?", re.DOTALL)
_IN_ADDRESS = re.compile(r"(?:\]\(\s*<?|\]:\s*<?|(?:href|src)\s*=\s*[\"']?)[^\s()\"'<>]*\Z")
_HOME = re.compile(r"(?:site\.(?:base_?)?url|\.?site\.baseurl)\b.*", re.IGNORECASE | re.DOTALL)
_ESCAPED = re.compile(r"\{\{([<%])/\*(.*?)\*/([>%])\}\}", re.DOTALL)
_RAW_IN_CODE = re.compile(r"\{%-?\s*raw\s*-?%\}\n?(.*?)\{%-?\s*endraw\s*-?%\}\n?", re.DOTALL)
_ONLY_MARKS = re.compile(r"(?m)^[ \t>]*(?:[-*+]|\d+[.)]|#{1,6})?[ \t]*\ue000[ \t\ue000]*$")
_GAP = re.compile(r" *\ue000+(?=[.,;:!?)\s]|$)|\ue000")
_AROUND_NOTHING = re.compile(r"(\*{1,3}|_{1,3}|~~|`)\ue000+\1")

_CODE = re.compile(
    r"(?P<mark>\{%-?\s*(?P<tag>highlight|code|prism|codeblock)\b(?:(?!%\}).)*%\}"
    r"|\{\{(?P<sign>[<%])\s*(?P<name>highlight|code-toggle|code)\b(?:(?![<%>]\}\}).)*(?<!/)[>%]\}\})"
    r"(?P<inner>.*?)(?(tag)\{%-?\s*end(?P=tag)\s*-?%\}|\{\{[<%]\s*/\s*(?P=name)\s*[>%]\}\})",
    re.DOTALL,
)
_KEPT = frozenset({"raw", "verbatim", "rawhtml"})
_GONE = frozenset({"comment", "for", "tablerow", "capture", "mermaid", "math", "style", "script"})
_LONGEST_ADDRESS = 300
_PLAIN = "a shortcode of another program, which a mail cannot carry out"
_WITH_TEXT = "a shortcode of another program; the text inside is kept"


@dataclass(frozen=True, slots=True)
class _Mark:
    """One mark: where it stands, how it is written, its name, and whether it closes another."""

    start: int
    end: int
    family: str  # angle, percent, tag or value
    name: str
    closes: bool
    inside: str


def without_shortcodes(text: str) -> tuple[str, tuple[LeftOut, ...]]:
    """Return the text without marks, and what was left out.

    A mark with an end keeps what is between, as code where it says so; loops and captures go
    with what they hold. A quoted text in `{{ … }}` stays, any other value is unknown here.
    """
    if "{{" not in text and "{%" not in text:
        return text, ()
    coded, highlighted = _fences(re.sub(f"[\ue000{UNKNOWN}]", "", text))
    written = _Written(coded)
    text = _ONLY_MARKS.sub("", _AROUND_NOTHING.sub("\ue000", written.text))
    return _GAP.sub("", text), (*highlighted, *written.left_out)


class _Written:
    """The text as it is put together anew; U+E000 stands where a mark was."""

    def __init__(self, text: str) -> None:
        self._source = text
        self.left_out: list[LeftOut] = []
        self._code = Code(self._source)
        marks = list(_marks(self._source, self._code))
        self._ends = dict(_pairs(marks))
        self.text = self._without(marks)

    def _without(self, marks: Sequence[_Mark]) -> str:
        out: list[str] = []
        place = 0
        for mark in marks:
            if mark.start < place:
                continue  # inside of one that is gone or kept as it is
            out.append(self._literal(place, mark.start))
            said, place = self._taken(mark)
            out.append(said)
        out.append(self._literal(place, len(self._source)))
        return "".join(out)

    def _literal(self, start: int, end: int) -> str:
        """Return a stretch as it stands, but for marks that were only escaped to be shown."""
        return _ESCAPED.sub(r"{{\1\2\3}}", _without_raw(self._source, start, end, self._code))

    def _taken(self, mark: _Mark) -> tuple[str, int]:
        """Return what stands in the place of a mark, and where the text goes on."""
        written = self._source[mark.start : mark.end]
        if mark.inside.startswith("/*") and mark.inside.endswith("*/"):
            return _ESCAPED.sub(r"{{\1\2\3}}", written), mark.end
        literal = _LITERAL.fullmatch(mark.inside) if mark.family == "value" else None
        if literal:
            return literal[1] or literal[2] or "", mark.end
        end = self._ends.get(mark.start)
        if end is None or mark.name not in _KEPT | _GONE:
            if not mark.closes:
                self._leave(written, _PLAIN if end is None else _WITH_TEXT)
            return self._hole(mark), mark.end
        inner = self._source[mark.end : end.start]
        if mark.name in _GONE:
            self._leave(self._source[mark.start : end.end], _PLAIN)
            return "\ue000", end.end
        self._leave(written, _WITH_TEXT)
        return inner, end.end

    def _hole(self, mark: _Mark) -> str:
        """Return what stands in the place of a mark; an address with an unknown part is none."""
        before = self._source[max(0, mark.start - _LONGEST_ADDRESS) : mark.start]
        is_home = mark.family == "value" and _HOME.fullmatch(mark.inside)
        return UNKNOWN if not is_home and _IN_ADDRESS.search(before) else "\ue000"

    def _leave(self, text: str, reason: str) -> None:
        self.left_out.append(_left_out(text, reason))


def _left_out(text: str, reason: str) -> LeftOut:
    return LeftOut(text=" ".join(text.split())[:200], reason=reason)


def _fences(text: str) -> tuple[str, list[LeftOut]]:
    """Return the text with fences around what is marked as code; first of all, for it is code."""
    left_out: list[LeftOut] = []
    code, place = Code(text), 0
    while found := _CODE.search(text, place):
        place = code.end(found.start())
        if place > found.start():
            continue
        fenced = _fenced(
            text[text.rfind("\n", 0, found.start()) + 1 : found.start()], found["inner"]
        )
        left_out.append(_left_out(found["mark"], _WITH_TEXT))
        place = found.start() + len(fenced)
        text = text[: found.start()] + fenced + text[found.end() :]
        code = Code(text)
    return text, left_out


def _fenced(before: str, inner: str) -> str:
    """Return a block of code; `before` is what stands before it on its line."""
    longest = max([2, *(len(run) for run in re.findall("`+", inner))])
    fence = "`" * (longest + 1)
    margin, start = ("", "\n\n") if before.strip() else (before, "")
    raw = _RAW_IN_CODE.sub(r"\1", inner).strip("\n").rstrip()
    return f"{start}{fence}\n{raw}\n{margin}{fence}\n"


def _marks(text: str, code: Code) -> Iterator[_Mark]:
    place = 0
    while found := _MARK.search(text, place):
        place = found.end()
        if code.has(found.start()):
            place = code.end(found.start())
            continue
        family = str(found.lastgroup)
        inside = found[family].strip()
        name = _NAME.match(inside.strip("-").strip())
        closes, named = (bool(name[1]), name[2] or "") if name else (False, "")
        yield _Mark(*found.span(), family, named.lower(), closes, inside)


def _pairs(marks: Sequence[_Mark]) -> Iterator[tuple[int, _Mark]]:
    """Yield where each mark that has an end begins, with its end."""
    still_open: list[_Mark] = []
    for mark in marks:
        if mark.family == "value" or mark.inside.endswith("/"):
            continue
        if not mark.closes:
            still_open.append(mark)
            continue
        key = (mark.family, mark.name)
        at = next(
            (i for i in reversed(range(len(still_open)))
             if (still_open[i].family, still_open[i].name) == key),
            None,
        )  # fmt: skip
        if at is not None:
            yield still_open[at].start, mark
            del still_open[at:]


def _without_raw(text: str, start: int, end: int, code: Code) -> str:
    """Take `{% raw %}` off code: whoever writes code for Liquid has to put it there."""
    out: list[str] = []
    place = start
    for first, behind in code.ranges:
        if place <= first and behind <= end:
            out += [text[place:first], _RAW_IN_CODE.sub(r"\1", text[first:behind])]
            place = behind
    return "".join([*out, text[place:end]])
