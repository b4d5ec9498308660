"""How much one network may ask for: counted in this process, for a while, and for so many only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

_MOST_KEPT = 50_000  # networks; the one that was silent longest is forgotten first


@dataclass(frozen=True, slots=True)
class Limit:
    """So many within so long."""

    name: str
    most: int
    within: timedelta


JOIN = Limit("join", 30, timedelta(hours=1))
DIGITS = Limit("digits", 60, timedelta(hours=1))
LINKS = Limit("links", 20, timedelta(hours=1))
WORDS = Limit("words", 20, timedelta(hours=1))


class Limits:
    """A bucket for each network and limit: it runs full by asking, and dry with time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, datetime]] = OrderedDict()

    def allows(self, limit: Limit, network: str, *, now: datetime) -> bool:
        """Say whether a network may ask once more, and count it."""
        key = (limit.name, network)
        with self._lock:
            level, at = self._buckets.pop(key, (0.0, now))
            drained = (now - at) / limit.within * limit.most
            level = max(0.0, level - max(0.0, drained))
            is_allowed = level + 1 <= limit.most
            self._buckets[key] = (level + 1 if is_allowed else level, now)
            if len(self._buckets) > _MOST_KEPT:
                self._buckets.popitem(last=False)
        return is_allowed
