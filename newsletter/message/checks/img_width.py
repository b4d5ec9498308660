"""Classic Outlook shows a picture in its own size unless an integer `width` says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "img-width"
LEVEL = Severity.ERROR

_WIDEST = 700  # pixels, where the mail does not say


def check(checked: Checked) -> Iterator[Fault]:
    """Find pictures whose `width` is not a whole number, or wider than the paper."""
    paper = _paper(checked.html)
    for image in parse(checked.html).all("img"):
        width = image.get("width")
        if not width.isdecimal() or not 0 < int(width) <= paper:
            yield Fault(
                f"The picture {image.get('src')} has the width “{width}”; the paper has {paper}.",
                "Let <mj-image> write the width, or set it in whole pixels.",
                measured=width or "none",
                limit=f"{paper} px, in whole pixels",
                place=image.place,
            )


def _paper(html: str) -> int:
    """Return the width of the widest block that MJML wrote."""
    return max((int(width) for width in re.findall(r"max-width:(\d+)px", html)), default=_WIDEST)
