"""Run the simulation: wake the real tick at every moment at which it could have something to do.

A tick a minute would find nothing a thousand times a day. So the clock jumps: to the calendar's
next moment, to that of a wave, of mail that waits for its `send_at`, or of the operator; and while
something is held, at growing distances.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from newsletter.core import calendar
from newsletter.core.calendar import Due, Timetable
from newsletter.core.config.settings import Settings
from newsletter.core.errors import NewsletterError, TryLater
from newsletter.core.logs import origin
from newsletter.editions.proofs import Proof
from newsletter.operations import tick
from newsletter.operations.simulation import lived
from newsletter.operations.simulation.course import PROCESS, SOURCES, Course, course
from newsletter.operations.simulation.lived import LivedApp
from newsletter.operations.simulation.mortal import Clockwork, Killed, Life
from newsletter.operations.simulation.operator import Operator
from newsletter.operations.simulation.verdicts import DayRecord
from newsletter.sandbox.direct import DirectSandbox
from newsletter.sandbox.faults import Rule

_MINUTE = timedelta(minutes=1)
_LONGEST = timedelta(minutes=30)
_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # a new folder in it, of this user alone
_ROOM = 500_000_000  # bytes
_KILL_AFTER = 12  # steps, where a rule says no more than that it is killed
_BEFORE = frozenset({"reset-before-body", "reset-in-body"})
_AFTER = frozenset({"reset-after-body", "close", "lost", "garbage"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be simulated."""

    settings: Settings
    dates: tuple[date, ...]  # in order, with and without an edition; those between have none
    readers: int = 50
    rules: Sequence[Rule] = ()


def dates_from(start: date, days: int) -> tuple[date, ...]:
    """List so many dates in a row."""
    return tuple(start + timedelta(days=number) for number in range(days))


def simulate(
    plan: Plan,
    *,
    progress: Callable[[date], None] = lambda _day: None,
    threat: Callable[[Life], None] = lambda _life: None,
    looks: dict[str, Proof] | None = None,
) -> tuple[DayRecord, ...]:
    """Live through the dates of a plan; return what became of each.

    `threat` may let a life of the process end, and is asked before each tick. `looks` are those
    another simulation of the same publication rendered. Raises `ConfigError` for rules that fit
    nothing.
    """
    laid_out = course(plan.rules, plan.dates)
    with tempfile.TemporaryDirectory(prefix="newsletter-simulation-", dir=_place()) as folder:
        world = _World(plan, laid_out, Path(folder), threat, {} if looks is None else looks)
        try:
            return tuple(world.run(progress))
        finally:
            world.close()


def _place() -> Path | None:
    """Return a folder in memory, where there is room: what a simulation writes is thrown away."""
    has_room = _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK)
    return _IN_MEMORY if has_room and shutil.disk_usage(_IN_MEMORY).free > _ROOM else None


@dataclass
class _Seen:
    """What was told of the dates so far."""

    told: defaultdict[date, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    skipped: dict[date, str] = field(default_factory=dict)
    kills: defaultdict[date, int] = field(default_factory=lambda: defaultdict(int))
    quiet_since: datetime | None = None
    threatened: set[date] = field(default_factory=set)


class _World:
    """A publication, its provider, its operator, and the time that goes by for all of them."""

    def __init__(
        self,
        plan: Plan,
        laid_out: Course,
        root: Path,
        threat: Callable[[Life], None],
        looks: dict[str, Proof],
    ) -> None:
        self._plan, self._course, self._threat, self._looks = plan, laid_out, threat, looks
        self._clock = Clockwork(_long_before(plan))
        self._sandbox = DirectSandbox(
            root / "provider",
            clock=self._clock,
            faults=laid_out.provider,
            on_request=self._on_request,
        )
        folder = root / "publication"
        folder.mkdir()
        lived.copy_templates(plan.settings, folder)
        key = self._sandbox.account.public_key
        self._settings = lived.settings_for(
            _only_these_dates(plan), folder, key=key, course=laid_out
        )
        self._life = Life()
        self._app = self._born()
        lived.add_readers(self._app, plan.readers, now=self._clock.now())
        self._dues = _dues(plan.dates, self._app.timetable)
        self._operator = Operator(course=laid_out, sandbox=self._sandbox)
        self._seen = _Seen()

    def run(self, progress: Callable[[date], None]) -> Iterator[DayRecord]:
        """Live through all dates, then yield what became of each."""
        begin = min((due.prepare_at for due in self._dues.values()), default=self._clock.now())
        self._clock.moment = begin - _MINUTE
        for due in self._dues.values():
            self._operator.plan(self._app, due.date, due)
        for day in self._plan.dates:
            if day in self._dues:
                due = self._dues[day]
                self._live_until(due.last + (due.until - due.at))
            progress(day)
        yield from self._judged()

    def close(self) -> None:
        """End the last life, and the provider's account."""
        with suppress(Killed):
            self._app.close()
        self._sandbox.account.close()

    # --- time -----------------------------------------------------------------------------------

    def _live_until(self, end: datetime) -> None:
        while self._clock.now() < end:
            self._rest_of_the_night(self._wake())

    def _rest_of_the_night(self, report: tick.TickReport | None) -> None:
        """Move on to the next moment at which something could happen."""
        now, seen = self._clock.now(), self._seen
        if report is None or report.did:
            seen.quiet_since = None
            self._clock.moment = now + _MINUTE
            return
        seen.quiet_since = seen.quiet_since or now
        wait = min(max(_MINUTE, (now - seen.quiet_since) / 2), _LONGEST)
        known = self._moments(now)
        if report.rest_until is None:
            known.append(now + wait)
        elif any(path.startswith(SOURCES) for path, _ in self._course.days):
            known.append(report.rest_until)
        following = min(known, default=now + wait)
        if following > now + _MINUTE and report.rest_until is not None:
            seen.quiet_since = None
        self._clock.moment = following

    def _moments(self, now: datetime) -> list[datetime]:
        """List the coming moments of the calendar, the provider, the waves and the operator."""
        found: list[datetime | None] = [
            calendar.next_wake(self._settings.timetable, now),
            self._operator.next_moment(now),
        ]
        found += [
            datetime.fromtimestamp(one.due, now.tzinfo)
            for one in self._sandbox.account.schedule.waiting
        ]
        found += self._sources_back()
        if self._settings.schedule.zone == "reader":
            found += self._waves(now)
        return [one for one in found if one is not None and one > now]

    def _sources_back(self) -> list[datetime | None]:
        """List when sources that are late have something."""
        return [
            self._dues[day].prepare_at + one.delay
            for (path, day), one in self._course.days.items()
            if path.startswith(SOURCES) and one.delay is not None and day in self._dues
        ]

    def _waves(self, now: datetime) -> list[datetime | None]:
        with suppress(Killed):
            days = calendar.open_days(self._app.timetable, now)
            sends = [self._app.sends.find(day) for day in days]
            dues = [calendar.due(self._app.timetable, day) for day in days]
            waves = [self._app.sends.rests_until(one) for one in sends if one]
            return [*waves, *(one.prepare_at for one in dues), *(one.begin for one in dues)]
        return []

    def _on_request(self, moment: str) -> None:
        self._life.step(moment)  # of whichever life it is by now

    # --- the process ----------------------------------------------------------------------------

    def _born(self) -> LivedApp:
        self._life = Life()
        return LivedApp(
            self._settings,
            clock=self._clock,
            sandbox=self._sandbox,
            life=self._life,
            looks=self._looks,
        )

    def _wake(self) -> tick.TickReport | None:
        """Do what the world does at this moment, then a tick; None where it was cut short."""
        now = self._clock.now()
        day = self._day_of(now)
        if self._sleeps(day, now):
            return None
        self._threaten(day, now)
        try:
            self._report_events()
            self._operator.act(self._app, now)
            report = tick.run(self._app)
        except Killed:
            self._reborn(day)
            return None
        except TryLater as error:
            report = tick.TickReport(did=(), next_due=None, held=None, later=error.what)
        except NewsletterError as error:
            self._hear(day, f"{error.what} {error.hint}".rstrip())
            return None if self._life.is_over else self._nothing()
        except Exception as error:  # noqa: BLE001  # what the daemon logs and goes on from
            self._hear(day, f"A fault of the program: {origin(error)}")
            return self._nothing()
        if self._life.is_over:  # whoever caught it, a process that was killed is dead
            self._reborn(day)
            return None
        self._remember(day, report)
        return report

    def _nothing(self) -> tick.TickReport:
        return tick.TickReport(did=(), next_due=None, held=None)

    def _reborn(self, day: date) -> None:
        self._seen.kills[day] += 1
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Begin a life that nothing threatens yet."""
        with suppress(Killed):
            self._app.close()
        self._app = self._born()

    def _sleeps(self, day: date, now: datetime) -> bool:
        """Say whether the machine is off."""
        trouble, due = self._course.at(PROCESS, day), self._dues.get(day)
        if trouble is None or due is None or trouble.delay is None:
            return False
        return due.begin <= now < due.begin + trouble.delay

    def _threaten(self, day: date, now: datetime) -> None:
        """Let this life end, where that is its day."""
        self._threat(self._life)
        trouble, due = self._course.at(PROCESS, day), self._dues.get(day)
        if trouble is None or due is None or now < due.begin or day in self._seen.threatened:
            return
        self._seen.threatened.add(day)
        if trouble.fault in _BEFORE:
            self._life.end_at("before")
        elif trouble.fault in _AFTER:
            self._life.end_at("after")
        elif trouble.delay is None:
            self._life.end_after(_KILL_AFTER)

    def _report_events(self) -> None:
        """Let the provider post what it has to report, and take it in."""
        posts = self._sandbox.posts()
        if not posts:
            return
        intake = self._app.events()
        for body, headers in posts:
            intake.receive(body, headers)
        intake.work_off()

    # --- what is seen ---------------------------------------------------------------------------

    def _day_of(self, now: datetime) -> date:
        return calendar.open_day(self._settings.timetable, now)

    def _remember(self, day: date, report: tick.TickReport) -> None:
        if report.skipped:
            self._seen.skipped.setdefault(day, report.skipped)
        if report.held:
            self._hear(day, report.held)

    def _hear(self, day: date, sentence: str) -> None:
        named = [one for one in self._plan.dates if one.isoformat() in sentence] or [day]
        for one in named:
            self._seen.told[one][sentence] = None
            if "uncertain" in sentence:
                self._operator.hear(one, self._clock.now())

    def _judged(self) -> Iterator[DayRecord]:
        self._begin_anew()  # the last one may have been about to end
        mails = defaultdict[str, list[tuple[str, datetime]]](list)
        for mail in self._sandbox.account.mailbox.mails:
            mails[mail.custom_args.get("nl_send", "")].append((mail.recipient, mail.at))
        for day in self._plan.dates:
            send, due = self._app.sends.find(day), self._dues.get(day)
            yield DayRecord(
                date=day,
                due=due.last if due else None,
                recipients=send.recipients if send else 0,
                copies=tuple(mails[str(send.id)]) if send else (),
                told=tuple(self._seen.told.get(day, ())),
                skipped=self._seen.skipped.get(day),
                troubles=self._troubles(day),
                kills=self._seen.kills.get(day, 0),
            )

    def _troubles(self, day: date) -> tuple[str, ...]:
        return tuple(
            f"{path} {one.fault}" for (path, when), one in self._course.days.items() if when == day
        )


def _long_before(plan: Plan) -> datetime:
    """Return a moment before anything of a plan is due, wherever its readers live."""
    first = min(plan.dates, default=date(2001, 1, 1))
    return datetime.combine(first - timedelta(days=2), time(12), UTC)


def _only_these_dates(plan: Plan) -> Settings:
    """Let all dates around and between those of a plan have no edition."""
    if not plan.dates:
        return plan.settings
    first, last = plan.dates[0] - timedelta(days=2), plan.dates[-1] + timedelta(days=2)
    around = {*dates_from(first, (last - first).days + 1)} - {*plan.dates}
    schedule = plan.settings.schedule
    skip = (*schedule.skip, *sorted(around))
    return plan.settings.model_copy(update={"schedule": schedule.model_copy(update={"skip": skip})})


def _dues(dates: Sequence[date], timetable: Timetable) -> dict[date, Due]:
    found = ((day, calendar.edition_due(timetable, day)) for day in dates)
    return {day: due for day, due in found if due is not None}
