"""Headings are the outline by which screen readers move."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from newsletter.checks._html import parse
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "heading-order"
LEVEL = Severity.WARNING

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find a message without exactly one first heading, or with a jump between levels."""
    levels = [int(heading.tag[1]) for heading in parse(checked.html).all(*_HEADINGS)]
    if levels.count(1) != 1:
        yield (
            f"The HTML has {levels.count(1)} headings <h1>; one is right.",
            "The lead headline is the <h1>, everything else <h2> or below.",
        )
    for above, below in pairwise(levels):
        if below > above + 1:
            yield (f"A heading jumps from <h{above}> to <h{below}>.", f"Make it an <h{above + 1}>.")
