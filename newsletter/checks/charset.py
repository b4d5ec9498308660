"""Without a character set some clients guess, and break every curly quote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newsletter.checks._html import parse
from newsletter.findings import Fault, Place, Severity
from newsletter.ports import Checked

CODE = "charset"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[Fault]:
    """Find a document that does not declare UTF-8 before anything is printed."""
    declared = [m for m in parse(checked.html).all("meta") if _declares_utf8(m.attributes)]
    if not declared:
        yield Fault(
            "The HTML does not declare its character set.",
            'Put <meta charset="utf-8"> first into the head of the template.',
            measured="none, or another",
            limit="UTF-8",
            place=Place(part="html", tag="head"),
        )


def _declares_utf8(attributes: Mapping[str, str]) -> bool:
    named = attributes.get("charset") or attributes.get("content", "").partition("charset=")[2]
    return named.strip().lower() in {"utf-8", "utf8"}
