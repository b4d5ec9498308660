"""Ping a server that raises the alarm when nothing is heard, as healthchecks.io understands it.

`/start` goes out beside the send, the end of the day's work when it is proved: success, or an exit
code. Both have the run's id. Nothing waits for the server while anything is due, and what it did
not take is told again, at growing distances.
"""

from __future__ import annotations

import logging
import threading
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.errors import ExitCode, NewsletterError
from newsletter.core.http.answer import HttpFailure
from newsletter.core.http.client import HttpClient
from newsletter.core.logs import without_addresses
from newsletter.operations.alarms import LATE_AFTER
from newsletter.storage.heartbeats import Beat, Heartbeats

SUCCESS, START = "success", "start"
_TIMEOUT = 5.0  # seconds for one ping
_LONGEST_GAP = timedelta(minutes=30)
_LONGEST_TOLD = 2_000  # characters; a server keeps the first 100 kB
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEnd:
    """How the work of a date ended, or stands after it should have."""

    day: date
    signal: str  # "success", or an exit code
    told: str


@dataclass
class Heartbeat:
    """The pings of one tick."""

    app: App
    waits: bool = False  # something is still to be told
    _begun: threading.Thread | None = field(default=None, init=False)

    @property
    def _records(self) -> Heartbeats:
        return Heartbeats(self.app.database, self.app.settings.publication.id)

    def begin(self, day: date) -> None:
        """Tell that the work on a date begins, beside that work; once."""
        if self.app.settings.alerts.heartbeat is None or self._begun is not None:
            return
        if self._records.last(day) is not None:
            return
        self._write(day, START, arrived=True, tries=1)
        ping = threading.Thread(target=self._ping, args=(day, START, "", _TIMEOUT), daemon=True)
        ping.start()
        self._begun = ping

    def end(self, found: DayEnd | None, *, patience: float) -> None:
        """Tell how a date ended, unless that is known; within so many seconds at most."""
        if found is None or self.app.settings.alerts.heartbeat is None:
            return
        last, now = self._records.last(found.day), self.app.clock.now()
        tries = 0
        if last is not None and last.signal == found.signal:
            if last.arrived:
                return
            tries = last.tries
            if now < last.tried_at + min(timedelta(minutes=2 ** min(tries, 9) - 1), _LONGEST_GAP):
                self.waits = True
                return
        if patience < 1:
            self.waits = True
            return
        if self._begun is not None:  # so that the server hears of the start first
            self._begun.join(min(_TIMEOUT, patience))
        arrived = self._ping(found.day, found.signal, found.told, min(_TIMEOUT, patience))
        self._write(found.day, found.signal, arrived=arrived, tries=tries + 1)
        self.waits = not arrived

    def _write(self, day: date, signal: str, *, arrived: bool, tries: int) -> None:
        beat = Beat(signal=signal, arrived=arrived, tries=tries, tried_at=self.app.clock.now())
        self._records.write(day, beat)

    def _ping(self, day: date, signal: str, told: str, timeout: float) -> bool:
        base = self.app.settings.alerts.heartbeat
        if base is None:
            return True
        url = address(base, signal, run=self._run(day))
        body = without_addresses(told)[:_LONGEST_TOLD].encode()
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        try:
            with HttpClient(connections=1, proxies=self.app.settings.proxies) as wire:
                answer = wire.exchange("POST", url, headers=headers, timeout=timeout, body=body)
        except HttpFailure as error:
            log.warning("heartbeat.lost signal=%s %s", signal, error)
            return False
        if 200 <= answer.status < 300:
            return True
        log.warning("heartbeat.lost signal=%s status=%s", signal, answer.status)
        return False

    def _run(self, day: date) -> str:
        """Return the id that start and end of a date's work have in common."""
        name = f"newsletter:{self.app.settings.publication.id}:{day}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def address(base: str, signal: str, *, run: str) -> str:
    """Return where a signal is told: `/start`, the address itself, or `/EXITCODE`. Pure."""
    parts = urlsplit(base)
    path = parts.path.rstrip("/") + ("" if signal == SUCCESS else f"/{signal}")
    query = "&".join(filter(None, (parts.query, urlencode({"rid": run}))))
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def day_end(
    app: App, *, now: datetime, held: str | None, later: str | None, fault: str | None
) -> DayEnd | None:
    """Say how the date of this moment ended; None while its work may still be going on."""
    timetable = app.settings.timetable
    day = calendar.open_day(timetable, now)
    due = calendar.due(timetable, day)
    if now < due.at:
        return None
    if not calendar.is_publication_day(timetable, day):
        return DayEnd(day=day, signal=SUCCESS, told=f"There is no edition on {day}, as planned.")
    ended = _ended(app, day)
    if ended is not None:
        return ended
    if now < due.last + LATE_AFTER:
        return None
    for code, told in (
        (ExitCode.FAILED, fault),
        (ExitCode.HELD, held),
        (ExitCode.TRY_LATER, later),
    ):
        if told:
            return DayEnd(day=day, signal=str(int(code)), told=told)
    return None


def _ended(app: App, day: date) -> DayEnd | None:
    send = app.sends.find(day)
    if send is None or send.status not in {"complete", "cancelled"}:
        return None
    if send.status == "cancelled":
        told = f"The send of the edition of {day} was cancelled."
        return DayEnd(day=day, signal=SUCCESS, told=told)
    try:
        proved = app.audit(day)
    except NewsletterError as error:
        return DayEnd(day=day, signal=str(int(ExitCode.FAILED)), told=error.what)
    if not proved.complete:
        code = str(int(ExitCode.HELD))
        return DayEnd(day=day, signal=code, told=" ".join(proved.problems))
    told = f"The edition of {day} went to {send.recipients:,} recipients; the audit is complete."
    return DayEnd(day=day, signal=SUCCESS, told=told)
