"""Both parts tell the same; filters distrust a message whose parts differ."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks._html import parse
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "text-agrees"
LEVEL = Severity.ERROR

_HINT = "Both templates should print the same parts of the edition."
_IGNORED = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find headlines and links that only one of the parts has."""
    page = parse(checked.html)
    in_html, in_text = _comparable(page.text), _comparable(checked.text)
    for story in checked.edition.stories:
        for part, text in (("HTML", in_html), ("text part", in_text)):
            if _comparable(story.headline) not in text:
                yield (f"The {part} lacks the headline “{story.headline}”.", _HINT)
    for link in page.links:
        address = link.get("href").removeprefix("mailto:").removeprefix("tel:")
        if _comparable(address) not in in_text:
            yield (f"The text part lacks the link to {address}.", _HINT)


def _comparable(text: str) -> str:
    """Drop what rendering may change: white space, control characters, capitals."""
    return _IGNORED.sub("", text.upper().casefold())
