"""Raw HTML in Markdown: simple elements in the dialect's own marks, the rest as a feed's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

from newsletter.content import blocks
from newsletter.content.html import read
from newsletter.content.markdown.code import substituted
from newsletter.content.markdown.targets import UNKNOWN, Locate, Target
from newsletter.core.model import LeftOut

_READER = blocks.dialect(html=True)
_COMMENT = re.compile(r"<!--(?:>|->|.*?-->)", re.DOTALL)
_PAIR = re.compile(
    r"<(b|strong|i|em|cite|dfn|var|s|del|strike|sup|sub|q|kbd|samp|tt|u|ins|mark|small|big|span|abbr"
    r"|font|center|time|label|bdi)\b(?:\s[^<>]*)?>(?P<inner>(?:(?!<\1\b).)*?)</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
_BREAK = re.compile(r"[ \t]*<br\s*/?>[ \t]*\n?[ \t]*", re.IGNORECASE)
_NOTHING = re.compile(r"<wbr\s*/?>|<a\s+(?:id|name)=[^<>]*>\s*</a>", re.IGNORECASE)
_MARKS = {
    **dict.fromkeys(("b", "strong"), ("**", "**")),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), ("*", "*")),
    **dict.fromkeys(("s", "del", "strike"), ("~~", "~~")),
    **dict.fromkeys(("kbd", "samp", "tt"), ("`", "`")),
    "sup": ("^", "^"),
    "sub": ("~", "~"),
    "q": ("“", "”"),
}
_MARKED = re.compile(r"[*~^`]")
_UNCLOSED = ("table", "ul", "ol", "dl", "figure", "video", "audio", "object", "svg", "form")
_ANY = re.compile(rf"<(/?)({'|'.join(_UNCLOSED)})\b", re.IGNORECASE)
_VOID = frozenset({"img", "br", "hr", "wbr", "source", "input", "embed", "track", "area", "col"})
_MEDIA = frozenset(
    {"iframe", "video", "audio", "object", "embed", "script", "style", "svg", "form"}
)
_COMMENTED = "a comment"
_NOT_SHOWN = "HTML that a mail cannot show"


def without_comments(text: str) -> tuple[str, tuple[LeftOut, ...]]:
    """Take comments out, but not those in code."""
    left_out: list[LeftOut] = []

    def gone(found: re.Match[str]) -> str:
        left_out.append(LeftOut(text=" ".join(found.group().split())[:200], reason=_COMMENTED))
        return ""

    return substituted(_COMMENT, gone, text), tuple(left_out)


def whole(pieces: list[str]) -> Iterator[str]:
    """Put together what blank lines have cut in the middle of an element such as a table."""
    waiting: list[str] = []
    depth = 0
    for piece in pieces:
        if waiting or piece.lstrip().startswith("<"):
            depth += sum(-1 if found[1] else 1 for found in _ANY.finditer(piece))
        waiting.append(piece)
        if depth <= 0:
            yield "\n".join(waiting)
            waiting, depth = [], 0
    yield from waiting  # an element without an end ends nothing


def kinds(block: str) -> frozenset[str]:
    """Return which tokens of HTML a block has: `html_block`, `html_inline`."""
    if "<" not in block:
        return frozenset()
    tokens = _READER.parse(block)
    found = {token.type for token in tokens}
    found |= {child.type for token in tokens for child in token.children or ()}
    return frozenset(found & {"html_block", "html_inline"})


def simplified(block: str) -> str:
    """Write the simple elements of a block with the dialect's own marks."""
    block = substituted(_NOTHING, lambda _: "", block)
    is_table = block.lstrip().startswith("|") or re.search(r"(?m)^[ |:-]*-[ |:-]*\|[ |:-]*$", block)
    block = substituted(_BREAK, lambda _: " " if is_table else "\\\n", block)
    before = ""
    while before != block:  # from the innermost pair outwards
        before = block
        block = substituted(_PAIR, _marked, block)
    return re.sub(r"(?:\\\n)+(?=\n|\Z)", "", block)


def _marked(found: re.Match[str]) -> str | None:
    inner = found["inner"]
    opens, closes = _MARKS.get(found[1].lower(), ("", ""))
    if not opens or not inner.strip():
        return inner
    if opens in "^~":
        inner = inner.strip()
        return None if re.search(r"[\s^~<]", inner) else f"{opens}{inner}{closes}"
    if opens != "“" and (_MARKED.search(inner) or inner != inner.strip() or "\n\n" in inner):
        return None
    return f"{opens}{inner}{closes}"


def converted(block: str, *, base: str, locate: Locate) -> tuple[tuple[str, ...], list[LeftOut]]:
    """Return the blocks that a block with HTML becomes, and what was left out."""
    prepared = _Prepared(locate)
    prepared.feed(_READER.render(block))
    prepared.close()
    found, left_out = _raw_html("".join(prepared.out), base=base)
    return found, [*prepared.left_out, *left_out]


def _raw_html(html: str, *, base: str) -> tuple[tuple[str, ...], list[LeftOut]]:
    """Return the blocks of a fragment of HTML, by the rules of feeds, and what is not in them."""
    text = read(html, base=base)
    return text.markdown, list(text.left_out)


class _Prepared(HTMLParser):
    """HTML with its addresses resolved, pictures as links to them, and media named."""

    def __init__(self, locate: Locate) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.left_out: list[LeftOut] = []
        self._locate = locate
        self._links: list[bool] = []  # of each open <a>: whether it leads somewhere
        self._media: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in _MEDIA:
            self._name(tag, said)
        elif self._media:
            return
        elif tag == "img":
            self._picture(said)
        elif tag == "a":
            self._link(said)
        else:
            self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._media:
            if tag == self._media[-1]:
                self._media.pop()
        elif tag == "a":
            if self._links and self._links.pop():
                self.out.append("</a>")
        else:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._media:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def _name(self, tag: str, said: dict[str, str]) -> None:
        if not self._media:
            written = said.get("src") or said.get("data") or f"<{tag}>"
            self.left_out.append(LeftOut(text=written, reason=_NOT_SHOWN))
        if tag not in _VOID:
            self._media.append(tag)

    def _leave(self, address: str, found: Target) -> None:
        text = address.replace(UNKNOWN, "…")
        self.left_out.append(LeftOut(text=text or "#", reason=found.reason))

    def _picture(self, said: dict[str, str]) -> None:
        address, words = said.get("src", ""), " ".join(said.get("alt", "").split())
        found = self._locate(address, True)  # noqa: FBT003  # a picture
        if found.address is None:
            self._leave(address, found)
        elif any(self._links):
            self.out.append(escape(words))
        elif words:
            self.out.append(f'<a href="{escape(found.address)}">{escape(words)}</a>')
        else:
            self.left_out.append(
                LeftOut(text=found.address, reason="a picture without alternative text")
            )

    def _link(self, said: dict[str, str]) -> None:
        address = said.get("href", "")
        found = self._locate(address, False) if address else None  # noqa: FBT003  # no picture
        self._links.append(bool(found and found.address))
        if found and found.address:
            self.out.append(f'<a href="{escape(found.address)}">')
        elif found:
            self._leave(address, found)
