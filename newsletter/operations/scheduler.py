"""The daemon: APScheduler wakes one idempotent tick. What is due is decided by the tick itself.

APScheduler only provides the waiting: one job in memory, never two at once, never dropped for
being late. Its own cron and calendar triggers are not used, because they skip days when clocks
change; `calendar` gives the moments. A tick a minute is the net below: a machine that slept, a
clock that jumped or an edition that was begun elsewhere is noticed within a minute.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from newsletter.core import calendar
from newsletter.core.calendar import Timetable
from newsletter.core.clock import Clock
from newsletter.core.errors import NewsletterError, TryLater
from newsletter.core.logs import origin, without_addresses
from newsletter.operations.tick import TickReport

log = logging.getLogger(__name__)

NET = timedelta(minutes=1)
# A signal that comes while Python hands its lock from the main thread to another, just before a
# wait, does not interrupt the wait: its handler runs when the wait is over.
_HEARS_SIGNALS_WITHIN = 1.0  # seconds


class Wakes(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """Fire at once, then at each moment of the calendar, and after a minute at the latest."""

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return the next moment to wake; after the first it is always later than `now`."""
        if previous is None:
            return now
        coming = calendar.next_wake(self.timetable, now)
        return min(coming, now + NET) if coming else now + NET


def watch(
    tick: Callable[[], TickReport],
    *,
    timetable: Timetable,
    clock: Clock,
    stop: threading.Event,
) -> None:
    """Wake the tick until `stop` is set, then return when the tick under way has ended.

    The first tick comes at once. No error of a tick ends the daemon; each is logged.
    """
    scheduler = _scheduler()
    job = scheduler.add_job(Careful(tick), Wakes(timetable), id="tick")
    scheduler.start()
    log.info("schedule.started zone=%s at=%s", timetable.zone, timetable.at)
    try:
        while not stop.wait(_HEARS_SIGNALS_WITHIN):
            catch_up_with_clock(job, clock.now())
    finally:
        scheduler.shutdown(wait=True)
        log.info("schedule.stopped")


def catch_up_with_clock(job: Any, now: datetime) -> None:
    """Wake a job at once that waits for a moment which a clock set back moved far away."""
    if job.next_run_time and job.next_run_time - now > NET:
        log.warning("schedule.clock_went_back next_run_time=%s now=%s", job.next_run_time, now)
        job.modify(next_run_time=now)


def _scheduler() -> BackgroundScheduler:
    # A tick that takes longer than a minute is normal; APScheduler would warn of it each time.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return BackgroundScheduler(
        timezone=UTC,
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(max_workers=1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )


class Careful:
    """A tick whose outcome is logged, whatever it is; what is held is logged when it changes."""

    def __init__(self, tick: Callable[[], TickReport]) -> None:
        self._tick = tick
        self._held: str | None = None
        self._skipped: str | None = None

    def __call__(self) -> None:
        """Do one tick; never raises."""
        try:
            self._tell(self._tick())
        except TryLater as error:
            log.info("schedule.later %s", without_addresses(error.what))
        except NewsletterError as error:
            log.error("schedule.failed %s", without_addresses(f"{error.what} {error.hint}"))
        except Exception as error:  # noqa: BLE001  # an edge: the next tick may well succeed
            log.error("schedule.fault %s", origin(error))

    def _tell(self, report: TickReport) -> None:
        for sentence in report.did:
            log.info("schedule.did %s", without_addresses(sentence))
        if report.held and report.held != self._held:
            log.warning("schedule.held %s", without_addresses(report.held))
        if report.skipped and report.skipped != self._skipped:
            log.info("schedule.skipped %s", without_addresses(report.skipped))
        if report.later:
            log.info("schedule.later %s", without_addresses(report.later))
        self._held, self._skipped = report.held, report.skipped
