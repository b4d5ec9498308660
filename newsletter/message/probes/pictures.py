"""The files of the publication's own pictures, as far as a message shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PIL import Image, UnidentifiedImageError

from newsletter.message.external import PictureFile


def files(
    addresses: Iterable[str], *, folder: Path, public: str | None
) -> Mapping[str, PictureFile]:
    """Measure the pictures that lie in `folder`, which is served at the web address `public`.

    What lies elsewhere, or is no picture, is left out.
    """
    if public is None:
        return {}
    found = {}
    for address in addresses:
        path = _path(address, folder=folder, public=public)
        if path is not None and (measured := _measured(path)):
            found[address] = measured
    return found


def _path(address: str, *, folder: Path, public: str) -> Path | None:
    prefix = f"{public}/"
    if not address.startswith(prefix):
        return None
    path = (folder / unquote(urlsplit(address.removeprefix(prefix)).path)).resolve()
    return path if path.is_relative_to(folder.resolve()) else None


def _measured(path: Path) -> PictureFile | None:
    try:
        with Image.open(path) as picture:
            width, height = picture.size
        return PictureFile(bytes=path.stat().st_size, width=width, height=height)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
