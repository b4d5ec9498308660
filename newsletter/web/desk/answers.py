"""What the desk shows of what readers say: comments to decide on, letters, stars. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from newsletter.core.model.archive import ArchivedEdition
from newsletter.storage.site.answers import Comment, CommentState, Letter, Rating
from newsletter.web.desk.header import day_and_month
from newsletter.web.desk.words import N_, _, counted


class Kind(StrEnum):
    """A part of the page."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"
    LETTERS = "letters"
    STARS = "stars"


KINDS: Mapping[Kind, str] = {
    Kind.WAITING: N_("Waiting for you"),
    Kind.SHOWN: N_("Shown"),
    Kind.REFUSED: N_("Not shown"),
    Kind.LETTERS: N_("Letters"),
    Kind.STARS: N_("Stars"),
}
STATES: Mapping[Kind, CommentState] = {
    Kind.WAITING: CommentState.WAITING,
    Kind.SHOWN: CommentState.APPROVED,
    Kind.REFUSED: CommentState.REFUSED,
}
EMPTY: Mapping[Kind, str] = {
    Kind.WAITING: N_("Nothing waits for you. Who comments is shown here before anybody else."),
    Kind.SHOWN: N_("No comment is shown yet."),
    Kind.REFUSED: N_("Nothing was refused."),
    Kind.LETTERS: N_("Nobody wrote to you yet. Letters come by mail, too."),
    Kind.STARS: N_("Nobody gave stars yet."),
}
_ABOUT: Mapping[str, str] = {
    "question": N_("A question or a problem"),
    "story": N_("A story you should write"),
    "mistake": N_("A mistake in an edition"),
}
_DECISIONS: Mapping[CommentState, tuple[tuple[str, str], ...]] = {
    CommentState.WAITING: (("approved", N_("Show it")), ("refused", N_("Leave it out"))),
    CommentState.APPROVED: (("refused", N_("Take it down")),),
    CommentState.REFUSED: (("approved", N_("Show it")),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A comment or a letter, as the page lists it."""

    number: int
    who: str
    address: str
    about: str  # what it is to: an edition, or a kind of letter
    at: str
    text: str
    stars: int | None = None
    decisions: tuple[tuple[str, str], ...] = ()  # (what it becomes, the button's word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Starred:
    """The stars of an edition."""

    day: date
    date: str
    headline: str
    average: str
    votes: str


def kind_of(text: str) -> Kind:
    """Read which part an address asks for; what is none is what waits."""
    return Kind(text) if text in set(Kind) else Kind.WAITING


def comment(one: Comment, *, headline: str, zone: str) -> Said:
    """Return how a comment is listed."""
    title = headline or day_and_month(one.edition)
    return Said(
        number=one.id,
        who=one.name or _("A reader"),
        address=one.canonical,
        about=_("To “%(headline)s”, %(day)s", headline=title, day=day_and_month(one.edition)),
        at=_moment(one.at, zone),
        text=one.text,
        stars=one.stars,
        decisions=tuple((what, _(word)) for what, word in _DECISIONS.get(one.state, ())),
    )


def letter(one: Letter, *, zone: str) -> Said:
    """Return how a letter is listed."""
    about = _(_ABOUT[one.about]) if one.about in _ABOUT else ""
    return Said(
        number=one.id,
        who=one.canonical or _("Without an address"),
        address=one.canonical,
        about=about,
        at=_moment(one.at, zone),
        text=one.text,
    )


def starred(
    editions: Sequence[ArchivedEdition], ratings: Mapping[date, Rating]
) -> tuple[Starred, ...]:
    """Return the stars of the editions that have any, the newest first."""
    return tuple(
        Starred(
            day=one.edition,
            date=day_and_month(one.edition),
            headline=one.entry.headline,
            average=f"{found.average:.1f}",
            votes=counted("%(count)s vote", "%(count)s votes", found.votes),
        )
        for one in editions
        if (found := ratings.get(one.edition)) and found.votes
    )


def title(waiting: int) -> str:
    """Return the page's sentence: what waits."""
    if not waiting:
        return _("What readers say")
    return counted("%(count)s comment waits", "%(count)s comments wait", waiting)


def _moment(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{day_and_month(local.date())}, {local:%H:%M}"
