"""The archive of a backup: a gzipped tar whose first member is its manifest.

What is read from one is judged before it is used: names that lead out of the archive, members
that are no files, and bytes that differ from what the manifest promised are refused.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from newsletter.core import private
from newsletter.core.errors import InputError, Where
from newsletter.operations.backup import manifest as manifests
from newsletter.operations.backup.manifest import Manifest, Member

_PIECE = 1 << 20
_MOST_MANIFEST = 50_000_000  # bytes: a million members
_DECRYPT = "Decrypt it first, and give the file that comes out of it."
# How files begin that somebody made from a backup, or takes for one.
_ENCRYPTED = {
    b"age-encryption.org/": "age",
    b"-----BEGIN AGE": "age",
    b"-----BEGIN PGP": "GnuPG",
    b"Salted__": "OpenSSL",
    b"\x85\x01": "GnuPG",
    b"\x85\x02": "GnuPG",
    b"\x84\x5e": "GnuPG",
    b"\x8c\x0d": "GnuPG",
    b"\xc3\x0d": "GnuPG",
    b"\xc1": "GnuPG",
}
_OTHERS = {
    b"SQLite format 3\x00": "an SQLite database, and no backup",
    b"PGDMP": "a dump of PostgreSQL, and no backup",
    b"PK\x03\x04": "a ZIP archive, and no backup",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"\xfd7zXZ\x00": "packed with xz",
    b"BZh": "packed with bzip2",
}


def measured(path: Path) -> Member:
    """Return size and SHA-256 of a file."""
    total, digest = 0, hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            total += len(piece)
            digest.update(piece)
    return Member(bytes=total, sha256=digest.hexdigest())


def write(file: Path, manifest: Manifest, sources: Mapping[str, Path]) -> None:
    """Write an archive, its owner's alone. `sources` has the file of each member.

    Raises `InputError` for a file that changes while it is read.
    """
    with private.opened(file, "wb") as out, tarfile.open(fileobj=out, mode="w:gz") as archive:
        text = manifests.as_json(manifest)
        archive.addfile(_head(manifests.NAME, len(text)), io.BytesIO(text))
        for name, member in manifest.members.items():
            with sources[name].open("rb") as source:
                _add(archive, name, member, source)


def _add(archive: tarfile.TarFile, name: str, member: Member, source: IO[bytes]) -> None:
    try:
        archive.addfile(_head(name, member.bytes), source)
    except OSError as error:  # tarfile's word for a file that became shorter
        raise InputError(
            f"{name} could not be written into the archive: {error}.",
            hint="Is there room on that disk, and does nobody change the file? Run it again.",
        ) from error


def _head(name: str, size: int) -> tarfile.TarInfo:
    head = tarfile.TarInfo(name)
    head.size, head.mode = size, private.FILE
    return head


def read_manifest(file: Path) -> Manifest:
    """Read what a backup says of itself. Raises `InputError` for a file that is none."""
    with _opened(file) as archive:
        return _manifest(archive, file)


def unpack(file: Path, to: Mapping[str, Path | None]) -> Manifest:
    """Read an archive to its end, compare it with its manifest, and write the members of `to`.

    Raises `InputError` for one that is cut off or was changed; what is written then is no use.
    """
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        missing = dict(manifest.members)
        while (head := archive.next()) is not None:
            expected = missing.pop(head.name, None)
            if expected is None or not head.isfile() or not is_inside(head.name):
                raise _not_ours(file, f"it has a member {head.name!r} that does not belong there")
            source = archive.extractfile(head)
            assert source is not None
            if _copied(source, to.get(head.name)) != expected:
                raise _not_ours(file, f"its member {head.name} is not as it was written")
        if missing:
            raise _not_ours(file, f"{len(missing)} of its members are missing: it is cut off")
        return manifest


def is_inside(name: str) -> bool:
    """Say whether a member's name stays inside the folder it is unpacked to."""
    path = PurePosixPath(name)
    odd = any(part in {"", ".", ".."} for part in name.split("/")) or "\\" in name or ":" in name
    return not (path.is_absolute() or odd or "\0" in name)


def _copied(source: IO[bytes], to: Path | None) -> Member:
    total, digest = 0, hashlib.sha256()
    out: IO[bytes] | None = None
    try:
        if to is not None:
            to.parent.mkdir(parents=True, exist_ok=True)
            out = private.opened(to, "wb")
        while piece := source.read(_PIECE):
            total += len(piece)
            digest.update(piece)
            if out is not None:
                out.write(piece)
    finally:
        if out is not None:
            out.close()
    return Member(bytes=total, sha256=digest.hexdigest())


def _manifest(archive: tarfile.TarFile, file: Path) -> Manifest:
    head = archive.next()
    is_first = head is not None and head.name == manifests.NAME and head.isfile()
    if head is None or not is_first or head.size > _MOST_MANIFEST:
        raise _not_ours(file, "it is an archive of something else")
    source = archive.extractfile(head)
    assert source is not None
    return manifests.from_json(source.read())


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        if file.exists() and not (file.is_file() or file.is_dir()):
            raise _not_ours(file, "it is a pipe, a device or a socket, and no file")
        with file.open("rb") as raw:
            begin = raw.read(32)
            raw.seek(0)
            _refuse_others(file, begin)
            with tarfile.open(fileobj=raw, mode="r|gz") as archive:
                yield archive
    except FileNotFoundError as error:
        raise InputError(f"There is no file {file}.", where=_where(file)) from error
    except IsADirectoryError as error:
        raise _not_ours(file, "it is a folder") from error
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise _not_ours(file, f"it is cut off or damaged ({error})") from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error}.", where=_where(file)) from error


def _refuse_others(file: Path, begin: bytes) -> None:
    if not begin:
        raise _not_ours(file, "it is empty")
    for start, how in _ENCRYPTED.items():
        if begin.startswith(start):
            what = f"{file} is encrypted with {how}."
            raise InputError(what, hint=_DECRYPT, where=_where(file))
    for start, what in _OTHERS.items():
        if begin.startswith(start):
            raise _not_ours(file, f"it is {what}")
    if not begin.startswith(b"\x1f\x8b"):
        raise _not_ours(file, "it is not packed with gzip, or it is encrypted")


def _not_ours(file: Path, why: str) -> InputError:
    return InputError(
        f"{file} is no backup that can be restored: {why}.",
        hint="`newsletter db backup FILE` makes one. Nothing was changed.",
        where=_where(file),
    )


def _where(file: Path) -> Where:
    return Where(file=str(file), leads=False)
