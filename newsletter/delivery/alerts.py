"""Tell the operator what waits for a person: once, at growing distances, and when it is solved.

What is seen is only written down at first, which takes no time. It is told when the work of a tick
is done, in one text for each way: web hook, mail and command. A way that fails is told once over
the others, and rests for longer and longer.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.logs import without_addresses
from newsletter.core.model.alarms import Alarm, AlarmKind, Condition
from newsletter.core.model.single_mails import MailKind, MailState, SingleMail
from newsletter.delivery import alarm_channels, alarm_forms
from newsletter.storage.alarms import AlarmRecords
from newsletter.storage.database import Database
from newsletter.storage.single_mails import SingleMails

PATIENCE = 10.0  # seconds; a tick does not wait longer for one way than that
_A_DAY = timedelta(days=1)
_MOST_MAILS = 24  # in a day: whatever loops, it ends there
_ENDED_BADLY = {MailState.REFUSED, MailState.EXPIRED}
_BAD_REPORTS = {"bounced", "dropped", "complained"}
_SHORTEST_REST, _LONGEST_REST = timedelta(minutes=10), timedelta(days=1)  # of a way that failed

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Alerts:
    """What one publication tells its operator."""

    settings: Settings
    database: Database
    clock: Clock

    @property
    def _records(self) -> AlarmRecords:
        return AlarmRecords(self.database, self.settings.publication.id)

    def tell(
        self, what: str, *, kind: AlarmKind = AlarmKind.NOTICE, key: str | None = None
    ) -> None:
        """See a condition; it is told with the next `deliver`. Addresses are taken out.

        `key` says what it is about, so that it stays the same when its words change.
        """
        sentence = without_addresses(what)
        self.see([Condition(kind=kind, key=key or _digest(sentence), sentence=sentence)])

    def see(self, conditions: Iterable[Condition]) -> None:
        """Write down what waits for a person now; without anybody to tell, nothing is."""
        if self.settings.alerts.has_any:
            self._records.see(conditions, now=self.clock.now())

    def solve(self, *, unseen_since: datetime, kinds: Iterable[AlarmKind]) -> None:
        """Take what was not seen since a moment as solved."""
        if self.settings.alerts.has_any:
            self._records.solve(unseen_since=unseen_since, kinds=kinds, now=self.clock.now())

    def waiting(self) -> tuple[Alarm, ...]:
        """Return the alarms that are not solved."""
        return tuple(one for one in self._records.listed() if one.solved_at is None)

    def deliver(self, *, patience: float = PATIENCE) -> None:
        """Tell what is due over each way, within so many seconds each; less than one: not now.

        Nothing that fails here is raised; two processes at the same moment may both tell.
        """
        if not self.settings.alerts.has_any or patience < 1:
            return
        now = self.clock.now()
        self._look_at_mails(now)
        known = self._records.listed()
        due = [one for one in known if _is_due(one, now)]
        if not due:
            return
        failing = {one.key: one for one in known if _fails(one)}
        taken = {
            way.name for way in self._ways(due, patience=patience) if self._try(way, failing, now)
        }
        mail = self._mail(_but(due, "email"), failing, now)
        if mail is not None:
            taken.add("email")
        told = [one for one in due if taken - _own_way(one)]
        if told:
            self._records.told(told, now=now, mail=mail)

    def _ways(self, due: Sequence[Alarm], *, patience: float) -> list[Way]:
        """Return the ways over which something is told at once, and what that is."""
        told, ways, name = self.settings.alerts, list[Way](), self.settings.publication.name
        if told.url and (text := alarm_forms.told(_but(due, "url"), name=name)):
            form = alarm_forms.form_for(told.url, told.format)
            proxies, timeout = self.settings.proxies, min(PATIENCE, patience)
            post = partial(
                alarm_channels.post, text, url=told.url, form=form, proxies=proxies, timeout=timeout
            )
            ways.append(Way("url", post))
        if told.command and (text := alarm_forms.told(_but(due, "command"), name=name)):
            run = partial(
                alarm_channels.run,
                text,
                command=told.command,
                root=self.settings.root,
                environment=self.settings.secrets.environment,
                timeout=min(told.command_timeout, patience),
            )
            ways.append(Way("command", run))
        return ways

    def _try(self, way: Way, failing: Mapping[str, Alarm], now: datetime) -> bool:
        """Tell over one way, unless it rests; say whether it was taken."""
        failed = failing.get(way.name)
        if failed is not None and _rests(failed, now):
            return False
        fault = way.tell()
        if fault is None:
            if failed is not None:
                self._records.solve_one(failed, now=now)
            return True
        log.warning("alert.not_taken %s", fault)
        self._see_fault(way.name, fault, now)
        return False

    def _mail(
        self, due: Sequence[Alarm], failing: Mapping[str, Alarm], now: datetime
    ) -> SingleMail | None:
        """Return the mail that tells what is due; None where none is to be written now."""
        to, failed = self.settings.alerts.email, failing.get("email")
        if to is None or not due or (failed is not None and _rests(failed, now)):
            return None
        return alarm_forms.mail(due, name=self.settings.publication.name, to=to, now=now)

    def _look_at_mails(self, now: datetime) -> None:
        """See whether the mails of alarms arrive, and whether there are too many of them."""
        if self.settings.alerts.email is None:
            return
        mails = SingleMails(self.database, self.settings.publication.id)
        found = mails.listed(kind=MailKind.ALARM, limit=_MOST_MAILS)
        failed = next((one for one in self._records.listed() if _fails_of(one, "email")), None)
        ended = next((one for one in found if one.ended_at is not None), None)
        if ended is not None and ended.ended_at is not None:
            is_news = failed is None or ended.ended_at > failed.seen_at
            if is_news and (ended.state in _ENDED_BADLY or ended.reported in _BAD_REPORTS):
                at = f"{ended.created_at:%Y-%m-%d %H:%M} UTC"
                self._see_fault("email", f"The mail of an alarm from {at} did not arrive.", now)
            elif is_news and failed is not None:
                self._records.solve_one(failed, now=now)
        is_too_much = len(found) >= _MOST_MAILS and found[-1].created_at > now - _A_DAY
        if is_too_much and (failed is None or not _rests(failed, now)):
            many = f"{_MOST_MAILS} mails of alarms went out within a day; others wait until then."
            self._see_fault("email", many, now)

    def _see_fault(self, way: str, fault: str, now: datetime) -> None:
        sentence = without_addresses(fault)
        one = Condition(kind=AlarmKind.CHANNEL, key=way, sentence=sentence)
        self._records.see([one], now=now)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to the operator that is known at once to have worked or not."""

    name: str
    tell: Callable[[], str | None]  # says what went wrong; None: nothing


def _own_way(one: Alarm) -> set[str]:
    """Return the way an alarm says fails, over which it is not told."""
    return {one.key} if one.kind is AlarmKind.CHANNEL else set()


def _but(alarms: Sequence[Alarm], way: str) -> list[Alarm]:
    """Return alarms without that of a way itself."""
    return [one for one in alarms if way not in _own_way(one)]


def _is_due(one: Alarm, now: datetime) -> bool:
    """Say whether an alarm is to be told; that of a way is told once."""
    once = one.kind is AlarmKind.CHANNEL and one.solved_at is None and one.tellings > 0
    return one.is_due(now) and not once


def _fails_of(one: Alarm, way: str) -> bool:
    return one.key == way and _fails(one)


def _fails(one: Alarm) -> bool:
    return one.kind is AlarmKind.CHANNEL and one.solved_at is None


def _rests(failed: Alarm, now: datetime) -> bool:
    """Say whether a way that failed is not tried yet: as long again as it has failed so far."""
    longer = min(max(failed.seen_at - failed.begun_at, _SHORTEST_REST), _LONGEST_REST)
    return now < failed.seen_at + longer


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
