"""Today: where an edition stands in four steps, and the one thing to do next. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.core.calendar import Due
from newsletter.core.model.findings import Finding
from newsletter.editions.status import EditionFacts, EditionStatus, status_of
from newsletter.web.desk.header import Step, steps
from newsletter.web.desk.renders import Problem


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


@dataclass(frozen=True, slots=True)
class Row:
    """Something to do or to know: a bold line, a grey one, a button."""

    title: str
    text: str = ""
    button: str = ""
    path: str = ""  # below the date
    is_undo: bool = False  # the button takes the approval back


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What the page shows; the first row's button is the one to press, where there is one."""

    big: str
    when: str = ""
    rows: tuple[Row, ...] = ()
    steps: tuple[Step, ...] = ()
    has_main: bool = True


def screen(morning: Morning) -> Screen:
    """Say where the edition stands, and what comes next."""
    status = status_of(morning.known)
    if morning.known.send is not None:
        return _sent(morning, status)
    if morning.problem is not None:
        return _unmade(morning, morning.problem)
    if status is EditionStatus.MISSED:
        return Screen(
            big="It did not go out",
            when="Its time is over. Whoever runs the newsletter can still send it late.",
            rows=(Row("Look at it", "The mail as it would be.", "Look at it", ""),),
            steps=steps(done=2),
            has_main=False,
        )
    if morning.holding:
        return _to_correct(morning)
    return _ready(morning, status)


def _unmade(morning: Morning, problem: Problem) -> Screen:
    if problem.kind == "blank":
        return Screen(big="A day without an edition", when=problem.message, has_main=False)
    if problem.kind == "fault":
        row = Row(problem.place or "What is wrong", problem.message, "Look at it", "")
        return Screen(big="The mail cannot be made", when=_goes_out(morning), rows=(row,))
    rows = (
        Row(
            "Paste your page",
            "Copy the whole page, menu and all. What does not belong is left out, and you see it.",
            "Paste a page",
            "paste",
        ),
        Row("Write it here", "An empty sheet with headline, text and picture.", "Begin", "write"),
        *_if_nothing_comes(morning),
    )
    return Screen(
        big="Nothing for this day yet", when=_goes_out(morning), rows=rows, steps=steps(done=0)
    )


def _if_nothing_comes(morning: Morning) -> Iterator[Row]:
    due = morning.due
    if due is not None:
        until = clock(due.until, morning.zone)
        yield Row("If nothing comes", f"Nothing goes out. You can still send until {until}.")


def _to_correct(morning: Morning) -> Screen:
    count = len(morning.holding)
    things = "One thing" if count == 1 else f"{count} things"
    rows = tuple(
        Row(one.message, one.hint, "Correct it", _field_of(one)) for one in morning.holding
    )
    return Screen(
        big=f"{things} to correct",
        when=_goes_out(morning, once="once it is put right" if count == 1 else "once they are"),
        rows=rows,
        steps=steps(done=1, is_amber=True),
    )


_FIELDS = {"story": "stories-0", "fact": "fact", "quote": "quote", "word": "word"}


def _field_of(finding: Finding) -> str:
    place = _FIELDS.get(str(finding.place.part), "") if finding.place else ""
    return f"write#{place}" if place else "write"


def _ready(morning: Morning, status: EditionStatus) -> Screen:
    subject = Row(morning.subject, morning.preheader, "Look and approve", "")
    if status is EditionStatus.APPROVED and morning.known.approval is not None:
        by, at = morning.known.approval.by, clock(morning.known.approval.at, morning.zone)
        back = Row(
            f"{by} approved it at {at}",
            "Until it goes out it can be taken back. A changed word asks for approval again.",
            "Take it back",
            is_undo=True,
        )
        return Screen(
            big="Approved. Nothing left to do.",
            when=_goes_out(morning) + " You may close this page.",
            rows=(back, Row(morning.subject, morning.preheader, "Look at it", "")),
            steps=steps(done=4),
            has_main=False,
        )
    if status is EditionStatus.CHANGED:
        return Screen(
            big="Changed since it was approved",
            when=_goes_out(morning, once="once you approve it as it is now"),
            rows=(subject,),
            steps=steps(done=2),
        )
    return Screen(
        big="Ready, and waiting for you" if morning.is_needed else "Ready",
        when=_goes_out(morning, once="but only if you approve it" if morning.is_needed else ""),
        rows=(subject,),
        steps=steps(done=2),
    )


def _sent(morning: Morning, status: EditionStatus) -> Screen:
    send = morning.known.send
    readers = people(send.recipients if send else 0)
    at = clock(send.created_at, morning.zone) if send else ""
    big, when = {
        EditionStatus.OPEN: ("Going out now", f"To {readers}, begun at {at}."),
        EditionStatus.PAUSED: ("Stopped on its way", f"Of {readers} not all have it yet."),
        EditionStatus.CANCELLED: ("Cancelled", f"It was meant for {readers}."),
    }.get(status, (f"Sent to {readers}", f"Begun at {at}. Everybody once, nobody twice."))
    tomorrow = morning.day + timedelta(days=1)
    rows = (
        Row(f"Next: {tomorrow:%A}, {tomorrow.day} {tomorrow:%B}", "", "Prepare it",
            f"../{tomorrow}/today"),
        Row("Found a mistake?", "The words stay as they were sent; a correction can stand in them.",
            "Correct it", "write"),
    )  # fmt: skip
    return Screen(big=big, when=when, rows=rows, steps=steps(done=4))


def _goes_out(morning: Morning, *, once: str = "") -> str:
    due, now, zone = morning.due, morning.now, morning.zone
    return goes_out(due, now=now, zone=zone, readers=morning.readers, once=once)


def goes_out(due: Due | None, *, now: datetime, zone: str, readers: int, once: str = "") -> str:
    """Say when, in how long, to how many: "Goes out at 07:00, in 2 h 10 min, to 1,204 readers."."""
    if due is None:
        return "The calendar has no edition on this day."
    at, whom = clock(due.at, zone), people(readers)
    condition = f", {once}" if once else ""
    if due.at <= now:
        until = clock(due.until, zone)
        return f"It was to go out at {at}, and still can until {until}, to {whom}{condition}."
    return f"Goes out at {at}, in {span(due.at - now)}, to {whom}{condition}."


def people(count: int) -> str:
    """Count readers: "1,204 readers"."""
    return "nobody yet" if not count else (
        "1 reader" if count == 1 else f"{count:,} readers"
    )  # fmt: skip


def span(left: timedelta) -> str:
    """Write how long it is: "3 days", "2 h 10 min", "47 min"."""
    minutes = max(int(left.total_seconds()) // 60, 0)
    if minutes >= 2 * 24 * 60:
        return f"{minutes // (24 * 60)} days"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def clock(at: datetime, zone: str) -> str:
    """Write a moment as the publication's clocks show it: "07:00"; the end of a day is midnight."""
    shown = f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
    return "midnight" if shown == "00:00" else shown
