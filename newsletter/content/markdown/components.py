"""Components of MDX in Markdown: the tags go, the prose between them stays Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from newsletter.core.model import LeftOut

_NAME = r"[A-Z]\w*(?:\.[A-Z]\w*)*"  # HTML knows no element whose name begins with a capital
_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,999}\}){0,999}\}){0,1999}\}"
_VALUE = rf"(?:\"[^\"]*\"|'[^']*'|{_BRACES})"
_ATTRIBUTES = rf"(?:\s+(?:{_BRACES}|[\w:@.-]+(?:\s*=\s*{_VALUE})?)){{0,40}}\s*"
_ANY = re.compile(
    r"(?P<code>(?<![\\`])(?P<tick>`+)(?!`)(?:(?!\n[ \t]*\n).){1,2000}?(?<!`)(?P=tick)(?!`))"
    r"|(?P<comment>\{\s{0,99}/\*.{0,2000}?\*/\s{0,99}\})"
    r"|(?P<space>\{[ \t]*(?:\" *\"|' *')[ \t]*\})"
    r"|(?P<module>^import\s+(?:type\s+)?(?:[\w*{}\s,$]{1,500}?\s+from\s+)?[\"'][^\"'\n]+[\"']"
    r";?[ \t]*$)"
    r"|(?P<export>^export[ \t]+(?:const|let|default|function|async)\b[^\n]*"
    r"(?:\n(?![ \t]*\n)[^\n]*)*)"
    rf"|(?<!\w)<(?P<end>/?)(?P<name>{_NAME}){_ATTRIBUTES}(?P<own>/?)>",
    re.DOTALL | re.MULTILINE,
)
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})(.*)")
_SIGN = re.compile(rf"(?m)</{_NAME}\s*>|<{_NAME}\b[^<>]{{0,2000}}/>|\{{\s{{0,99}}/\*|^import\s")
_ENDS = re.compile(rf"</({_NAME})\s*>")
_OPEN, _CLOSE, _ALONE = "\ue001", "\ue002", "\ue003"  # where a tag was
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}{_ALONE}]")
_ONLY_MARKS = re.compile(rf"[ \t]*(?:[{_OPEN}{_CLOSE}{_ALONE}][ \t]*)+")
_PART = "a component of another program, which a mail cannot carry out"
_WITH_TEXT = "a component of another program; the text inside is kept"


def without_components(text: str) -> tuple[str, tuple[LeftOut, ...]]:
    """Return the text without components, imports and comments of MDX, and what was left out.

    A tag counts as a component where it has an end, so that `Vec<String>` stays what it is.
    """
    if not _SIGN.search(text):
        return text, ()
    left_out: list[LeftOut] = []
    taken = _taker(frozenset(_ENDS.findall(text)), left_out)
    marked = "\n".join(
        part if is_code else _ANY.sub(taken, part)
        for part, is_code in _parted(_MARKS.sub("", text).split("\n"))
    )
    return "\n".join(_flush(marked.split("\n"))), tuple(left_out)


def _parted(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield the stretches between fences and those within, where components hold them too."""
    begun, fence = 0, ""
    for at, line in enumerate(lines):
        found = _FENCE.fullmatch(line)
        if not found:
            continue
        if not fence and "`" not in found[2]:
            if at > begun:
                yield "\n".join(lines[begun:at]), False
            begun, fence = at, found[1]
        elif fence and found[1].startswith(fence) and not found[2].strip():
            yield "\n".join(lines[begun : at + 1]), True
            begun, fence = at + 1, ""
    if begun < len(lines):
        yield "\n".join(lines[begun:]), bool(fence)


def _taker(ended: frozenset[str], left_out: list[LeftOut]) -> Callable[[re.Match[str]], str]:
    """Return what says of each find what stands in its place."""

    def taken(found: re.Match[str]) -> str:
        if found["code"]:
            return found.group()
        if found["space"]:
            return " "
        name = found["name"]
        if name and not found["own"] and name not in ended:
            return found.group()
        if found["end"]:
            return _CLOSE
        if not found["comment"]:
            reason = _WITH_TEXT if name and not found["own"] else _PART
            left_out.append(LeftOut(text=" ".join(found.group().split())[:200], reason=reason))
        return "" if not name else _ALONE if found["own"] else _OPEN

    return taken


def _flush(lines: list[str]) -> Iterator[str]:
    """Yield the lines without marks; what a component has indented stands as far out as its tag."""
    margins = [(0, 0)]  # of the components around: where its tag stands, and its text
    for at, line in enumerate(lines):
        if not _ONLY_MARKS.fullmatch(line):
            yield _MARKS.sub("", _outdented(line, margins[-1]))
            continue
        yield ""
        for mark in _MARKS.findall(line):
            if mark == _OPEN:
                margins.append((_margin(_outdented(line, margins[-1])), _text_margin(lines, at)))
            elif mark == _CLOSE and len(margins) > 1:
                margins.pop()


def _outdented(line: str, margin: tuple[int, int]) -> str:
    outer, inner = margin
    surplus = min(max(inner - outer, 0), _margin(line))
    return line[surplus:]


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _text_margin(lines: list[str], at: int) -> int:
    """Return how far in the first line below a tag stands."""
    below = next((one for one in lines[at + 1 : at + 9] if one.strip()), lines[at])
    return _margin(below)
