"""Mail clients open web addresses, mail addresses and telephone numbers, nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "link-scheme"
LEVEL = Severity.ERROR

_ALLOWED = frozenset({"https", "http", "mailto", "tel"})


def check(checked: Checked) -> Iterator[Fault]:
    """Find links with another scheme, or with an address that is not absolute.

    A link to a place in this very mail is none of them, where there is such a place.
    """
    page = parse(checked.html)
    for link in page.links:
        address = link.get("href").strip()
        if address in page.targets:
            continue
        scheme = address.partition(":")[0].lower() if ":" in address else ""
        if address not in {"", "#"} and scheme not in _ALLOWED:
            yield Fault(
                said(
                    "The address %(address)s begins neither with https:// nor with mailto: or "
                    "tel:.",
                    address=address,
                ),
                said("Write the whole address."),
                measured=scheme or "none",
                limit="https, http, mailto or tel",
                place=link.place,
            )
