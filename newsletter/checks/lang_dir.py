"""Screen readers choose voice and direction by `lang` and `dir`."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks._html import Element, parse
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "lang-dir"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find a missing or other language, on the document and (clients drop that one) inside it."""
    page = parse(checked.html)
    inside = [element for element in page.elements if element.in_body]
    for place, elements in (("<html>", page.all("html")), ("an element of the body", iter(inside))):
        if not any(_says(element, checked.language) for element in elements):
            yield (
                f'The HTML lacks lang="{checked.language}" with dir on {place}.',
                'Write <mjml lang="{{ language }}" dir="{{ direction }}">.',
            )


def _says(element: Element, language: str) -> bool:
    return element.get("lang") == language and element.get("dir") in {"ltr", "rtl"}
