"""Notice changes of the files an edition is made from, and render anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path

from watchfiles import awatch

_LOOK_AGAIN = 1000  # milliseconds; finds what the system did not report, and new folders
_SETTLE = 10  # milliseconds of quiet after which a burst of changes counts as one


async def watch(
    refresh: Callable[[], Awaitable[None]], paths: Callable[[], Iterable[Path]]
) -> None:
    """Refresh whenever a file under `paths()` changes; runs until it is cancelled.

    Paths may be files or folders, and need not exist yet. The system's reports only wake it: what
    counts are the files' times and sizes, so that an editor which replaces files is noticed too.
    """
    seen = fingerprints(paths())
    while True:
        watched = _existing(paths())
        async for _ in awatch(
            *watched,
            watch_filter=None,
            step=_SETTLE,
            rust_timeout=_LOOK_AGAIN,
            yield_on_timeout=True,
        ):
            found = fingerprints(paths())
            if found != seen:
                seen = found
                await refresh()
            if _existing(paths()) != watched:
                break


def fingerprints(paths: Iterable[Path]) -> Mapping[Path, tuple[int, int]]:
    """Return time and size of every file under some paths."""
    found: dict[Path, tuple[int, int]] = {}
    for file in _files(paths):
        try:
            status = file.stat()
        except FileNotFoundError:
            continue  # it went between listing and looking
        found[file] = (status.st_mtime_ns, status.st_size)
    return found


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.is_file())
        else:
            yield path


def _existing(paths: Iterable[Path]) -> list[Path]:
    return sorted({path for path in paths if path.exists()})
