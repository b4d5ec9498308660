"""The daemon for real, in short runs: when it wakes, what it survives, how it ends."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.cli._signals import stop_on_signals
from newsletter.core.calendar import WEEKDAYS, Timetable
from newsletter.core.clock import SystemClock
from newsletter.core.errors import Held, TryLater
from newsletter.operations import scheduler
from newsletter.operations.tick import TickReport
from tests.support.time import PATIENCE, wait_until

QUIET = TickReport(did=(), next_due=None, held=None)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_timetable(at: time, zone: str = "UTC") -> Timetable:
    """Build a timetable of every day."""
    return Timetable(zone=zone, at=at, days=frozenset(WEEKDAYS))


class Ticks:
    """A tick that counts, and answers what it is told to."""

    def __init__(self, *answers: TickReport | Exception) -> None:
        self.moments: list[datetime] = []
        self._answers = list(answers)
        self._more = threading.Condition()

    def __call__(self) -> TickReport:
        with self._more:
            self.moments.append(SystemClock().now())
            self._more.notify_all()
            answer = self._answers.pop(0) if self._answers else QUIET
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wait_for(self, count: int) -> None:
        """Wait until so many ticks have begun."""
        with self._more:
            # The net below the calendar is a minute wide.
            assert self._more.wait_for(lambda: len(self.moments) >= count, 2 * PATIENCE)


def wait_for(event: threading.Event) -> None:
    """Wait until something happened."""
    assert event.wait(PATIENCE)


def run_until(
    tick: Callable[[], TickReport], timetable: Timetable, enough: Callable[[], None]
) -> None:
    """Run the daemon until `enough` returns, then stop it and wait for its end."""
    stop = threading.Event()
    daemon = threading.Thread(
        target=scheduler.watch,
        args=(tick,),
        kwargs={"timetable": timetable, "clock": SystemClock(), "stop": stop},
    )
    daemon.start()
    try:
        enough()
    finally:
        stop.set()
        daemon.join(PATIENCE)
    assert not daemon.is_alive()


def test_daemon_ticks_at_once_and_at_the_due_moment() -> None:
    for lead in (0.3, 3, 30):  # on a machine that has not begun by then, once more with more time
        ticks = Ticks()
        due = SystemClock().now() + timedelta(seconds=lead)
        run_until(ticks, make_timetable(due.time()), lambda ticks=ticks: ticks.wait_for(2))
        first, second = ticks.moments[:2]
        if first < due:
            break
    assert first < due <= second < first + scheduler.NET


def test_no_error_of_a_tick_ends_the_daemon(caplog: pytest.LogCaptureFixture) -> None:
    ticks = Ticks(ZeroDivisionError("reader@example.org"))
    due = SystemClock().now() + timedelta(seconds=0.3)  # or else a minute later
    with caplog.at_level(logging.INFO, "newsletter.operations.scheduler"):
        run_until(ticks, make_timetable(due.time()), lambda: ticks.wait_for(2))
    assert "schedule.fault ZeroDivisionError in " in caplog.text
    assert "reader@example.org" not in caplog.text


def test_stopping_waits_for_the_tick_under_way() -> None:
    begun, finished = threading.Event(), threading.Event()

    def slow() -> TickReport:
        begun.set()
        threading.Event().wait(0.15)
        finished.set()
        return QUIET

    run_until(slow, make_timetable(time(7)), lambda: wait_for(begun))
    assert finished.is_set()


def test_a_tick_never_overlaps_another() -> None:
    at_work, first_ended = threading.Lock(), threading.Event()
    overlaps: list[bool] = []
    due = SystemClock().now() + timedelta(seconds=0.1)  # while the first tick is at work

    def slow() -> TickReport:
        overlaps.append(not at_work.acquire(blocking=False))
        wait_until(lambda: SystemClock().now() > due)
        threading.Event().wait(0.1)
        at_work.release()
        first_ended.set()
        return QUIET

    run_until(slow, make_timetable(due.time()), lambda: wait_for(first_ended))
    assert not any(overlaps)


def test_wakes_at_the_earlier_of_due_moment_and_a_minute() -> None:
    wakes = scheduler.Wakes(make_timetable(time(7), "Europe/Berlin"))
    shortly_before = datetime(2026, 3, 29, 4, 59, 30, tzinfo=UTC)
    assert wakes.get_next_fire_time(None, NOW) == NOW
    assert wakes.get_next_fire_time(NOW, NOW) == NOW + timedelta(minutes=1)
    assert wakes.get_next_fire_time(NOW, shortly_before) == datetime(
        2026, 3, 29, 7, tzinfo=ZoneInfo("Europe/Berlin")
    )


def test_wakes_every_minute_when_no_edition_is_to_come() -> None:
    nothing = Timetable(zone="UTC", at=time(7), days=frozenset())
    wakes = scheduler.Wakes(nothing)
    assert wakes.get_next_fire_time(NOW, NOW) == NOW + timedelta(minutes=1)


class Job:
    """What the daemon knows of APScheduler's job."""

    def __init__(self, next_run_time: datetime) -> None:
        self.next_run_time = next_run_time

    def modify(self, *, next_run_time: datetime) -> None:
        """Move the job."""
        self.next_run_time = next_run_time


@pytest.mark.parametrize(("ahead", "moved"), [(60, False), (61, True), (7200, True), (-5, False)])
def test_clock_that_was_set_back_does_not_delay_the_next_tick(ahead: int, moved: bool) -> None:
    job = Job(NOW + timedelta(seconds=ahead))
    scheduler.catch_up_with_clock(job, NOW)
    assert (job.next_run_time == NOW) is moved


def test_outcomes_are_logged_and_what_is_held_only_once(caplog: pytest.LogCaptureFixture) -> None:
    held = TickReport(did=("Prepared.",), next_due=None, held="Ask ed@example.org about the story.")
    careful = scheduler.Careful(Ticks(held, held, QUIET, held))
    with caplog.at_level(logging.INFO, "newsletter.operations.scheduler"):
        for _ in range(4):
            careful()
    told = [record.getMessage() for record in caplog.records]
    assert told.count("schedule.did Prepared.") == 3
    assert told.count("schedule.held Ask …@… about the story.") == 2


@pytest.mark.parametrize(
    ("error", "level", "message"),
    [
        (TryLater("Wait.", hint="Soon."), "INFO", "schedule.later Wait."),
        (Held("No key.", hint="Set it."), "ERROR", "schedule.failed No key. Set it."),
    ],
)
def test_errors_are_logged_by_what_they_mean(
    error: Exception, level: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "newsletter.operations.scheduler"):
        scheduler.Careful(Ticks(error))()
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [(level, message)]


_DAEMON = """
import threading
from datetime import time
from newsletter.cli._signals import stop_on_signals
from newsletter.core.calendar import Timetable
from newsletter.core.clock import SystemClock
from newsletter.operations import scheduler
from newsletter.operations.tick import TickReport

def tick():
    print("begun", flush=True)
    threading.Event().wait(0.2)
    print("ended", flush=True)
    return TickReport(did=(), next_due=None, held=None)

timetable = Timetable(zone="UTC", at=time(7), days=frozenset())
with stop_on_signals() as stop:
    scheduler.watch(tick, timetable=timetable, clock=SystemClock(), stop=stop)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_daemon_after_the_tick_under_way(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _DAEMON], stdout=subprocess.PIPE, text=True
    ) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == "begun\n"
        daemon.send_signal(number)
        output, _ = daemon.communicate(timeout=PATIENCE)
    assert output == "ended\n"
    assert daemon.returncode == 0


class Deaf(threading.Event):
    """Is set by a signal that comes as a wait begins: Python hears it when the wait is over."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Return at once, and only the second time with the signal heard."""
        if self.is_set():
            return True
        assert timeout is not None
        self.waited.append(timeout)
        self.set()
        return False


def test_a_signal_that_does_not_interrupt_the_wait_is_heard_within_a_second() -> None:
    stop = Deaf()
    scheduler.watch(Ticks(), timetable=make_timetable(time(7)), clock=SystemClock(), stop=stop)
    assert stop.waited == [pytest.approx(1.0)]


def test_handlers_of_before_are_back_after_the_first_signal() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals() as stop:
        assert signal.getsignal(signal.SIGTERM) != before
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set()
        assert signal.getsignal(signal.SIGTERM) == before
