"""Headings are the outline by which screen readers move."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "heading-order"
LEVEL = Severity.WARNING

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def check(checked: Checked) -> Iterator[Fault]:
    """Find a message without exactly one first heading, or with a jump between levels."""
    headings = tuple(parse(checked.html).all(*_HEADINGS))
    first = [heading for heading in headings if heading.tag == "h1"]
    if len(first) != 1:
        yield Fault(
            f"The HTML has {len(first)} headings <h1>; one is right.",
            "The lead headline is the <h1>, everything else <h2> or below.",
            measured=str(len(first)),
            limit="1",
            place=first[1].place if first else Place(part="html", tag="body"),
        )
    for above, below in pairwise(headings):
        if int(below.tag[1]) > int(above.tag[1]) + 1:
            yield Fault(
                f"A heading jumps from <{above.tag}> to <{below.tag}>.",
                f"Make it an <h{int(above.tag[1]) + 1}>.",
                measured=below.tag,
                limit=f"h{int(above.tag[1]) + 1}",
                place=below.place,
            )
