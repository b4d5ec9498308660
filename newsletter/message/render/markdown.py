"""Markdown blocks of a story, in its dialect (`content/blocks.py`), to HTML for the mail."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from newsletter.content.blocks import dialect
from newsletter.core.web_addresses import as_carried
from newsletter.message.render import tables
from newsletter.message.render.plain import attribute, clean
from newsletter.message.render.scripts import Direction

_PROSE = frozenset({"paragraph_open", "blockquote_open", "bullet_list_open", "ordered_list_open"})
_WORDS = frozenset({"text", "code_inline"})
_SIDED = frozenset({"ul", "ol", "blockquote", "table"})  # what has a margin or a border at a side
_LEAST_SUBHEADING = 3  # `###` and below are subheadings of the second kind
_DEEPEST = 6


class _MailRenderer(RendererHTML):
    """HTML that MJML takes: closed elements, attributes in ASCII, a picture as a link to it."""

    @staticmethod
    def renderAttrs(token: Token) -> str:  # noqa: N802  # the name markdown-it-py calls
        return "".join(f' {name}="{attribute(str(value))}"' for name, value in token.attrs.items())

    def image(
        self,
        tokens: Sequence[Token],
        idx: int,
        options: OptionsDict,
        env: MutableMapping[str, Any],
    ) -> str:
        address = str(tokens[idx].attrs["src"])
        text = self.renderInlineAsText(tokens[idx].children, options, env)
        if not is_allowed(address) or _is_linked(tokens, idx):
            return escape(text or _target_around(tokens, idx))
        return f'<a href="{attribute(address)}">{escape(text or address)}</a>'

    def fence(
        self,
        tokens: Sequence[Token],
        idx: int,
        options: OptionsDict,
        env: MutableMapping[str, Any],
    ) -> str:
        del options, env
        runs = f' dir="{tokens[idx].attrs["dir"]}"' if "dir" in tokens[idx].attrs else ""
        return f"<pre{runs}><code>{escape(tokens[idx].content)}</code></pre>\n"

    code_block = fence


def is_allowed(url: str) -> bool:
    """Say whether a mail may lead there: to the web, or to an address to write to."""
    return _is_to_write_to(url) or as_carried(url) is not None


def _is_to_write_to(url: str) -> bool:
    return url.lower().startswith("mailto:")


def _carried(url: str) -> str:
    """Return a link as mail can carry it; one that leads nowhere stays as it is."""
    return normalizeLink(url) if _is_to_write_to(url) else as_carried(url) or url


def _reader() -> MarkdownIt:
    reader = dialect(renderer=_MailRenderer)
    reader.normalizeLink = _carried  # type: ignore[method-assign]  # the documented way
    return reader


_READER = _reader()


def parse(block: str) -> list[Token]:
    """Read one block of Markdown into tokens.

    Links lead to http, https or mailto; of any other only the words are left.
    """
    tokens = _READER.parse(clean(block))
    for token in tokens:
        if token.children:
            token.children = list(_without_dead_links(token.children))
    return tokens


def is_prose(block: str) -> bool:
    """Say whether a block has sentences: no heading, table, code, rule, or picture alone."""
    tokens = parse(block)
    if not tokens or tokens[0].type not in _PROSE:
        return False
    children = (child for token in tokens for child in token.children or ())
    return any(child.type in _WORDS and child.content.strip() for child in children)


def has_first_kind(block: str) -> bool:
    """Say whether a block has a subheading of the first kind, `#` or `##`."""
    return any(_kind(token) == 1 for token in parse(block) if token.type == "heading_open")


def to_html(
    block: str, *, heading: int, minor: int | None = None, direction: Direction | None = None
) -> Markup:
    """Render one block as well-formed HTML; raw HTML in it is shown, never obeyed.

    Subheadings of the first kind get the level `heading`, those of the second `minor`, else the
    one below, so that the mail's outline has no jumps. `direction` is the block's own, where it
    differs from the mail's.
    """
    levels = {1: heading, 2: min(minor or heading + 1, _DEEPEST)}
    tokens = tables.prepared(parse(block))
    for opened, closed in _headings(tokens):
        kind = _kind(opened)
        opened.tag = closed.tag = f"h{levels[kind]}"
        if kind > 1:
            opened.attrSet("class", "minor")
    if direction:
        _turn(tokens, direction)
    rendered = _READER.renderer.render(tokens, _READER.options, {})
    return Markup(rendered.strip())  # noqa: S704  # markdown-it escapes everything it is given


def _turn(tokens: Sequence[Token], direction: Direction) -> None:
    """Say which way the parts of a block run; a style sheet's sides follow from it."""
    for token in tokens:
        is_outer = token.level == 0 and token.tag not in {"", "hr"}
        if token.nesting >= 0 and (is_outer or token.tag in _SIDED):
            token.attrSet("dir", direction)


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    opened = None
    for token in tokens:
        if token.type == "heading_open":
            opened = token
        elif token.type == "heading_close" and opened:
            yield opened, token


def _kind(heading: Token) -> int:
    """Return 1 for `#`, `##` and underlined headings, 2 for those below."""
    return 2 if heading.tag >= f"h{_LEAST_SUBHEADING}" else 1


def _without_dead_links(children: Sequence[Token]) -> Iterator[Token]:
    living: list[bool] = []
    for child in children:
        if child.type == "link_open":
            living.append(is_allowed(str(child.attrs["href"])))
        if child.type not in {"link_open", "link_close"} or living[-1]:
            yield child
        if child.type == "link_close":
            living.pop()


def _is_linked(tokens: Sequence[Token], idx: int) -> bool:
    return _open_link(tokens, idx) is not None


def _target_around(tokens: Sequence[Token], idx: int) -> str:
    """Return what a picture without words is called where it is a link."""
    around = _open_link(tokens, idx)
    others = [t for t in tokens if t.type in _WORDS and t.content.strip()]
    return str(around.attrs["href"]) if around and not others else ""


def _open_link(tokens: Sequence[Token], idx: int) -> Token | None:
    for token in reversed(tokens[:idx]):
        if token.type in {"link_open", "link_close"}:
            return token if token.type == "link_open" else None
    return None
