"""A reader must never see a template's marks or another reader's tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message import merge
from newsletter.message.check import Checked

CODE = "placeholder-left"
LEVEL = Severity.ERROR
BINDING = "A template's marks mean that the mail is broken."

_MARK = re.compile(r"\{\{|\{%|%7B%7B|%7B%25", re.IGNORECASE)


def check(checked: Checked) -> Iterator[Fault]:
    """Find marks of Jinja2 and merge tags that nothing will replace."""
    tags = [tag for f in checked.message.fields for tag in (f.html_tag, f.text_tag)]
    for place, name, text in _parts(checked):
        left = [*_MARK.findall(text), *(tag for tag in tags if tag in text)]
        whole = merge.leftovers(text)
        rest = [mark for mark in left if not any(mark in one for one in whole)]
        for mark in dict.fromkeys([*whole, *rest]):
            line = text.count("\n", 0, text.index(mark)) + 1
            yield Fault(
                f"The {name} has “{mark}” left in it.",
                "Correct the template, or write the words in the story in another way.",
                measured=mark,
                limit="no mark, no tag",
                place=replace(place, line=line, excerpt=mark),
            )


def _parts(checked: Checked) -> tuple[tuple[Place, str, str], ...]:
    return (
        (Place(part="subject"), "subject", checked.subject),
        (Place(part="preheader"), "preheader", checked.message.preheader),
        (Place(part="html"), "HTML", checked.html),
        (Place(part="text"), "text part", checked.text),
    )
