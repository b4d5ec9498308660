"""What readers said of an edition, as its page shows it: the average of their stars, comments."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.web.site.site import Site


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


def answers(site: Site, day: date) -> Answers:
    """Return what readers said of the edition of a date."""
    kept = site.records.answers
    rating = kept.rating(day)
    return Answers(
        average=rating.average,
        votes=rating.votes,
        comments=tuple(
            Comment(name=one.name, text=one.text, at=one.at) for one in kept.approved(day)
        ),
    )


def state(site: Site, day: date) -> Hashable:
    """Return what changes whenever any answer does that the page of a date shows."""
    return answers(site, day)
