"""Store posts that come at the same time in one transaction: a disk takes so many a second.

Nobody waits for others to come: who finds no transaction under way begins one, and those who come
meanwhile share the next. Each returns when its own post is durable.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

Post = tuple[bytes, datetime]  # as it came, and when


@dataclass(slots=True, eq=False)
class _Waiting:
    post: Post
    is_over: bool = False
    error: BaseException | None = None


@dataclass(kw_only=True)
class _Queue:
    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[_Waiting] = field(default_factory=list)

    def join(self, one: _Waiting) -> None:
        with self.lock:
            self.waiting.append(one)

    def leave(self) -> list[_Waiting]:
        """Return all that wait; they wait no more."""
        with self.lock:
            found, self.waiting = self.waiting, []
        return found


class Keeper:
    """Stores posts of several threads. `store` makes all of its posts durable, or none."""

    def __init__(self, store: Callable[[Sequence[Post]], None]) -> None:
        self._store = store
        self._queue = _Queue()
        self._turn = threading.Lock()

    def keep(self, post: Post) -> None:
        """Return when a post is durable; raise what kept its transaction from being made."""
        mine = _Waiting(post)
        self._queue.join(mine)
        with self._turn:
            if not mine.is_over:  # the last transaction began before we came
                self._keep_all(self._queue.leave())
        if mine.error is not None:
            raise mine.error

    def _keep_all(self, group: Sequence[_Waiting]) -> None:
        error: BaseException | None = None
        try:
            self._store([one.post for one in group])
        except BaseException as fault:  # noqa: BLE001 - raised again by each that waits
            error = fault
        for one in group:
            one.error, one.is_over = error, True
