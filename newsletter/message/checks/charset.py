"""Without a character set some clients guess, and break every curly quote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt, parse

CODE = "charset"
LEVEL = Severity.ERROR

# Controls, what is no character, and the mark of one that could not be read.
_STRAY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")


def check(checked: Checked) -> Iterator[Fault]:
    """Find a document that does not declare UTF-8, and characters that belong in no mail.

    Gmail clips a message early where it meets odd ones (email-bugs #41, #113).
    """
    declared = [m for m in parse(checked.html).all("meta") if _declares_utf8(m.attributes)]
    if not declared:
        yield Fault(
            "The HTML does not declare its character set.",
            'Put <meta charset="utf-8"> first into the head of the template.',
            measured="none, or another",
            limit="UTF-8",
            place=Place(part="html", tag="head"),
        )
    yield from _stray("html", "HTML", checked.html)
    yield from _stray("text", "text part", checked.text)


def _stray(part: Literal["html", "text"], name: str, text: str) -> Iterator[Fault]:
    if found := _STRAY.search(text):
        named = f"U+{ord(found.group()):04X}"
        around = text[max(found.start() - 20, 0) : found.end() + 20]
        line = text.count("\n", 0, found.start()) + 1
        yield Fault(
            f"The {name} has the character {named} in it, which shows nothing or a box.",
            "Type the words around it anew; it came with a paste, or from a wrong character set.",
            measured=named,
            limit="characters that can be seen",
            place=Place(part=part, line=line, excerpt=excerpt(_STRAY.sub("", around))),
        )


def _declares_utf8(attributes: Mapping[str, str]) -> bool:
    named = attributes.get("charset") or attributes.get("content", "").partition("charset=")[2]
    return named.strip().lower() in {"utf-8", "utf8"}
