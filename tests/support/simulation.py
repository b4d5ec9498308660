"""Simulations in tests: the settings of a small publication, and one render for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from newsletter.core.config import settings
from newsletter.core.config.settings import Settings
from newsletter.editions.proofs import Proof
from newsletter.operations.simulation.running import Plan, simulate
from newsletter.operations.simulation.verdicts import DayRecord
from newsletter.sandbox.faults import Rule
from tests.support.publication import make_publication

_LOOKS: dict[str, Proof] = {}  # they differ in their date alone, which is taken out of them


def make_simulated(root: Path, **environment: str) -> Settings:
    """Write a publication and read its settings."""
    made = make_publication(root, **environment)
    return settings.load(made.root, made.environment)


def live_through(
    told: Settings, dates: Sequence[date], *rules: Rule, readers: int = 3, **wishes: Any
) -> dict[date, DayRecord]:
    """Simulate some dates; return what became of each."""
    plan = Plan(settings=told, dates=tuple(dates), readers=readers, rules=rules)
    return {day.date: day for day in simulate(plan, looks=_LOOKS, **wishes)}
