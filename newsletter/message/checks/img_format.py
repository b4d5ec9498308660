"""Classic Outlook shows only JPEG, PNG and GIF."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.core.model.findings import Fault, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "img-format"
LEVEL = Severity.WARNING

_UNSEEN = frozenset({"webp", "svg", "avif", "heic", "tif", "tiff", "bmp"})


def check(checked: Checked) -> Iterator[Fault]:
    """Find pictures whose file name tells a format that not every client shows."""
    for image in parse(checked.html).all("img"):
        kind = urlsplit(image.get("src")).path.lower().rpartition(".")[2]
        if kind in _UNSEEN:
            yield Fault(
                f"Outlook does not show {kind.upper()} pictures such as {image.get('src')}.",
                "Save it as JPEG or PNG.",
                measured=kind.upper(),
                limit="JPEG, PNG or GIF",
                place=image.place,
            )
