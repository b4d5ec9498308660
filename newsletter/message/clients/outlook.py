"""What classic Outlook for Windows makes of a mail's HTML, as far as we know it. Pure."""

from __future__ import annotations

import re

_ONLY_OTHERS = re.compile(r"<!--\[if !mso[^\]]*\]><!-->.*?<!--<!\[endif\]-->", re.DOTALL)
_ONLY_OUTLOOK = re.compile(r"<!--\[if [^\]!]*mso[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL)


def uncovered(html: str) -> str:
    """Uncover what only Outlook reads, and take away what only others read; lines stay lines."""
    without = _ONLY_OTHERS.sub(lambda found: "\n" * found.group().count("\n"), html)
    return _ONLY_OUTLOOK.sub(r"\1", without)
