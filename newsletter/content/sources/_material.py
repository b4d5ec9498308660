"""What sources in files share: reading, naming what was passed over, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from newsletter.content.source import Past
from newsletter.core.errors import SourceError, Where
from newsletter.core.model import Part, Supply
from newsletter.core.sentences import said

Entry = TypeVar("Entry")

_SIZE_LIMIT = 5_000_000  # bytes; content.md 6.4 asks the same of pages that are fetched
_FAULTS_NAMED = 3


def read(path: Path, *, root: Path) -> bytes:
    """Read a file of the publication. Raises `SourceError` when there is none, or it is huge."""
    name = shown(path, root=root)
    where = Where(file=name, leads=False)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        lacks = said("There is no %(name)s.", name=name)
        if not path.parent.is_dir():
            lacks = said("There is no %(name)s, and not even its folder.", name=name)
        raise SourceError(lacks, where=where) from error
    except OSError as error:
        what = said("%(name)s cannot be read: %(why)s.", name=name, why=error.strerror)
        raise SourceError(what, where=where) from error
    if len(data) > _SIZE_LIMIT:
        what = said(
            "%(name)s is larger than %(megabytes)s MB.",
            name=name,
            megabytes=_SIZE_LIMIT // 1_000_000,
        )
        raise SourceError(what, where=where)
    return data


def read_text(path: Path, *, root: Path) -> str:
    """Read a file of the publication as UTF-8, with or without byte order mark."""
    name = shown(path, root=root)
    try:
        return read(path, root=root).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            said("%(name)s is not UTF-8 text (byte %(start)s).", name=name, start=error.start + 1),
            hint=said("Save the file again with the encoding UTF-8."),
            where=Where(file=name, leads=False),
        ) from error


def shown(path: Path, *, root: Path) -> str:
    """Return a path as the publication's people know it: from its folder on."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def turn(day: date, count: int) -> int:
    """Return whose turn it is among `count`: in `count` days on end everyone has one."""
    return day.toordinal() % count


def next_unused(
    entries: Sequence[Entry],
    day: date,
    *,
    part: Part,
    past: Past,
    supply: Callable[[Entry], Supply],
) -> Entry | None:
    """Return the entry whose turn it is, or the first after it that was not used within a year.

    When all were used it is the one of longest ago; without entries there is none.
    """
    start = turn(day, len(entries)) if entries else 0
    used: list[tuple[date, int]] = []
    for place, entry in enumerate([*entries[start:], *entries[:start]]):
        last = past.used_on(part, supply(entry), day=day)
        if last is None:
            return entry
        used.append((last, (start + place) % len(entries)))
    return entries[min(used)[1]] if used else None


def passed_over(faults: Sequence[str]) -> str:
    """Name what could not be used, the first few in full, as an addition to a sentence."""
    if not faults:
        return ""
    named = "; ".join(fault.removesuffix(".") for fault in faults[:_FAULTS_NAMED])
    more = len(faults) - _FAULTS_NAMED
    if more > 0:
        return said(" (passed over: %(named)s; and %(count)s more)", named=named, count=more)
    return said(" (passed over: %(named)s)", named=named)
