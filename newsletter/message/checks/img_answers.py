"""A picture that cannot be fetched is a hole in every reader's mail."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "img-answers"
LEVEL = Severity.WARNING


def check(checked: Checked) -> Iterator[Fault]:
    """Find pictures whose address answered badly, or with something else than a picture.

    Where nobody asked, nothing is known.
    """
    for image in parse(checked.html).all("img"):
        source = image.get("src").partition("#")[0]
        found = checked.outside.reached.get(source)
        if found is None:
            continue
        if found.problem:
            yield Fault(
                said(
                    "The picture %(source)s cannot be fetched: %(problem)s.",
                    source=source,
                    problem=found.problem,
                ),
                said("Put the file back, or choose another picture."),
                measured=str(found.status or "no answer"),
                limit="an answer below 400",
                place=image.place,
            )
        elif found.kind and not found.kind.startswith("image/"):
            yield Fault(
                said(
                    "At the address of the picture %(source)s there is %(kind)s.",
                    source=source,
                    kind=found.kind,
                ),
                said("Name the address of the file itself, not that of a page about it."),
                measured=found.kind,
                limit="image/…",
                place=image.place,
            )
