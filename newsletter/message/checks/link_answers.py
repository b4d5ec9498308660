"""A link that no longer answers leads every reader to an error page."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "link-answers"
LEVEL = Severity.WARNING


def check(checked: Checked) -> Iterator[Fault]:
    """Find links that answered badly, or not at all; where nobody asked, nothing is known."""
    told: set[str] = set()
    for link in parse(checked.html).links:
        address = link.get("href").partition("#")[0]
        found = checked.outside.reached.get(address)
        if found is not None and found.problem and address not in told:
            told.add(address)
            yield Fault(
                said(
                    "The link to %(address)s does not lead anywhere: %(problem)s.",
                    address=address,
                    problem=found.problem,
                ),
                said("Open it in a browser; name the new address, or take the link out."),
                measured=str(found.status or "no answer"),
                limit="an answer below 400",
                place=link.place,
            )
