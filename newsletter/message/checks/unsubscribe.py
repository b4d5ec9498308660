"""Every reader can leave with one click, from both parts of the message."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "unsubscribe"
LEVEL = Severity.ERROR
BINDING = "Everybody can leave, by law and by the rules of the mailboxes."


def check(checked: Checked) -> Iterator[Fault]:
    """Find a part without the reader's own unsubscribe link."""
    url = checked.unsubscribe_url
    if not any(link.get("href") == url for link in parse(checked.html).links):
        yield _missing("The HTML has no unsubscribe link.", Place(part="html"))
    if url not in checked.text.split():
        yield _missing("The text part has no unsubscribe link.", Place(part="text"))


def _missing(sentence: str, place: Place) -> Fault:
    return Fault(
        sentence,
        'Write {{ merge("unsubscribe_url") }} into the footer of the template.',
        measured="0 links",
        limit="1",
        place=place,
    )
