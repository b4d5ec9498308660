"""A heavy picture keeps phones waiting, a coarse one looks blurred on fine screens."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.external import PictureFile
from newsletter.message.html.document import Element, parse

CODE = "img-weight"
LEVEL = Severity.WARNING

HEAVY = 1_000_000  # bytes
FINE = 1.5  # pixels of the file for one of the display


def check(checked: Checked) -> Iterator[Fault]:
    """Find pictures of a megabyte and more, and own ones with too few pixels for their width.

    The publication's own files are measured; others only where the network was asked.
    """
    for image in parse(checked.html).all("img"):
        source = image.get("src")
        file = checked.outside.pictures.get(source)
        reached = checked.outside.reached.get(source.partition("#")[0])
        size = file.bytes if file else reached.bytes if reached else None
        if size is not None and size >= HEAVY:
            yield Fault(
                said("The picture %(source)s has %(size)s bytes.", source=source, size=f"{size:,}"),
                said("Save it again, smaller: 1,280 pixels wide, as JPEG with a quality of 85."),
                measured=f"{size:,} bytes",
                limit=f"{HEAVY:,} bytes",
                place=image.place,
            )
        if file is not None:
            yield from _coarse(image, file)


def _coarse(image: Element, file: PictureFile) -> Iterator[Fault]:
    shown = image.get("width")
    if not shown.isdecimal() or file.width >= FINE * int(shown):
        return
    yield Fault(
        said(
            "The picture %(what)s is %(width)s pixels wide, and shown at %(shown)s.",
            what=image.get("src"),
            width=file.width,
            shown=shown,
        ),
        said(
            "Take one of %(number)s pixels; fine screens show two in the place of one.",
            number=2 * int(shown),
        ),
        measured=f"{file.width} px",
        limit=f"{FINE * int(shown):g} px",
        place=image.place,
    )
