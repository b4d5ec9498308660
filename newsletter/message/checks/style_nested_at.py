"""Gmail drops a style element with nested @ rules; Yahoo stumbles over ; in a selector."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "style-nested-at"
LEVEL = Severity.ERROR

_SEMICOLON_IN_SELECTOR = re.compile(r"\[[^\]{}]*;[^\]{}]*\]\s*[^{}]*\{")


def check(checked: Checked) -> Iterator[Fault]:
    """Find @ rules inside @ rules, and attribute selectors with a semicolon."""
    for style in parse(checked.html).all("style"):
        if _is_nested(style.text):
            yield Fault(
                "An @ rule stands inside another one; Gmail then drops the whole style element.",
                "Write the two rules one after the other.",
                measured="nested",
                limit="side by side",
                place=style.place,
            )
        if _SEMICOLON_IN_SELECTOR.search(style.text):
            yield Fault(
                "An attribute selector contains a semicolon; Yahoo then drops all styles.",
                "Select by a class instead.",
                measured="; in [ ]",
                limit="no semicolon",
                place=style.place,
            )


def _is_nested(css: str) -> bool:
    depth = 0
    for mark in re.findall(r"[{}]|@[a-z-]+", css):
        if mark.startswith("@") and depth:
            return True
        depth += {"{": 1, "}": -1}.get(mark, 0)
    return False
