"""The person beside the machine: approves in the evening, looks up doubts, and may forget."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.calendar import Due
from newsletter.core.errors import NewsletterError
from newsletter.core.model import BatchState
from newsletter.operations.simulation.course import OPERATOR, Course
from newsletter.sandbox.direct import DirectSandbox

BY = "the simulated operator"
_LOOKS_AFTER = timedelta(minutes=10)
_BEFORE = timedelta(minutes=30)
_AGAIN = timedelta(hours=1)


@dataclass(kw_only=True)
class Operator:
    """One person, who does what the machine asks for unless the fault file says otherwise."""

    course: Course
    sandbox: DirectSandbox
    _approves_at: dict[date, datetime] = field(default_factory=dict, init=False)
    _resolves_at: dict[date, datetime] = field(default_factory=dict, init=False)

    def plan(self, app: App, day: date, due: Due) -> None:
        """Decide when to approve the edition of a date."""
        if app.settings.schedule.approval == "none":
            return
        ready = due.prepare_at + _LOOKS_AFTER
        moment = ready if ready < due.begin else due.begin - _BEFORE
        late = self._lateness(day)
        if late is not None:
            self._approves_at[day] = moment + late

    def hear(self, day: date, now: datetime) -> None:
        """Learn that recipients of a date are in doubt, and plan to look them up."""
        late = self._lateness(day)
        if day not in self._resolves_at and late is not None:
            self._resolves_at[day] = now + _AGAIN + late

    def next_moment(self, now: datetime) -> datetime | None:
        """Return when there is something to do next."""
        moments = (*self._approves_at.values(), *self._resolves_at.values())
        return min((one for one in moments if one > now), default=None)

    def act(self, app: App, now: datetime) -> None:
        """Do what is due by now."""
        for day in [day for day, at in self._approves_at.items() if at <= now]:
            del self._approves_at[day]
            self._approve(app, day, now)
        for day in [day for day, at in self._resolves_at.items() if at <= now]:
            del self._resolves_at[day]
            self._resolve(app, day)

    def _approve(self, app: App, day: date, now: datetime) -> None:
        try:
            app.approvals.approve(day, by=BY)
        except NewsletterError:  # nothing to approve yet: once more later, as a person would
            if now + _AGAIN < calendar.due(app.timetable, day).until:
                self._approves_at[day] = now + _AGAIN

    def _resolve(self, app: App, day: date) -> None:
        """Settle what is in doubt by what the provider's own records say."""
        account = self.sandbox.account
        taken = {mail.custom_args.get("nl_attempt") for mail in account.mailbox.mails}
        taken |= {mail.custom_args.get("nl_attempt") for mail in account.schedule.waiting}
        for batch in app.audit(day).record.batches:
            if batch.state is BatchState.UNCERTAIN:
                app.control.resolve(day, batch.number, accepted=batch.attempt_id in taken)

    def _lateness(self, day: date) -> timedelta | None:
        """Return how late the person is on a date; None: they forget."""
        trouble = self.course.at(OPERATOR, day)
        return timedelta() if trouble is None else trouble.delay
