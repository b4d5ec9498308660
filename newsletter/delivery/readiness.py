"""What a send needs before it begins: who makes its message, what it would be, room in memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from newsletter.editions.proofs import Proof


@contextmanager
def loaded_aside() -> Iterator[None]:
    """Keep the garbage collector from going through the loaded program: 50 ms each time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a send would be."""

    proof: Proof
    segment: str  # empty: everyone
    recipients: int
    outside: int  # who wants the edition, and is not in the segment


class Proving(Protocol):
    """Who makes what is sent: the editions, or the digests of their weeks."""

    def prove_best(self, day: date) -> Proof:
        """Render and check what may go out now. Raises `NothingToDo` where there is nothing."""
        ...

    def keep(self, proof: Proof) -> Path:
        """Write the files of what goes out; return their folder."""
        ...
