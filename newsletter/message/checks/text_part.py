"""Some readers and most filters read the text part."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "text-part"
LEVEL = Severity.ERROR

_MARKUP = re.compile(
    r"</?(?:a|p|br|div|td|span|strong|em|h[1-6])(?:\s[^<>]*)?/?>|&(?:nbsp|amp|lt|gt|quot|#\d+);"
)


def check(checked: Checked) -> Iterator[Fault]:
    """Find a text part that is missing, or that is HTML in truth."""
    if not checked.text.strip():
        yield Fault(
            "The text part is empty.",
            "Write the template's .txt.j2.",
            measured="0 words",
            limit="1",
            place=Place(part="text"),
        )
    own_words = repr(checked.edition)  # a story about HTML may print its tags
    for mark in dict.fromkeys(_MARKUP.findall(checked.text)):
        if mark in own_words:
            continue
        line = checked.text.count("\n", 0, checked.text.index(mark)) + 1
        yield Fault(
            f"The text part has the HTML “{mark}” in it.",
            "Print plain text in the .txt.j2.",
            measured=mark,
            limit="plain text",
            place=Place(part="text", line=line, excerpt=mark),
        )
