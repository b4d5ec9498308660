"""Every reader can leave with one click, from both parts of the message."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks._html import parse
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "unsubscribe"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find a part without the reader's own unsubscribe link."""
    hint = 'Write {{ merge("unsubscribe_url") }} into the footer of the template.'
    if not any(a.get("href") == checked.unsubscribe_url for a in parse(checked.html).links):
        yield ("The HTML has no unsubscribe link.", hint)
    if checked.unsubscribe_url not in checked.text.split():
        yield ("The text part has no unsubscribe link.", hint)
