"""Tokens: what a reader's own addresses end in. Nobody can guess one, and each is one person's.

They stand in an index. Were they random from the first character, each new one would go to a page
of its own, and a million would read and write the index a hundred times over. So they begin with a
counter that goes round: those that are made together lie together.
"""

from __future__ import annotations

import base64
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from itertools import product

LENGTH = 22  # URL-safe characters
LEAD = 2  # of them: the counter; the others are 120 random bits
_AT_ONCE = 4_096  # asking the system for each costs more than all the rest of it
_RANDOM_BYTES = 15  # 20 characters
_SIGNS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"  # as they are sorted
_LEADS = tuple(map("".join, product(_SIGNS, repeat=LEAD)))


def new_tokens(random: Callable[[int], bytes] = os.urandom) -> Iterator[str]:
    """Return tokens without an end, for any number of threads; `random` gives random bytes."""
    return _Shared(_made(random))


class _Shared(Iterator[str]):
    """Tokens that several threads take; only what is made anew has them wait for each other."""

    def __init__(self, made: Iterator[list[str]]) -> None:
        self._made = made
        self._ready: deque[str] = deque()
        self._lock = threading.Lock()

    def __next__(self) -> str:
        while True:
            try:
                return self._ready.popleft()
            except IndexError:
                with self._lock:
                    if not self._ready:
                        self._ready.extend(next(self._made))


def _made(random: Callable[[int], bytes]) -> Iterator[list[str]]:
    start = int.from_bytes(random(2))
    while True:
        lead = _LEADS[start % len(_LEADS)]
        text = base64.urlsafe_b64encode(random(_RANDOM_BYTES * _AT_ONCE)).decode()
        rest = LENGTH - LEAD
        yield [lead + text[at : at + rest] for at in range(0, len(text), rest)]
        start += 1
