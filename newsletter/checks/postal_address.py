"""The law of many countries asks for the sender's postal address (US: CAN-SPAM, 15 U.S.C. 7704)."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks._html import parse, squeeze
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "postal-address"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find a part without the postal address."""
    address = squeeze(checked.postal_address)
    hint = "Write {{ publication.postal_address }} into the footer of the template."
    if address not in parse(checked.html).text:
        yield ("The HTML lacks the postal address.", hint)
    if address not in squeeze(checked.text):
        yield ("The text part lacks the postal address.", hint)
