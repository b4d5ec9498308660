"""Name the template's line beside each finding whose element is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from newsletter.core.model.findings import Finding
from newsletter.message.html.document import Element, parse

_LABEL = re.compile(r"written-at-(\d+)")


def with_templates(
    findings: Iterable[Finding], *, html: str, traced: str, written: Sequence[str]
) -> tuple[Finding, ...]:
    """Return the findings with `place.template` where it can be told.

    `traced` is the same HTML whose elements have the class `written-at-N`, N being the number of
    a line in `written`. Where its elements are others than those of `html`, nothing is told.
    """
    if [e.tag for e in parse(traced).elements] != [e.tag for e in parse(html).elements]:
        return tuple(findings)
    lines = {(e.tag, e.index): _line(e, written) for e in parse(traced).elements}
    return tuple(_told(finding, lines) for finding in findings)


def _told(finding: Finding, lines: dict[tuple[str, int], str | None]) -> Finding:
    place = finding.place
    if place is None or not place.tag:
        return finding
    return replace(finding, place=replace(place, template=lines.get((place.tag, place.index))))


def _line(element: Element, written: Sequence[str]) -> str | None:
    for one in element.ancestors():
        for name in one.classes:
            if found := _LABEL.fullmatch(name):
                return written[int(found[1])]
    return None
