"""Readers who show no sign of life: what is known of them, counted and listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Quietness(StrEnum):
    """The best that is known of somebody's copies."""

    UNOPENED = "unopened"  # delivered; only where anything tells of opening
    UNDELIVERED = "undelivered"  # nothing but soft bounces, and the like
    SILENT = "silent"  # the provider reported nothing of any


@dataclass(frozen=True, slots=True)
class QuietGroup:
    """Quiet readers of one kind."""

    quietness: Quietness
    subscribers: int
    oldest: datetime  # the consent that is longest ago


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietReport:
    """The quiet readers, counted."""

    editions: int  # of the time, of which the provider reported anything
    tracked: bool  # whether anything tells of opening, or only of delivery
    groups: tuple[QuietGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietReader:
    """One quiet reader."""

    address: str
    name: str
    quietness: Quietness
    editions: int  # they were mailed
    consented_at: datetime
