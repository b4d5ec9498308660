"""The request budget of a time window, as the X-RateLimit headers tell it (sendgrid.md 1.3)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left after a request."""

    limit: int
    remaining: int
    reset: int  # Unix seconds
    allowed: bool

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the headers that stand on every answer."""
        return (
            ("X-RateLimit-Limit", str(self.limit)),
            ("X-RateLimit-Remaining", str(self.remaining)),
            ("X-RateLimit-Reset", str(self.reset)),
        )


class RateLimit:
    """Count requests in windows of fixed length; the first request opens a window."""

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._window = window
        self._ends = 0.0
        self._used = 0

    def take(self, now: float) -> Budget:
        """Count one request."""
        if now >= self._ends:
            self._ends, self._used = now + self._window, 0
        self._used += 1
        return Budget(
            limit=self._limit,
            remaining=max(0, self._limit - self._used),
            reset=int(-(-self._ends // 1)),
            allowed=self._used <= self._limit,
        )
