"""Put the base style sheet into the elements with premailer, and nothing else.

premailer's defaults destroy what MJML writes: the doctype, image widths, every `!important` of the
media queries. All of it is avoidable (reference: rendering.md 3.1-3.5); what must not change is
compared before and after, so that a new release cannot do harm unseen.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from typing import Any

from newsletter.core.errors import TemplateError
from newsletter.message.render.lines import tokens

# premailer keeps so many selectors and styles; its own 128 are fewer than one mail has, so that
# none would be found again when the next mail is drawn. It reads this when it is loaded.
os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "4096")  # noqa: TID251
from premailer import Premailer

_DOCTYPE = re.compile(r"\A\s*<!doctype html>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s([^\s=>"']+)=(?:"([^"]*)"|'([^']*)')""")
_NEVER_FROM_CSS = ["align", "valign", "bgcolor", "width", "height"]
_KEPT = frozenset({"href", "src", *_NEVER_FROM_CSS})


def inline(html: str, base_css: str) -> str:
    """Return the HTML with `base_css` in its style attributes; style elements stay as they are.

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


@lru_cache(maxsize=8)  # one for each language and palette
def _rules(css: str, index: int) -> Any:
    return _Inliner(None, css).read(css, index)


def _ignored_styles(html: str) -> str:
    """Mark every style element, so that premailer leaves it alone; comments are not touched."""
    return "".join(
        token.replace("<style", '<style data-premailer="ignore"', 1)
        if token.startswith("<style")
        else token
        for token in tokens(html)
    )


def _landmarks(html: str) -> Mapping[str, object]:
    """Collect what must be the same before and after."""
    comments: list[str] = []
    styles: list[str] = []
    texts: list[str] = []
    kept: list[tuple[str, str]] = []
    tag = ""
    for token in tokens(html):
        if token.startswith("<!--"):
            comments.append(token)
        elif token.startswith("<"):
            tag = token
            kept += [(name, value) for name, value in _attributes(tag) if name in _KEPT]
        else:
            (styles if tag.startswith("<style") else texts).append(token)
    return {
        "the doctype": html.startswith("<!DOCTYPE html>"),
        "the style elements": styles,
        "the name spaces": re.findall(r'xmlns:[vo]="[^"]*"', html),
        "the addresses": [unescape(value) for name, value in kept if name not in _NEVER_FROM_CSS],
        "the widths": [(name, value) for name, value in kept if name in _NEVER_FROM_CSS],
        "the conditional comments": comments,
        "the text": unescape("".join(texts)).split(),
    }


def _attributes(tag: str) -> list[tuple[str, str]]:
    """Return the names and values of a tag's quoted attributes, as they are written."""
    return [(name, double or single) for name, double, single in _ATTRIBUTE.findall(tag)]
