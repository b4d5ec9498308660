"""The rule for `send_at` (sendgrid.md 1.1). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newsletter.sandbox.problems import Problem
from newsletter.sandbox.shape import is_integer

FURTHEST_AHEAD = 72 * 3600  # seconds


def send_at(value: Any, path: str, *, now: float) -> Iterator[Problem]:
    """Check a send time: Unix seconds as an integer, at most 72 hours ahead; the past is now."""
    if not is_integer(value):
        yield Problem("The send_at value must be a Unix timestamp as an integer.", path)
    elif value > now + FURTHEST_AHEAD:
        yield Problem("The send_at value may be at most 72 hours in the future.", path)
