"""Pictures as a mail can carry them: measured, made small enough, kept as files.

They are decoded in a process of their own (`picture_process.py`): nothing a file does there can
cost more than the picture.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from newsletter.core.errors import InputError
from newsletter.core.sentences import said

MOST_BYTES = 10_000_000
SUFFIXES = (".jpg", ".png")
_PROCESS = "newsletter.content.picture_process"
_HOME = Path(__file__).parents[2]  # what `newsletter` is found in
_SECONDS = 60  # for the whole of it, on a machine that has other things to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A picture in its folder."""

    file: str  # its name there
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A picture made small enough for a mail."""

    content: bytes
    suffix: str
    width: int
    height: int


def size(data: bytes, *, name: str) -> tuple[int, int]:
    """Return width and height, upright, of a picture that readers get as it is.

    `name` begins the sentence of the `InputError` that is raised for what is no picture, too
    small, too large, or of a kind that mail programs do not show.
    """
    answer, _ = _asked(data, name=name, small=False)
    return int(answer["width"]), int(answer["height"])


def small(data: bytes, *, name: str) -> Small:
    """Return a picture upright, at most 1280 pixels wide, in sRGB and without metadata.

    Raises `InputError` as `size` does, but takes every kind that can be read, AVIF as well.
    """
    answer, content = _asked(data, name=name, small=True)
    return Small(
        content=content,
        suffix=str(answer["suffix"]),
        width=int(answer["width"]),
        height=int(answer["height"]),
    )


def keep(data: bytes, folder: Path, *, name: str) -> Kept:
    """Make a picture small and keep it in a folder, under a name of its content's own.

    Raises `InputError` as `small` does, and when it cannot be written.
    """
    made = small(data, name=name)
    return kept_as(made, folder / f"{key(made.content)}{made.suffix}")


def kept_as(made: Small, path: Path) -> Kept:
    """Write a picture. Raises `InputError` when it cannot be."""
    written(path, made.content)
    return Kept(file=path.name, width=made.width, height=made.height)


def key(content: bytes | str) -> str:
    """Return the name under which a picture is kept: the same for the same content, or address."""
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()[:20]


def measured(path: Path) -> Kept:
    """Read the size of a picture that was kept. Raises `InputError` when it is none any more."""
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(
            said(
                "%(name)s in %(folder)s is no picture any more.",
                name=path.name,
                folder=path.parent.name,
            )
        ) from error
    return Kept(file=path.name, width=width, height=height)


def written(path: Path, data: bytes) -> Path:
    """Write a file so that nobody ever sees half of it. Raises `InputError` when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        raise InputError(
            said("The picture cannot be stored: %(strerror)s.", strerror=error.strerror)
        ) from error
    return path


def _asked(data: bytes, *, name: str, small: bool) -> tuple[dict[str, Any], bytes]:
    """Let the other process look at a picture; what ends it is the picture's fault."""
    if len(data) > MOST_BYTES:
        raise InputError(
            said(
                "%(name)s has %(count)s bytes; %(most)s is the most.",
                name=name,
                count=f"{len(data):,}",
                most=f"{MOST_BYTES:,}",
            )
        )
    try:
        done = subprocess.run(  # noqa: S603  # this very program, with words of its own
            [sys.executable, "-m", _PROCESS],
            input=json.dumps({"small": small}).encode() + b"\n" + data,
            capture_output=True,
            check=False,
            cwd=_HOME,
            timeout=_SECONDS,
            start_new_session=True,  # Ctrl-C is for the command
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(said("%(name)s takes too long to be decoded.", name=name)) from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        why = last or said("the process that tried came to its limits")
        raise InputError(said("%(name)s cannot be decoded: %(why)s.", name=name, why=why))
    first, _, content = done.stdout.partition(b"\n")
    answer = json.loads(first)
    if "unfit" in answer:
        template: str = answer["unfit"]
        unfit = said(template, **answer["values"])
        raise InputError(said("%(name)s %(unfit)s.", name=name, unfit=unfit))
    return answer, content
