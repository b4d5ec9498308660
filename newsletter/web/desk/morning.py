"""What is known of an edition's morning, and the line of its moments. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.core.calendar import Due
from newsletter.core.model.alarms import BEFORE
from newsletter.core.model.findings import Finding
from newsletter.core.model.records import SendView
from newsletter.editions.offers import Standing
from newsletter.editions.status import EditionFacts
from newsletter.web.desk.renders import Problem
from newsletter.web.desk.words import _, counted

_FAR = timedelta(hours=30)  # a line of so many hours would tell nothing
_NEAR = 16  # percent of the line that a label takes
Figures = tuple[tuple[str, str, str], ...]  # each: the number, what it counts, what it was before


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What may be taken for a morning without a story."""

    sites: tuple[str, ...] = ()  # whose newest may be asked for
    has_shelf: bool = False
    standing: tuple[Standing, ...] = ()  # of the shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What the settings say of a morning."""

    is_rehearsal: bool = False  # mails are written to a folder; nobody gets them
    reminds: bool = False  # somebody is told of what is missing before it goes
    mails_proof: bool = False  # the editor has a proof by mail once it is prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofMailed:
    """The last proof that the editor had by mail."""

    at: datetime | None = None  # None: there was none
    has_code: bool = False  # its code approves the edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What else a page about a morning shows."""

    view: SendView | None = None  # of the send, once it was frozen
    notes: tuple[Finding, ...] = ()  # that hold nothing
    configured: Configured = field(default_factory=Configured)
    begins_at: datetime | None = None  # a late send that was asked for, and can be taken back
    failed: str = ""  # why a send that was asked for here did not begin
    before: Figures = ()  # of the send before
    figures: Figures = ()  # of this one
    features: tuple[tuple[str, str], ...] = ()  # what stands beside the story
    next_has_story: bool = False  # the next edition has one
    comments: int = 0  # that wait for a decision
    proof: ProofMailed = field(default_factory=ProofMailed)
    offers: Offered = field(default_factory=Offered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What is known of an edition at a moment."""

    day: date
    now: datetime
    zone: str
    known: EditionFacts
    due: Due | None  # its moments; None: the calendar has no edition on this date
    readers: int  # whom it would go to now
    is_needed: bool  # it only goes out approved
    problem: Problem | None = None
    holding: tuple[Finding, ...] = ()
    subject: str = ""
    preheader: str = ""
    around: Around = field(default_factory=Around)

    @property
    def is_late(self) -> bool:
        """Say whether its moment has passed, and it can still go."""
        return self.due is not None and self.due.at <= self.now <= self.due.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A moment on the line; `at` in percent of its length."""

    at: float
    clock: str
    label: str
    is_: str  # "past", "now" or "coming"
    kind: str = ""  # "main" stands out, "minor" is left out on a phone
    anchor: str = "middle"


def points(morning: Morning) -> tuple[Point, ...]:
    """Place the moments of a morning on a line; none while it is far away."""
    due, now = morning.due, morning.now
    if due is None or due.at - now > _FAR or now > due.until:
        return ()
    first, last = min(due.prepare_at, now), due.until
    length = (last - first) / timedelta(seconds=1) or 1.0

    def at(moment: datetime) -> float:
        return round((moment - first) / timedelta(seconds=1) / length * 100, 1)

    named = (
        _prepared(morning, due),
        *_reminder(morning, due),
        (now, _("Now"), ""),
        (due.at, _("Goes out"), "main"),
        (due.until, _("Latest"), ""),
    )
    made = [
        Point(
            at=at(moment),
            clock=clock(moment, morning.zone),
            label=label,
            is_="now" if moment is now else "past" if moment <= now else "coming",
            kind=kind,
            anchor=_anchor(at(moment)),
        )
        for moment, label, kind in sorted(named, key=lambda one: one[0])
    ]
    return tuple(_without_crowded(made))


def _prepared(morning: Morning, due: Due) -> tuple[datetime, str, str]:
    """Return the moment at which it is gathered; a proof goes to the editor then, where one does.

    It waits for an edition that is not there yet, and goes again after an edit.
    """
    around = morning.around
    if around.proof.at is not None:
        return around.proof.at, _("Proof mailed"), "minor"
    if not around.configured.mails_proof or due.prepare_at >= due.begin:
        return due.prepare_at, _("Gathered"), "minor"
    is_to_come = morning.now < due.prepare_at
    return due.prepare_at, _("Proof by mail") if is_to_come else _("No proof yet"), "minor"


def _reminder(morning: Morning, due: Due) -> Iterator[tuple[datetime, str, str]]:
    """Yield the moment at which somebody is told of what is still missing, where anybody is.

    After it, and once nothing is missing, it would only be in the way.
    """
    moment = due.begin - BEFORE
    is_ready = morning.known.approval is not None if morning.is_needed else not morning.holding
    reminds = morning.around.configured.reminds and moment > morning.now
    if reminds and (morning.problem or not is_ready):
        yield moment, _("Reminder"), "minor"


def _anchor(at: float) -> str:
    """Keep a label at either end within the line."""
    return "start" if at < _NEAR else "end" if at > 100 - _NEAR else "middle"


def _without_crowded(made: list[Point]) -> Iterator[Point]:
    """Leave labels out that would stand over the one of now, or of a moment that matters more."""
    now = next(one for one in made if one.is_ == "now")
    out = next(one for one in made if one.kind == "main")
    for one in made:
        rivals = [other for other in (now, out) if other is not one and one is not now]
        crowded = any(abs(other.at - one.at) < _NEAR for other in rivals)
        yield Point(at=one.at, clock="", label="", is_=one.is_, kind=one.kind) if crowded else one


def goes_out(due: Due | None, *, now: datetime, zone: str, readers: int, once: str = "") -> str:
    """Say when, in how long, to how many: "Goes out at 07:00, in 2 h 10 min, to 1,204 readers."."""
    if due is None:
        return _("The calendar has no edition on this day.")
    at, whom = clock(due.at, zone), people(readers)
    condition = f", {once}" if once else ""
    if due.at <= now:
        until = clock(due.until, zone)
        told = _("It was to go out at %(at)s, and still can until %(until)s, to %(whom)s%(once)s.")
        return told % {"at": at, "until": until, "whom": whom, "once": condition}
    told = _("Goes out at %(at)s, in %(span)s, to %(whom)s%(once)s.")
    return told % {"at": at, "span": span(due.at - now), "whom": whom, "once": condition}


def people(count: int) -> str:
    """Count readers: "1,204 readers"."""
    return counted("%(count)s reader", "%(count)s readers", count) if count else _("nobody yet")


def span(left: timedelta) -> str:
    """Write how long it is: "3 days", "2 h 10 min", "47 min"."""
    minutes = max(int(left.total_seconds()) // 60, 0)
    if minutes >= 2 * 24 * 60:
        days = minutes // (24 * 60)
        return counted("%(count)s day", "%(count)s days", days)
    hours, rest = divmod(minutes, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)
    return _("%(minutes)s min", minutes=rest)


def clock(at: datetime, zone: str) -> str:
    """Write a moment as the publication's clocks show it: "07:00"; the end of a day is midnight."""
    shown = f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
    return _("midnight") if shown == "00:00" else shown
