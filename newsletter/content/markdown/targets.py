"""Links and pictures of a block: made absolute, or left out where none can reach them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.helpers import parseLinkDestination
from markdown_it.token import Token

from newsletter.content import blocks
from newsletter.content.markdown.code import Code
from newsletter.core.model import LeftOut

_READER = blocks.dialect()
_BEHIND = re.compile(r"\s*(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\))?\s*\)")
_DEFINITION = re.compile(r"(?m)^\[((?:[^\[\]\\]|\\.)+)\]: <([^<>\n]*)>(.*)$")
_EMPTY_LINK = re.compile(r"(?<!!)\[\s*\]\([^()]*\)")
UNKNOWN = "\ue001"  # in an address: a part that only another program knows
_LONGEST = 5_000  # characters of a link's words
_SCHEMES = frozenset({"http", "https", "mailto"})
_NO_ADDRESS = "a relative address, and the publication has no `url`"
_OWN_PAGE = "a place on a page of the web; a mail has no such places"
_NOT_KNOWN = "an address that another program would have made"
_NOT_MAIL = "an address that a mail does not lead to"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link or a picture leads; without an address the reason."""

    address: str | None
    reason: str = ""


Locate = Callable[[str, bool], Target]  # an address as written, and whether it is a picture's


@dataclass(frozen=True, slots=True)
class _Place:
    """An inline link or picture: its brackets, its address, and its end."""

    opens: int
    words_end: int
    target: tuple[int, int]
    end: int
    address: str
    is_picture: bool


def absolute(address: str, *, base: str) -> Target:
    """Resolve an address; `base` is a folder, and may be empty.

    The path is percent-encoded, the host in A-labels.
    """
    written = address.strip()
    if UNKNOWN in written:
        return Target(None, _NOT_KNOWN)
    if written.startswith("#") or not written:
        return Target(None, _OWN_PAGE)
    try:
        scheme = urlsplit(written).scheme.lower()
        if scheme not in _SCHEMES and scheme:
            return Target(None, _NOT_MAIL)
        if not scheme and not base:
            return Target(None, _NO_ADDRESS)
        joined = written if scheme else urljoin(base.rstrip("/") + "/", written)
        return Target(normalizeLink(joined))
    except ValueError:
        return Target(None, _NOT_MAIL)


def resolved(block: str, locate: Locate) -> tuple[str, tuple[LeftOut, ...]]:
    """Return a block with absolute addresses, otherwise as it was typed, and what was left out.

    Of a link that leads nowhere its words are left. A picture that cannot be reached leaves its
    alternative text in a sentence, and nothing where it stands alone.
    """
    tokens = _READER.parse(block)
    wanted = set(_addresses(tokens))
    if not wanted:
        return block, ()
    left_out: list[LeftOut] = []
    edits: list[tuple[int, int, str]] = []
    is_alone = _is_one_picture(tokens)
    for place in _places(block):
        if normalizeLink(place.address) not in wanted:
            continue
        found = locate(place.address, place.is_picture)
        if found.address is None:
            left_out.append(_gone(place.address, found))
            if is_alone and place.is_picture:
                return "", tuple(left_out)
            edits.append((place.opens, place.opens + 1 + place.is_picture, ""))
            edits.append((place.words_end, place.end, ""))
        elif found.address != place.address:
            edits.append((*place.target, _written(found.address)))
    block = _EMPTY_LINK.sub("", _edited(block, sorted(edits)))
    return _definitions(block, locate, left_out), tuple(left_out)


def _gone(address: str, target: Target) -> LeftOut:
    return LeftOut(text=address.replace(UNKNOWN, "…") or "#", reason=target.reason)


def _edited(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """Return a text with stretches replaced; they come in their order."""
    out: list[str] = []
    place = 0
    for start, end, new in edits:
        out += [text[place:start], new]
        place = end
    return "".join([*out, text[place:]])


def _addresses(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        for name in ("href", "src"):
            if name in token.attrs:
                yield str(token.attrs[name])
        yield from _addresses(token.children or ())


def _is_one_picture(tokens: Sequence[Token]) -> bool:
    inline = [token for token in tokens if token.type == "inline"]
    kinds = {child.type for child in inline[0].children or ()} if len(inline) == 1 else set()
    return kinds == {"image"}


def _places(block: str) -> Iterator[_Place]:
    code = Code(block)
    for found in re.finditer(r"\]\(\s*", block):
        if code.has(found.start()) or _is_escaped(block, found.start()):
            continue
        opens = _opening(block, found.start())
        parsed = parseLinkDestination(block, found.end(), len(block))
        if opens is None or not parsed.ok:
            continue
        behind = _BEHIND.match(block, parsed.pos)
        if behind:
            is_picture = block[max(0, opens - 1) : opens] == "!"
            is_picture = is_picture and not _is_escaped(block, opens - 1)
            yield _Place(
                opens - is_picture,
                found.start(),
                (found.end(), parsed.pos),
                behind.end(),
                parsed.str,
                is_picture,
            )


def _opening(block: str, closing: int) -> int | None:
    """Find the bracket that a closing one belongs to."""
    depth = 0
    for place in range(closing, max(-1, closing - _LONGEST), -1):
        if block[place] in "[]" and not _is_escaped(block, place):
            depth += 1 if block[place] == "]" else -1
            if depth == 0:
                return place
    return None


def _is_escaped(text: str, place: int) -> bool:
    start = place
    while start and text[start - 1] == "\\":
        start -= 1
    return (place - start) % 2 == 1


def _written(address: str) -> str:
    return f"<{address}>" if "(" in address or ")" in address else address


def _definitions(block: str, locate: Locate, left_out: list[LeftOut]) -> str:
    """Resolve the addresses that `blocks.split` has put below a block."""

    def resolve(found: re.Match[str]) -> str:
        label, address, title = found.groups()
        is_picture = bool(re.search(rf"!\[(?:[^\[\]]*\]\[)?{re.escape(label)}\]", block, re.I))
        target = locate(address, is_picture)
        if target.address is None:
            left_out.append(_gone(address, target))
            return str(found.group())
        return f"[{label}]: <{target.address}>{title}"

    return _DEFINITION.sub(resolve, block)
