"""What one tick tells: the operator of what waits for them, and the heartbeat's server.

It gathers while the tick works and tells when that is done, for no longer than there is time until
something is due.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from newsletter.app import App
from newsletter.content import runway
from newsletter.core import calendar
from newsletter.core.calendar import Timetable
from newsletter.core.logs import without_addresses
from newsletter.core.model import BatchState
from newsletter.core.model.alarms import BEFORE, AlarmKind, Condition
from newsletter.delivery.alerts import PATIENCE
from newsletter.operations import alarms, heartbeat
from newsletter.operations.heartbeat import Heartbeat

_HEADROOM = timedelta(seconds=2)  # between what may wait and what is due


@dataclass
class Telling:
    """The conditions one tick found, and its pings."""

    app: App
    timetable: Callable[[], Timetable]
    conditions: list[Condition] = field(default_factory=list)
    waits: bool = False  # somebody is to be tried again later, whoever is told of it
    looked_at: frozenset[AlarmKind] = alarms.EVERY_TICK  # what is not seen of these is solved
    heartbeat: Heartbeat = field(init=False)
    began: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.heartbeat, self.began = Heartbeat(self.app), self.app.clock.now()

    # --- while the tick works -------------------------------------------------------------------

    def begin(self, day: date, *, is_new: bool) -> None:
        """Hear that the send of a date is begun, or gone on with."""
        self.heartbeat.begin(day)
        due = calendar.due(self.timetable(), day)
        if is_new and self.app.clock.now() > due.at + alarms.LATE_AFTER:
            self.see(alarms.late(due))

    def prepared(self, day: date) -> None:
        """Hear that the edition of a date is prepared: look how long what takes turns lasts."""
        if not self.app.settings.alerts.has_any:
            return
        self.looked_at = self.looked_at | {AlarmKind.RUNWAY}
        for chain in self.app.assembler.runways(day):
            for sentence in runway.warnings([chain]):
                self.see(alarms.condition(AlarmKind.RUNWAY, chain.part, sentence))

    def see(self, condition: Condition) -> None:
        """Keep what is to be told."""
        self.conditions.append(condition)

    def hold(self, condition: Condition) -> None:
        """Keep what holds something; what is held need not be called late, too."""
        self.conditions = [one for one in self.conditions if one.kind is not AlarmKind.LATE]
        if condition.kind is not AlarmKind.NOTICE:  # that waits until it matters
            self.see(condition)

    def why(self, day: date, told: str) -> Condition:
        """Say what kind of hold this is: one that was foreseen, a limit, a doubt, or another one.

        Long before the edition is due it is a notice: somebody may be at work on it still.
        """
        app, now = self.app, self.app.clock.now()
        send = app.sends.find(day)
        if send is not None:
            crossed = [one for one in alarms.limits(app) if one.key == str(day)]
            if crossed:
                return crossed[0]
            in_doubt = app.ledger.view(send.id).tally(BatchState.UNCERTAIN).recipients
            kind = AlarmKind.DOUBTS if in_doubt else AlarmKind.HELD
            return alarms.condition(kind, day, told)
        due = calendar.due(self.timetable(), day)
        if now < due.begin - BEFORE:
            return alarms.condition(AlarmKind.NOTICE, day, told)
        if now < due.begin and (foreseen := alarms.ahead(app, due, now=now)):
            return foreseen
        found = alarms.cause(app, day, lead="")
        return alarms.condition(found.kind if found else AlarmKind.HELD, day, told)

    # --- when its work is done ------------------------------------------------------------------

    def tell(self, faults: Sequence[Exception], *, then: Callable[[], None]) -> None:
        """Tell what waits for a person, and what does no more; `then` hands over its mails."""
        if not self.app.settings.alerts.has_any:
            return
        now = self.app.clock.now()
        self._look(faults, now)
        patience = self._patience(now)
        self.app.alerts.deliver(patience=patience)
        if patience >= 1:
            then()

    def ping(self, *, held: Sequence[str], later: str | None, faults: Sequence[Exception]) -> None:
        """Tell the heartbeat's server how the day ended, once it has."""
        if self.app.settings.alerts.heartbeat is None:
            return
        now = self.app.clock.now()
        fault = without_addresses(str(faults[0])) if faults else None
        found = heartbeat.day_end(self.app, now=now, held=" ".join(held), later=later, fault=fault)
        self.heartbeat.end(found, patience=self._patience(now))

    def next_look(self) -> datetime | None:
        """Return when an edition is looked at for what would hold it, where anybody is told."""
        if not self.app.settings.alerts.has_any:
            return None
        return alarms.next_look(self.timetable(), self.app.clock.now())

    def _look(self, faults: Sequence[Exception], now: datetime) -> None:
        """Write down what waits for a person, and take as solved what does no more."""
        app, timetable = self.app, self.timetable()
        days = calendar.open_days(timetable, now)
        known = {(one.kind, one.key) for one in self.conditions}
        for day in days:
            due = calendar.edition_due(timetable, day)
            if due is None or app.sends.find(day) is not None:
                continue
            found = alarms.ahead(app, due, now=now)
            if found is not None and (found.kind, found.key) not in known:
                self.see(found)
        self.conditions += alarms.of_sends(app, days, now=now)
        self.conditions += alarms.limits(app)
        self.conditions += alarms.of_house(app)
        for error in faults:
            told = f"{error} `newsletter doctor` and the log say more."
            self.see(alarms.condition(AlarmKind.FAULT, type(error).__name__, told))
        app.alerts.see(self.conditions)
        app.alerts.solve(unseen_since=self.began, kinds=self.looked_at)
        long_ago = self.began - alarms.TOLD_WITHIN
        app.alerts.solve(unseen_since=long_ago, kinds=alarms.TOLD_BY_OTHERS)

    def _patience(self, now: datetime) -> float:
        """Return how many seconds may go by before something is due."""
        coming = calendar.next_wake(self.timetable(), now)
        left = (coming - now - _HEADROOM).total_seconds() if coming else PATIENCE
        return min(left, PATIENCE)
