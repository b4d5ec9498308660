"""The provider `outbox` with a folder, and where a file has the folder's name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.delivery.provider import Provider
from tests.support.plugins import make_provider


@contextmanager
def works(root: Path) -> Iterator[Provider]:
    yield make_provider("outbox", root)


@contextmanager
def fails(root: Path) -> Iterator[Provider]:
    (root / "outbox").write_text("not a folder")
    yield make_provider("outbox", root)
