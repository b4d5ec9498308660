"""Put the base style sheet into the elements with premailer, and nothing else.

premailer's defaults destroy what MJML writes: the doctype, image widths, every `!important` of the
media queries. All of it is avoidable (reference: rendering.md 3.1-3.5); what must not change is
compared before and after, so that a new release cannot do harm unseen.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from typing import Any

from premailer import Premailer

from newsletter.errors import TemplateError

_DOCTYPE = re.compile(r"\A\s*<!doctype html>", re.IGNORECASE)
_COMMENT = re.compile(r"(<!--.*?-->)", re.DOTALL)
_NEVER_FROM_CSS = ["align", "valign", "bgcolor", "width", "height"]
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_ADDRESS = re.compile(r'\s((?:href|src)="[^"]*")')
_SIZE = re.compile(rf'\s((?:{"|".join(_NEVER_FROM_CSS)})="[^"]*")')
_TAG = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')


def inline(html: str, base_css: str) -> str:
    """Give the HTML with `base_css` in its style attributes; style elements stay as they are.

    Raises `TemplateError` when anything else would change, naming what.
    """
    before = _DOCTYPE.sub("<!DOCTYPE html>", html)
    if not before.startswith("<!DOCTYPE html>"):
        raise TemplateError("The HTML does not begin with <!doctype html>.")
    after = str(_Inliner(_ignored_styles(before), base_css).transform(pretty_print=False))
    kept, now = _landmarks(before), _landmarks(after)
    for name, value in kept.items():
        if now[name] != value:
            raise TemplateError(
                f"Inlining the style sheet changed {name} of the mail.",
                hint="Look for an odd rule in base.css, or a new release of premailer.",
            )
    return after


class _Inliner(Premailer):  # type: ignore[misc]  # premailer has no types
    """premailer by the recipe, reading each style sheet once: most of its time goes into that."""

    def __init__(self, html: str | None, css: str) -> None:
        super().__init__(
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

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> Any:
        return _rules(css_body, ruleset_index)

    def read(self, css: str, index: int) -> Any:
        """Read a style sheet anew."""
        return super()._parse_style_rules(css, index)


@lru_cache(maxsize=8)  # a publication in light and dark, and whoever tries colours
def _rules(css: str, index: int) -> Any:
    return _Inliner(None, css).read(css, index)


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
    """Collect what must be the same before and after; both are written with double quotes."""
    pieces = _COMMENT.split(html)  # what is no comment, and the comments, in turn
    outside = _STYLE.split("".join(pieces[::2]))
    body = "".join(outside[::2])
    return {
        "the doctype": html.startswith("<!DOCTYPE html>"),
        "the style elements": outside[1::2],
        "the name spaces": re.findall(r'xmlns:[vo]="[^"]*"', html),
        "the addresses": [unescape(address) for address in _ADDRESS.findall(body)],
        "the widths": _SIZE.findall(body),
        "the conditional comments": pieces[1::2],
        "the text": unescape(_TAG.sub(" ", body)).split(),
    }
