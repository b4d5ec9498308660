"""Markdown blocks of a story: CommonMark, to HTML for the mail."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from newsletter.core.web_addresses import as_carried
from newsletter.message.render.plain import attribute, clean


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
        source = attribute(str(tokens[idx].attrs["src"]))
        text = self.renderInlineAsText(tokens[idx].children, options, env) or source
        return f'<a href="{source}">{escape(text)}</a>'


def _carried(url: str) -> str:
    """Return a link as mail can carry it; nothing for one that leads nowhere."""
    return normalizeLink(url) if url.lower().startswith("mailto:") else as_carried(url) or ""


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}, renderer_cls=_MailRenderer)
    # The documented way; what is nothing then is no link.
    reader.normalizeLink = _carried  # type: ignore[method-assign]
    reader.validateLink = bool  # type: ignore[method-assign,assignment]
    return reader


_READER = _reader()


def parse(block: str) -> list[Token]:
    """Read one block of Markdown into tokens."""
    return _READER.parse(clean(block))


def to_html(block: str, *, heading: int) -> Markup:
    """Render one block as well-formed HTML; raw HTML in it is shown, never obeyed.

    Links lead to http, https or mailto, else they stay text. Every heading gets the level
    `heading`, so that the mail's outline has no jumps.
    """
    tokens = parse(block)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{heading}"
    rendered = _READER.renderer.render(tokens, _READER.options, {})
    return Markup(rendered.strip())  # noqa: S704  # markdown-it escapes everything it is given
