"""What goes wrong on which simulated day, by the sandbox's own fault file. Pure.

Rules whose path is one of these are not the provider's. Their numbers count days, from 1:
`/sources` and `/sources/PART` are empty, `/operator` forgets, `/process` is killed. A `slow` one
is late by `seconds` and then there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from newsletter.core.errors import ConfigError
from newsletter.core.model import Part
from newsletter.sandbox.faults import FaultKind, FaultPlan, Rule

SOURCES, OPERATOR, PROCESS = "/sources", "/operator", "/process"
PATHS = (SOURCES, *(f"{SOURCES}/{part}" for part in Part), OPERATOR, PROCESS)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault of one day."""

    fault: FaultKind
    seconds: float

    @property
    def delay(self) -> timedelta | None:
        """Return how late it is; None: it does not come at all."""
        return timedelta(seconds=self.seconds) if self.fault == "slow" else None


@dataclass(frozen=True, slots=True)
class Course:
    """The troubles of a simulation."""

    provider: tuple[Rule, ...]  # what the sandbox does
    days: Mapping[tuple[str, date], Trouble]

    def at(self, path: str, day: date) -> Trouble | None:
        """Return what befalls a part of the world on a date."""
        return self.days.get((path, day))

    def sources(self, part: Part) -> dict[date, Trouble]:
        """Return the days on which a part's sources are empty."""
        paths = (SOURCES, f"{SOURCES}/{part}")
        return {day: one for (path, day), one in self.days.items() if path in paths}


def course(rules: Sequence[Rule], days: Sequence[date]) -> Course:
    """Tell the provider's faults from those of the world around it, and lay these out by date.

    Raises `ConfigError` for a path that neither has.
    """
    ours = [rule for rule in rules if not _is_providers(rule.which.path)]
    for rule in ours:
        if rule.which.path not in PATHS:
            raise ConfigError(
                f"Nothing in a simulation has the path “{rule.which.path}”.",
                hint=f"The provider's begin with /v3/; beside them there are {', '.join(PATHS)}.",
            )
    plan, found = FaultPlan(ours), dict[tuple[str, date], Trouble]()
    for day in days:
        for path in PATHS:
            met = plan.draw(path, plan.number(path))
            if met is not None:
                found[path, day] = Trouble(met.fault, met.pace.seconds)
    provider = tuple(rule for rule in rules if _is_providers(rule.which.path))
    return Course(provider=provider, days=found)


def _is_providers(path: str) -> bool:
    return path == "*" or path.startswith("/v3/")
