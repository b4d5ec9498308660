"""Without a doctype in front, mail clients fall back to rules of the nineties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "doctype"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find HTML that does not begin with the doctype."""
    if not re.match(r"<!doctype html>", checked.html, re.IGNORECASE):
        yield (
            "The HTML does not begin with <!doctype html>.",
            "Nothing may stand before <mjml> in the template.",
        )
