"""A heavy picture keeps phones waiting, a coarse one looks blurred on fine screens."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
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
                f"The picture {source} has {size:,} bytes.",
                "Save it again, smaller: 1,280 pixels wide, as JPEG with a quality of 85.",
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
        f"The picture {image.get('src')} is {file.width} pixels wide, and shown at {shown}.",
        f"Take one of {2 * int(shown)} pixels; fine screens show two in the place of one.",
        measured=f"{file.width} px",
        limit=f"{FINE * int(shown):g} px",
        place=image.place,
    )
