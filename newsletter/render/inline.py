"""Put the base style sheet into the elements with premailer, and nothing else.

premailer's defaults destroy what MJML writes: the doctype, image widths, every `!important` of the
media queries. All of it is avoidable (reference: rendering.md 3.1-3.5); what must not change is
compared before and after, so that a new release cannot do harm unseen.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from premailer import Premailer

from newsletter.errors import TemplateError

_DOCTYPE = re.compile(r"\A\s*<!doctype html>", re.IGNORECASE)
_COMMENT = re.compile(r"(<!--.*?-->)", re.DOTALL)
_NEVER_FROM_CSS = ["align", "valign", "bgcolor", "width", "height"]


def inline(html: str, base_css: str) -> str:
    """Give the HTML with `base_css` in its style attributes; style elements stay as they are.

    Raises `TemplateError` when anything else would change, naming what.
    """
    before = _DOCTYPE.sub("<!DOCTYPE html>", html)
    if not before.startswith("<!DOCTYPE html>"):
        raise TemplateError("The HTML does not begin with <!doctype html>.")
    after = _premailed(_ignored_styles(before), base_css)
    kept, now = _landmarks(before), _landmarks(after)
    for name, value in kept.items():
        if now[name] != value:
            raise TemplateError(
                f"Inlining the style sheet changed {name} of the mail.",
                hint="Look for an odd rule in base.css, or a new release of premailer.",
            )
    return after


def _premailed(html: str, css: str) -> str:
    premailer = Premailer(
        html,
        css_text=[css],
        keep_style_tags=False,
        strip_important=False,
        disable_validation=True,
        allow_network=False,
        remove_unset_properties=False,
        align_floating_images=False,
        preserve_internal_links=True,
        disable_basic_attributes=_NEVER_FROM_CSS,
        cssutils_logging_level=logging.CRITICAL,
    )
    return str(premailer.transform(pretty_print=False))


def _ignored_styles(html: str) -> str:
    """Mark every style element, so that premailer leaves it alone; comments are not touched."""
    pieces = _COMMENT.split(html)
    return "".join(
        piece
        if piece.startswith("<!--")
        else piece.replace("<style", '<style data-premailer="ignore"')
        for piece in pieces
    )


def _landmarks(html: str) -> Mapping[str, object]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return {
        "the doctype": html.startswith("<!DOCTYPE html>"),
        "the style elements": reader.styles,
        "the name spaces": re.findall(r'xmlns:[vo]="[^"]*"', html),
        "the addresses": reader.addresses,
        "the widths": reader.sizes,
        "the conditional comments": reader.comments,
        "the text": " ".join("".join(reader.text).split()),
    }


class _Reader(HTMLParser):
    """Collects what must be the same before and after."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[tuple[str, str | None]] = []
        self.sizes: list[tuple[str, str, str | None]] = []
        self.text: list[str] = []
        self.styles: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += sorted((name, value) for name, value in attrs if name in {"href", "src"})
        self.sizes += sorted((tag, name, value) for name, value in attrs if name in _NEVER_FROM_CSS)

    def handle_data(self, data: str) -> None:
        (self.styles if self.cdata_elem == "style" else self.text).append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)
