"""Judge from what is reported of a send whether it should go on. Pure.

The limits are practice, not a provider's rules (sendgrid.md 4.4): receivers that see more bounces
or complaints stop taking the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.core.model.records import Health

_FEWEST = 2  # one alone is no rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Shares of the recipients whose mail went out; more than that pauses the send."""

    bounced: float
    complained: float
    blocked: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """A limit that is crossed."""

    kind: str
    sentence: str


def crossing(health: Health, limits: Limits) -> Crossing | None:
    """Find the gravest limit that is crossed and was not told of this send before."""
    found = (
        ("complained", health.complained, limits.complained),
        ("bounced", health.bounced, limits.bounced),
        ("blocked", health.blocked, limits.blocked),
    )
    for kind, count, limit in found:
        if kind not in health.told and count >= _FEWEST and count > limit * health.went:
            return Crossing(kind, _sentence(kind, count, health.went, limit))
    return None


def _sentence(kind: str, count: int, went: int, limit: float) -> str:
    share = f"{count / went:.2%}" if went else "all"
    return (
        f"{count} of {went} recipients {'were ' if kind == 'blocked' else ''}{kind} ({share}); "
        f"[delivery.canary] most_{kind} is {limit:.2%}."
    )
