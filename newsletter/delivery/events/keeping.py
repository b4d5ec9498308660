"""Store posts that come at the same time in one transaction: a disk takes so many a second.

Nobody waits for others to come: who finds no transaction under way begins one, and those who come
meanwhile share the next. Each goes on when its own post is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

Post = tuple[bytes, datetime]  # as it came, and when


class Keeper:
    """Stores posts of one event loop. `store` makes all of its posts durable, or none."""

    def __init__(self, store: Callable[[Sequence[Post]], None]) -> None:
        self._store = store
        self._waiting: list[tuple[Post, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, post: Post) -> None:
        """Return when a post is durable; raise what kept its transaction from being made."""
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append((post, kept))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await kept

    async def _write(self) -> None:
        """Write group after group, until nobody waits; one thread for each, and not for a post."""
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                await _kept(self._store, group)
        finally:
            self._writing = None


async def _kept(
    store: Callable[[Sequence[Post]], None], group: Sequence[tuple[Post, asyncio.Future[None]]]
) -> None:
    fault: BaseException | None = None
    try:
        await asyncio.to_thread(store, [post for post, _ in group])
    except BaseException as error:  # noqa: BLE001 - raised again by each that waits
        fault = error
    for _, kept in group:
        if kept.done():  # whoever waited is gone
            continue
        if fault is None:
            kept.set_result(None)
        else:
            kept.set_exception(fault)
