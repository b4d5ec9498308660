"""What readers said of an edition, as its page shows it: the average of their stars, comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.app import App


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment that was approved."""

    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What readers said of one edition."""

    average: float = 0.0
    votes: int = 0
    comments: tuple[Comment, ...] = ()


def answers(app: App, day: date) -> Answers:
    """Return what readers said of the edition of a date."""
    del app, day
    return Answers()


def state(app: App) -> object:
    """Return what changes whenever any answer that is shown does."""
    del app
    return None
