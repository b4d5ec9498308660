"""Many readers see the alternative text and not the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "img-alt"
LEVEL = Severity.ERROR

_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|svg|avif)", re.IGNORECASE)


def check(checked: Checked) -> Iterator[Fault]:
    """Find pictures without alternative text, or with a file's name in its place."""
    for image in parse(checked.html).all("img"):
        alt = image.attributes.get("alt")
        source = image.get("src")
        if alt is None:
            yield Fault(
                said("The picture %(source)s has no alt.", source=source),
                said("Describe it in a few words."),
                measured="no alt",
                limit='words, or alt="" for a mere ornament',
                place=image.place,
            )
        elif _FILE_NAME.fullmatch(alt.strip()):
            yield Fault(
                said("The alternative text “%(alt)s” is a file's name.", alt=alt),
                said("Describe the picture."),
                measured=alt,
                limit="words",
                place=image.place,
            )
