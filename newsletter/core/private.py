"""Write what only its owner may read: files 0600, folders 0700, whatever the umask says.

Everything that holds readers' addresses goes this way: the database, the outbox, the sandbox's
mailbox, exports and rejected rows. A file that is there already is taken from everybody else; a
folder that is there already is the operator's.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

FILE, FOLDER = 0o600, 0o700


def folder(path: Path) -> None:
    """Make a folder, and those above it that are missing."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    for one in reversed(missing):
        with suppress(FileExistsError):  # another process was faster
            one.mkdir(FOLDER)
            one.chmod(FOLDER)  # the umask may have taken bits of the owner's
    path.mkdir(exist_ok=True)  # raises where a file has its name


def opened(path: Path, mode: str = "w", **words: Any) -> IO[Any]:
    """Open a file to write as `open` does, with its other arguments."""
    return open(path, mode, opener=_opener, **words)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, over the one that is there."""
    with opened(path, "wb") as file:
        file.write(content)


def create(path: Path) -> None:
    """Make an empty file where there is none; take an old one from strangers.

    A file that its group may read was given to the group by somebody, and stays theirs.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE)
    except FileExistsError:
        with suppress(OSError):  # it belongs to somebody else
            mode = path.stat().st_mode
            if stat.S_ISREG(mode) and mode & stat.S_IRWXO:  # a folder is somebody's mistake
                path.chmod(stat.S_IMODE(mode) & ~stat.S_IRWXO)
        return
    try:
        _take_from_others(descriptor)
    finally:
        os.close(descriptor)


def _opener(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, FILE)
    _take_from_others(descriptor)
    return descriptor


def _take_from_others(descriptor: int) -> None:
    if os.name != "posix" or not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return  # a terminal or a pipe is nobody's file
    with suppress(PermissionError):  # it belongs to somebody else, who let us write
        os.fchmod(descriptor, FILE)
