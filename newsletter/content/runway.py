"""Until when what takes turns in a chain lasts without a repeat. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from newsletter.content.repeats import WINDOW, keys
from newsletter.core.model import Part, Supply

ENOUGH = 14  # editions; fewer are worth a warning
HORIZON = 2 * 366  # what lasts so long has no end: an entry is free again after a year


@dataclass(frozen=True, slots=True, kw_only=True)
class Runway:
    """How long one chain lasts."""

    part: Part
    entries: int  # that take turns, each counted once
    unused: int  # of them, within a year
    editions: int | None  # that come without a repeat; None: no end
    until: date | None  # the last of them; None: no end, or not even one


def runway(
    part: Part, pool: Iterable[Supply], *, used: Mapping[str, date], days: Iterable[date]
) -> Runway:
    """Simulate the coming editions over a pool, each taking the entry unused for longest.

    `used` has the latest use of each key within a year; `days` are the coming publication dates.
    Entries bound to a date and live sources are not counted on: they only make it longer.
    """
    found = {key for supply in pool for key in keys(part, supply)[:1]}
    lasted = [*_lasting([used.get(key, date.min) for key in found], islice(days, HORIZON))]
    endless = len(lasted) == HORIZON
    return Runway(
        part=part,
        entries=len(found),
        unused=len(found - used.keys()),
        editions=None if endless else len(lasted),
        until=None if endless or not lasted else lasted[-1],
    )


def warnings(runways: Iterable[Runway]) -> tuple[str, ...]:
    """Say in full sentences which features run out soon; stories are the editor's own affair."""
    return tuple(
        f"There is a {one.part} without a repeat {_until(one)}; {one.entries} take turns."
        for one in runways
        if one.part is not Part.STORY and one.editions is not None and one.editions < ENOUGH
    )


def _until(one: Runway) -> str:
    return f"only until {one.until}" if one.until else "no more"


def _lasting(last_used: list[date], days: Iterable[date]) -> Iterator[date]:
    heapq.heapify(last_used)
    for day in days:
        if not last_used or last_used[0] >= day - WINDOW:
            return
        heapq.heapreplace(last_used, day)
        yield day
