"""Straight and curly quotation marks in one edition look like two hands at work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "smart-quotes"
LEVEL = Severity.INFO

_STRAIGHT = re.compile(r"(?<![\w=])\"\w|\w[.,!?]?\"(?!\w)")


def check(checked: Checked) -> Iterator[Fault]:
    """Find editions that mix straight and curly quotation marks."""
    text = "\n".join(_texts(checked))
    if _STRAIGHT.search(text) and re.search("[“”„]", text):
        found = _STRAIGHT.search(text)
        assert found is not None
        around = text[max(found.start() - 20, 0) : found.end() + 20].replace("\n", " ")
        yield Fault(
            f"Straight and curly quotation marks are mixed, as in “…{around}…”.",
            "Choose one kind; curly ones read better.",
            measured="both kinds",
            limit="one kind",
            place=Place(part="edition", excerpt=around),
        )


def _texts(checked: Checked) -> Iterator[str]:
    edition = checked.edition
    for story in edition.stories:
        yield story.headline
        yield from story.paragraphs
    for feature in (edition.fact, edition.quote):
        if feature is not None:
            yield feature.text
    if edition.word is not None:
        yield from (edition.word.definition, edition.word.extra_sense or "")
        yield from edition.word.sentences
