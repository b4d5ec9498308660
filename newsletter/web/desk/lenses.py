"""Look at a mail as a harsher client would show it. Pure; each lens is HTML in, HTML out.

The Outlook view is the simulation of rendering.md 2.4: what classic Outlook reads is uncovered,
what only others read is taken away. It is an approximation, and labelled as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from newsletter.message.clients.outlook import uncovered

_STYLE = re.compile(r"<style\b[^>]*>.*?</style>", re.DOTALL | re.IGNORECASE)
_MEDIA = re.compile(r"@media[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_SOURCE = re.compile(r"(<img\b[^>]*?)\s(?:src|srcset)=\"[^\"]*\"", re.IGNORECASE)


def as_it_is(html: str) -> str:
    """Change nothing."""
    return html


def without_images(html: str) -> str:
    """Leave pictures without an address, as clients do that block them."""
    return _SOURCE.sub(r"\1", html)


def without_styles(html: str) -> str:
    """Take style elements away, as clients do that strip them; style attributes stay."""
    return _STYLE.sub("", html)


def as_outlook(html: str) -> str:
    """Uncover what classic Outlook reads, and take away what it does not."""
    return _STYLE.sub(lambda style: _MEDIA.sub("", style.group()), uncovered(html))


def with_own_pictures(html: str, media_url: str | None) -> str:
    """Take the publication's own pictures from this machine: they may not be published yet."""
    if media_url is None:
        return html
    return html.replace(f'src="{media_url}/', 'src="../media/')


LENSES: Mapping[str, Callable[[str], str]] = {
    "whole": as_it_is,
    "images": without_images,
    "styles": without_styles,
    "outlook": as_outlook,
}
