"""The law of many countries asks for the sender's postal address (US: CAN-SPAM, 15 U.S.C. 7704)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse, squeeze

CODE = "postal-address"
LEVEL = Severity.ERROR
BINDING = "The law of many countries asks for it."


def check(checked: Checked) -> Iterator[Fault]:
    """Find a part without the postal address."""
    address = squeeze(checked.postal_address)
    parts: tuple[tuple[Literal["html", "text"], str, str], ...] = (
        ("html", "HTML", parse(checked.html).text),
        ("text", "text part", squeeze(checked.text)),
    )
    for part, name, text in parts:
        if address not in text:
            yield Fault(
                f"The {name} lacks the postal address.",
                "Write {{ publication.postal_address }} into the footer of the template.",
                measured="not there",
                limit=address,
                place=Place(part=part),
            )
