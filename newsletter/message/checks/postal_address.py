"""The law of many countries asks for the sender's postal address (US: CAN-SPAM, 15 U.S.C. 7704)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse, squeeze

CODE = "postal-address"
LEVEL = Severity.ERROR
BINDING = "The law of many countries asks for it."

# What `newsletter init` and the documentation have written.
_BUNDLED = {
    "the harbour brief, 12 quay lane, harbour town, united kingdom",
    "12 quay lane, harbour town, united kingdom",
}
_EXAMPLE = re.compile(
    r"\bexample\s?(?:street|road|lane|avenue|town|city|ville)\b|\banytown\b|\bharbour town\b"
    r"|\byour (?:street|address|town|city)\b",
    re.IGNORECASE,
)


def _is_example(address: str) -> bool:
    return address.casefold() in _BUNDLED or bool(_EXAMPLE.search(address))


def check(checked: Checked) -> Iterator[Fault]:
    """Find a part without the postal address, and one that is still that of an example.

    A publication that only tries things out, in the outbox or on this machine, may have the last.
    """
    address = squeeze(checked.postal_address)
    if checked.imprint.is_public and _is_example(address):
        yield Fault(
            "The postal address is still that of the example.",
            "Write your own into config.toml, [publication] postal_address.",
            measured=address,
            limit="an address where the sender gets letters",
            place=Place(part="header"),
        )
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
