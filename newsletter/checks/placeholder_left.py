"""A reader must never see a template's marks or another reader's tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter import merge
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "placeholder-left"
LEVEL = Severity.ERROR

_MARK = re.compile(r"\{\{|\{%|%7B%7B|%7B%25", re.IGNORECASE)


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find marks of Jinja2 and merge tags that nothing will replace."""
    tags = [tag for f in checked.message.fields for tag in (f.html_tag, f.text_tag)]
    for part, text in _parts(checked):
        left = [*_MARK.findall(text), *(tag for tag in tags if tag in text)]
        for mark in dict.fromkeys([*merge.leftovers(text), *left]):
            yield (
                f"The {part} has “{mark}” left in it.",
                "Correct the template, or write the words in the story in another way.",
            )


def _parts(checked: Checked) -> tuple[tuple[str, str], ...]:
    preheader = checked.message.preheader
    return (
        ("subject", checked.subject),
        ("preheader", preheader),
        ("HTML", checked.html),
        ("text part", checked.text),
    )
