"""Clients that open a mail in a window of its own show the title; screen readers say it first."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "title"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[Fault]:
    """Find a document without a title."""
    titles = [title.text for title in parse(checked.html).all("title")]
    if not any(titles):
        yield Fault(
            "The HTML has no title.",
            "Put <mj-title> with the subject into the template.",
            measured="none",
            limit="the subject",
            place=Place(part="html", tag="head"),
        )
