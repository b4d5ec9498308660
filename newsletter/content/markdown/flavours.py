"""What Markdown of other programs has beyond the story's dialect, written in the dialect. Pure.

Attributes in braces (kramdown, goldmark), tables of contents, alerts, tasks, definition lists.
"""

from __future__ import annotations

import re

from newsletter.content.markdown.code import Code, substituted
from newsletter.core.model import LeftOut

_CONTENTS = re.compile(
    r"(?m)^(?:[*\-\d.]+[ \t]+.*\n\{:\s*\.?toc\b.*\}|\[\[?_?toc_?\]\]?)[ \t]*$", re.I
)
_ATTRIBUTE_LINE = re.compile(r"(?m)^[ \t>]*\{(?::|[.#]\w|[\w-]+=[\"'\w])[^{}\n]*\}[ \t]*(?:\n|\Z)")
_AT_HEADING = re.compile(r"(?m)^([ ]{0,3}#{1,6}[ \t].*?)[ \t]*\{(?::|[.#])[^{}\n]*\}[ \t]*$")
_BEHIND = re.compile(r"(?<=[)*_`\]>])\{(?::|[.#]\w)[^{}\n]*\}")
_ALERT = re.compile(r"(?m)^([ \t]*>[ \t]*)\[!(\w+)\][+-]?[ \t]*(.*)$")
_TASK = re.compile(r"(?m)^([ \t>]*(?:[-*+]|\d+[.)])[ \t]+)\[([ xX])\](?=[ \t])")
_DEFINITION = re.compile(r"[ ]{0,3}:[ \t]+(?=\S)")


def in_dialect(text: str) -> tuple[str, tuple[LeftOut, ...]]:
    """Return the text in the dialect, and what was left out."""
    left_out: list[LeftOut] = []

    def gone(found: re.Match[str]) -> str:
        words = " ".join(found.group().split())
        left_out.append(LeftOut(text=words, reason="a table of contents is made by the website"))
        return ""

    text = substituted(_CONTENTS, gone, text)
    text = substituted(_ATTRIBUTE_LINE, lambda _: "", text)
    text = substituted(_AT_HEADING, lambda found: found[1], text)
    text = _without_spans(text)
    text = substituted(_ALERT, _labelled, text)
    text = substituted(_TASK, lambda found: found[1] + ("☐" if found[2] == " " else "☑"), text)
    return _definitions(text), tuple(left_out)


def _without_spans(text: str) -> str:
    """Take attributes off what they stand behind, be it code or not."""
    if not _BEHIND.search(text):
        return text
    code = Code(text)
    ends = {end for _, end in code.ranges}

    def gone(found: re.Match[str]) -> str:
        is_code = code.has(found.start()) and found.start() not in ends
        return found.group() if is_code else ""

    return _BEHIND.sub(gone, text)


def _labelled(found: re.Match[str]) -> str:
    """Write `[!NOTE]` as a word above the quote."""
    margin = found[1].rstrip()
    return f"{margin} **{found[3].strip() or found[2].capitalize()}**\n{margin}"


def _definitions(text: str) -> str:
    """Write definition lists as terms in bold with their definitions below."""
    lines = text.split("\n")
    if not any(map(_DEFINITION.match, lines)):
        return text
    code = Code(text)
    out: list[str] = []
    place, is_inside = 0, False
    for line in lines:
        begins = _DEFINITION.match(line)
        if begins and not code.has(place) and any(out):
            if not is_inside:
                _embolden(out)
            is_inside = True
            out += ["", line[begins.end() :]]
        elif is_inside and line[:1] in {" ", "\t"}:
            out.append(re.sub(r"^(?: {1,4}|\t)", "", line))
        else:
            is_inside = is_inside and not line.strip()
            out.append(line)
        place += len(line) + 1
    return "\n".join(out)


def _embolden(lines: list[str]) -> None:
    """Make the lines above a definition, back to a blank one, the terms."""
    at = len(lines) - 1
    while at > 0 and not lines[at].strip():
        at -= 1
    while at >= 0 and lines[at].strip():
        if not re.match(r"[#>|]|\*\*|[-*+] ", lines[at]):
            lines[at] = f"**{lines[at].strip()}**"
        at -= 1
