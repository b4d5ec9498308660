"""A link has to lead somewhere, and has to have something to press."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "link-empty"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[Fault]:
    """Find links without an address or without text."""
    for link in parse(checked.html).links:
        address = link.get("href").strip()
        if address in {"", "#"}:
            yield Fault(
                said("The link “%(text)s” leads nowhere.", text=link.text),
                said("Give it an address, or remove it."),
                measured=address or "no address",
                limit="https://…",
                place=link.place,
            )
        elif not link.text:
            yield Fault(
                said("The link to %(address)s has no text.", address=address),
                said("Say in words where it leads."),
                measured="0 words",
                limit="1",
                place=link.place,
            )
