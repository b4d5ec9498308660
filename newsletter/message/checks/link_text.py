"""A screen reader lists links by their words alone; “click here” says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "link-text"
LEVEL = Severity.WARNING

_EMPTY_WORDS = frozenset(
    {"click here", "here", "this", "this link", "link", "more", "read more", "learn more", "go"}
)
_BARE_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def check(checked: Checked) -> Iterator[Fault]:
    """Find links whose words do not say where they lead."""
    for link in parse(checked.html).links:
        words = link.text.strip().rstrip(".…›»→ ").casefold()
        if words in _EMPTY_WORDS or _BARE_ADDRESS.fullmatch(link.text.strip()):
            yield Fault(
                said("The link “%(text)s” does not say where it leads.", text=link.text),
                said("Make the words name the thing behind the link."),
                measured=link.text,
                limit="words that name the thing",
                place=link.place,
            )
