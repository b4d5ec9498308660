"""What classic Outlook for Windows makes of a mail's HTML, as far as we know it. Pure."""

from __future__ import annotations

import re

_ONLY_OTHERS = re.compile(r"<!--\[if !mso[^\]]*\]><!-->.*?<!--<!\[endif\]-->", re.DOTALL)
_ONLY_OUTLOOK = re.compile(r"<!--\[if ([^\]!]*mso[^\]]*)\]>(.*?)<!\[endif\]-->", re.DOTALL)
# Word's settings (`<o:PixelsPerInch>96`), which it reads and does not print; browsers would.
_SETTINGS = re.compile(r"<xml\b[^>]*>.*?</xml\s*>", re.DOTALL | re.IGNORECASE)
_BEFORE = re.compile(r"\s*(?:lte\s+mso\s+(?:9|1[01])|lt\s+mso\s+(?:9|1[0-2])|mso\s+(?:9|1[01]))\s*")


def uncovered(html: str) -> str:
    """Uncover what only Outlook reads, and take away what only others read; lines stay lines.

    Outlook is that of 2007 and later: what is meant for older ones alone stays covered.
    """
    without = _ONLY_OTHERS.sub(_lines, html)
    shown = _ONLY_OUTLOOK.sub(_shown, without)
    return _SETTINGS.sub(_lines, shown)


def _shown(found: re.Match[str]) -> str:
    return found[0] if _BEFORE.fullmatch(found[1]) else found[2]


def _lines(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")
