"""What every test would do again, done once: tables made, statements compiled; and no disk awaited.

No test cuts the power of its machine, and whoever is killed leaves to the system what was written.
That the program asks for durable commits is said of engines that are `made_as_ever`.
"""

from __future__ import annotations

import os
import tempfile
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.core.config.database import Database as Options
from newsletter.storage import engines, opening
from newsletter.storage.database import Database, connect
from tests.support.database import sqlite_template

made_as_ever = engines.make


class _Statements(sa.util.LRUCache[Any, Any]):
    """What was compiled for one engine, for every other of its kind.

    A key begins with the dialect, which each engine has its own of; those of a kind are the same,
    for the tests know one version of each database.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        """Return what was compiled for any engine."""
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(key[1:], compiled)


_statements = {kind: _Statements(2000) for kind in ("sqlite", "postgresql")}


def make_haste(patch: pytest.MonkeyPatch) -> None:
    """Let this process make tables and compile statements for the first database only.

    Compiling them for the database of each test is a sixth of what a send costs. Forty migrations
    are a fifth of a second of the processor, a thousand times over: each new SQLite file of a
    publication begins as a copy of one that has the tables. What is said of migrations is tested
    on files of its own, opened by `connect` and `migrate`.
    """
    patch.setattr(engines, "make", _make)
    patch.setattr(opening, "connect", _connect)
    patch.setattr(os, "fsync", _fsync)


def _make(url: str, options: Options) -> sa.Engine:
    engine = made_as_ever(url, options)
    engine.update_execution_options(compiled_cache=_statements[engine.dialect.name])
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _forget_durability)
    return engine


def _connect(url: str, *options: Any) -> Database:
    file = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and file.parent.is_dir() and not file.exists():
        _begin(file)
    return connect(url, *options)


def _begin(file: Path) -> None:
    """Write the tables; whole at once, for other processes may open the database, too."""
    unfinished = file.with_name(f".{file.name}-{os.getpid()}-{threading.get_ident()}")
    unfinished.touch(0o600)
    unfinished.write_bytes(_with_tables())
    with suppress(FileExistsError):  # somebody was faster
        file.hardlink_to(unfinished)
    unfinished.unlink()


@cache
def _with_tables() -> bytes:
    """Return the file that other databases begin as."""
    with tempfile.TemporaryDirectory() as folder:
        return sqlite_template(Path(folder)).read_bytes()


def _forget_durability(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def _fsync(_file: object) -> None:
    """Leave it to the system."""
