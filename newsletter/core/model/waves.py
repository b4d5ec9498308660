"""Part an audience into waves: who is due at the same moment, and who goes first. Pure.

Recipients are numbered wave by wave, so a wave is a range of positions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Group:
    """So many people who are due at the same moment."""

    due_at: datetime
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A range of positions, both ends included, that is due at a moment."""

    due_at: datetime
    first: int
    last: int
    canary: bool = False  # goes before all others, who wait for what is reported of it


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryPlan:
    """How many go first, and how long the others wait for what is reported of them."""

    share: float
    wait: timedelta
    earliest: datetime  # when the first can have it, although due before


def groups(counts: Mapping[str, int], mornings: Mapping[str, datetime]) -> tuple[Group, ...]:
    """Put together the zones that are due at the same moment, the earliest first."""
    sizes: Counter[datetime] = Counter()
    for zone, count in counts.items():
        sizes[mornings[zone]] += count
    return tuple(Group(moment, sizes[moment]) for moment in sorted(sizes))


def ranks(mornings: Mapping[str, datetime]) -> dict[str, int]:
    """Return each zone the number of its group; recipients are numbered in this order."""
    order = {moment: rank for rank, moment in enumerate(sorted(set(mornings.values())))}
    return {zone: order[moment] for zone, moment in mornings.items()}


def waves(parts: Sequence[Group], canary: CanaryPlan | None = None) -> tuple[Wave, ...]:
    """Return groups their ranges; the canary is the beginning of the first group.

    The canary has that share of everybody, as far as the first group goes, and one person at
    least; without anybody after it there is none. No other wave is due before it is judged.
    """
    ends = list(accumulate(group.size for group in parts))
    found = tuple(
        Wave(due_at=group.due_at, first=end - group.size + 1, last=end)
        for group, end in zip(parts, ends, strict=True)
        if group.size
    )
    if not found or canary is None or not canary.share:
        return found
    return _with_canary(found, canary)


def _with_canary(found: tuple[Wave, ...], canary: CanaryPlan) -> tuple[Wave, ...]:
    first, everybody = found[0], found[-1].last
    size = min(max(round(canary.share * everybody), 1), first.last)
    if size == everybody:
        return found
    judged = max(first.due_at, canary.earliest) + canary.wait
    others = [Wave(due_at=first.due_at, first=size + 1, last=first.last), *found[1:]]
    return (
        Wave(due_at=first.due_at, first=1, last=size, canary=True),
        *(
            Wave(due_at=max(one.due_at, judged), first=one.first, last=one.last)
            for one in others
            if one.first <= one.last
        ),
    )
