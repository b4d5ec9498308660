"""Without a doctype in front, mail clients fall back to rules of the nineties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt

CODE = "doctype"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[Fault]:
    """Find HTML that does not begin with the doctype."""
    if not re.match(r"<!doctype html>", checked.html, re.IGNORECASE):
        yield Fault(
            "The HTML does not begin with <!doctype html>.",
            "Nothing may stand before <mjml> in the template.",
            measured=excerpt(checked.html[:60]) or "nothing",
            limit="<!doctype html>",
            place=Place(part="html", line=1),
        )
