"""Screen readers choose voice and direction by `lang` and `dir`."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import Element, parse

CODE = "lang-dir"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[Fault]:
    """Find a missing or other language, on the document and (clients drop that one) inside it."""
    page = parse(checked.html)
    places = (
        ("<html>", "html", tuple(page.all("html"))),
        ("an element of the body", "body", page.inside),
    )
    for named, tag, elements in places:
        if not any(_says(element, checked.language) for element in elements):
            found = dict.fromkeys(element.get("lang") for element in elements)
            yield Fault(
                f'The HTML lacks lang="{checked.language}" with dir on {named}.',
                'Write <mjml lang="{{ language }}" dir="{{ direction }}">.',
                measured=", ".join(filter(None, found)) or "none",
                limit=f"{checked.language}, with ltr or rtl",
                place=Place(part="html", tag=tag),
            )


def _says(element: Element, language: str) -> bool:
    return element.get("lang") == language and element.get("dir") in {"ltr", "rtl"}
