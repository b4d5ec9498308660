"""One tick: decide what is due, then do it, and nothing else.

Deciding is pure: what exists and what time it is are arguments. The tick is idempotent: it looks
at what is there and does what is missing. Cron, the daemon and a hand-run command may all wake
it, at any moment and as often as they like.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from newsletter.app import App
from newsletter.core import calendar
from newsletter.core.calendar import Timetable
from newsletter.core.errors import DeliveryError, Held, NothingToDo, StorageError, TryLater
from newsletter.core.logs import without_addresses
from newsletter.core.model import SendKind
from newsletter.core.model.alarms import AlarmKind, Condition
from newsletter.core.model.single_mails import MailState
from newsletter.delivery.preconditions import SendRequest
from newsletter.delivery.run import Stay
from newsletter.delivery.worker import for_a_minute
from newsletter.operations import alarms, keeping
from newsletter.operations.decision import (
    Action,
    Decision,
    Step,
    Today,
    decide,
    handed_over,
    together,
)
from newsletter.operations.telling import Telling

_LONGEST_REST = timedelta(seconds=5)  # what rests for longer is left to the next tick
_LOOK_AGAIN = timedelta(minutes=1)  # what was looked after is not before then, in a tick that lasts
log = logging.getLogger(__name__)
Key = tuple[date, SendKind]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class TickReport:
    """What a tick did."""

    did: tuple[str, ...]  # a sentence each, in order
    next_due: datetime | None  # UTC; None: no edition is to come
    held: str | None  # what a person has to look at
    skipped: str | None = None  # why there is no edition, where that is as configured
    later: str | None = None  # what the next tick goes on with, and why not this one
    rest_until: datetime | None = None  # while nothing changes, no tick has anything to do before


def run(app: App, *, wants_to_stop: Callable[[], bool] = lambda: False) -> TickReport:
    """Do what is due now, and nothing else; any number of callers at any moment do no harm.

    What ends one edition's work, whatever it is, holds up no other: it is told, or raised when
    all else is done. A send that has more to do makes room while something else is due.
    """
    return _Tick(app, wants_to_stop).run()


@dataclass
class _Tick:
    """One tick at work."""

    app: App
    wants_to_stop: Callable[[], bool]
    did: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    skipped: str | None = None
    later: str | None = None
    faults: list[Exception] = field(default_factory=list)
    resting: dict[Key, datetime] = field(default_factory=dict)  # looked after: not before then
    mails_rest_until: datetime | None = None  # single mails were looked after: not before then
    made_room: set[Key] = field(default_factory=set)  # these go on behind all others
    timetables: Mapping[SendKind, Callable[[], Timetable]] = field(init=False)
    telling: Telling = field(init=False)

    def __post_init__(self) -> None:
        # It counts the readers of each zone, which takes a while.
        self.timetables = {
            kind: for_a_minute(partial(_timetable, self.app, kind), self.app.clock)
            for kind in _kinds(self.app)
        }
        self.telling = Telling(self.app, self.timetables[SendKind.EDITION])

    def run(self) -> TickReport:
        """Do what is due, then look after the rest; what failed is told, then raised."""
        decision = self._careful(self._rounds) or Decision(steps=(), held=None, next_due=None)
        for work in (self._mail_proofs, self._restored, self._look_after, self._tell):
            self._careful(work)
        if self.faults:
            for sentence in self.did:
                log.info("tick.did %s", without_addresses(sentence))
            raise self.faults[0]
        return TickReport(
            did=tuple(self.did),
            next_due=decision.next_due,
            held=" ".join(self.held) or None,
            skipped=self.skipped,
            later=self.later,
            rest_until=self._rest_until(decision),
        )

    def _careful(self, work: Callable[[], Result]) -> Result | None:
        """Do a part of the tick; what ends it, whatever it is, is told with the others' and raised.

        So nothing that goes wrong keeps a later part from being done, or the operator from hearing.
        """
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - raised when all else is looked after
            self.faults.append(error)
            return None

    def _rounds(self) -> Decision:
        """Do round after round, until nobody made room for somebody else."""
        while True:
            self._send_single_mails()
            decision = self._decision()
            self._hold(decision.held)
            due = self._due(decision)
            made_room = [self._do_steps(key, steps) for key, steps in due.items()]
            if not any(made_room):
                return decision

    def _rest_until(self, decision: Decision) -> datetime | None:
        """Say until when nothing is to be done; None where anything was, or waits for somebody."""
        is_busy = self.did or self.held or self.skipped or self.later or self.telling.waits
        if is_busy or self.telling.heartbeat.waits or decision.rest_until is None:
            return None
        look = self.telling.next_look()
        return min(decision.rest_until, look) if look else decision.rest_until

    def _mails_are_due(self) -> bool:
        rest = self.mails_rest_until
        return (rest is None or self.app.clock.now() >= rest) and self.app.single_delivery.is_due()

    def _send_single_mails(self) -> None:
        """Hand over the mails to one person each; those of one call are few and soon done."""
        if not self._mails_are_due():
            return
        delivery = self.app.single_delivery
        try:
            handed = delivery.send_due(wants_to_stop=self.wants_to_stop)
            if handed.submitted:
                self.did.append(f"Handed over single mails: {handed.submitted}.")
            if handed.stop is not None:
                self._hold(f"Single mails wait: {handed.stop.what} {handed.stop.hint}".rstrip())
        except Exception as error:  # noqa: BLE001 - raised when all else is looked after
            self.faults.append(error)
        self.mails_rest_until = self.app.clock.now() + _LOOK_AGAIN

    def _look_after_single_mails(self) -> None:
        """Put in doubt what nobody answers for, ask about it, and tell what waits for a person."""
        self._send_single_mails()
        open_mails = self.app.single_mails.open()
        if not open_mails:
            return
        self.telling.waits = True
        try:
            self.app.single_delivery.tidy()
            self.app.single_delivery.look_up()
        except Exception as error:  # noqa: BLE001 - as above
            self.faults.append(error)
        if doubts := open_mails.get(MailState.UNCERTAIN):
            told = f"Single mails in doubt: {doubts:,}; `newsletter mails list`."
            self.telling.see(alarms.condition(AlarmKind.DOUBTS, "single mails", told))

    def _mail_proofs(self) -> None:
        """Mail the editor what is prepared and not begun, and what has changed since."""
        if self.app.settings.edition.proof_to is None:
            return
        timetable, now = self.timetables[SendKind.EDITION](), self.app.clock.now()
        for day in calendar.open_days(timetable, now):
            due = calendar.edition_due(timetable, day)
            if due is None or not due.prepare_at <= now < due.begin:
                continue
            if self.app.sends.find(day) is None and self.app.proof_mails.look(due):
                self.did.append(f"Mailed a proof of the edition of {day}.")
                self.mails_rest_until = None

    def _restored(self) -> None:
        """Tell what a restored database holds back."""
        self._hold(" ".join(self.app.restored.waiting()))

    def _look_after(self) -> None:
        """Finish what was left for the next chance."""
        self._careful(self._look_after_single_mails)
        self.app.database.finish_erasing(patience=0.0)
        if not self.later:
            self._tidy()

    def _tell(self) -> None:
        """Tell the operator what waits for them, and ping, each whatever becomes of the other."""
        self._careful(lambda: self.telling.tell(self.faults, then=self._send_single_mails))
        self.telling.ping(held=self.held, later=self.later, faults=self.faults)

    def _tidy(self) -> None:
        """Take off what is kept no longer; the next tick does what cannot be done now."""
        try:
            keeping.tidy(self.app, wants_to_stop=self.wants_to_stop)
        except StorageError as error:
            log.warning("Old rows stay: %s", error.what, extra={"event": "retention.not_done"})

    def _decision(self) -> Decision:
        """Look at everything there is and say what is to be done now."""
        self.telling.waits = False
        return together([self._decision_of(kind) for kind in self.timetables])

    def _decision_of(self, kind: SendKind) -> Decision:
        """Look at everything there is of a kind."""
        app, now, timetable = self.app, self.app.clock.now(), self.timetables[kind]()
        sends, look = app.sends_of(kind), _SITUATIONS[kind]
        days = calendar.open_days(timetable, now)
        waiting = sends.wake()
        self.telling.waits = self.telling.waits or bool(waiting)
        earlier = [day for day in waiting if day < days[0]]
        situations = {day: look(app, day) for day in (*days, *earlier)}
        unfinished = sends.unfinished(before=days[0])
        return decide(
            timetable,
            now=now,
            days=situations,
            unfinished=[day for day in unfinished if day not in situations],
            kind=kind,
        )

    def _due(self, decision: Decision) -> dict[Key, list[Step]]:
        """Return the steps by what they are for, without what was looked after a moment ago."""
        now, due = self.app.clock.now(), dict[Key, list[Step]]()
        for one in decision.steps:
            if now >= self.resting.get((one.day, one.kind), now):
                due.setdefault((one.day, one.kind), []).append(one)
        return {key: due[key] for key in sorted(due, key=lambda key: (key in self.made_room, key))}

    def _do_steps(self, key: Key, steps: Sequence[Step]) -> bool:
        """Do the steps of an edition or a digest; say whether it made room, and has more to do."""
        made_room, (day, kind) = False, key
        try:
            for step in steps:
                if kind is SendKind.EDITION and step.action in {Action.SEND, Action.RESUME}:
                    self.telling.begin(day, is_new=step.action is Action.SEND)
                if self.wants_to_stop():
                    raise TryLater("Stopped as asked.", hint="The next run goes on.")
                did, made_room = _do(self.app, step, self._stay(key), self.wants_to_stop)
                self.did += did
                if step.action is Action.PREPARE:
                    self.telling.prepared(step.day)
        except Held as error:
            told = f"{error.what} {error.hint}".rstrip()
            self._hold(told, self.telling.why(day, told) if kind is SendKind.EDITION else None)
        except NothingToDo as error:
            self.skipped = error.what
        except TryLater as error:
            self.later = self.later or f"{error.what} {error.hint}".rstrip()
        except Exception as error:  # noqa: BLE001 - raised when the other dates are looked after
            self.faults.append(error)
        if made_room:
            self.made_room.add(key)
        else:
            self.resting[key] = self.app.clock.now() + _LOOK_AGAIN
        return made_room

    def _stay(self, key: Key) -> Stay:
        """Say how long a send may rest in this tick: there may be others that are due."""

        def others_are_due() -> bool:
            others = (other != key for other in self._due(self._decision()))
            return self._mails_are_due() or any(others)

        return Stay(longest=_LONGEST_REST, in_all=_LONGEST_REST, makes_room=others_are_due)

    def _hold(self, sentence: str | None, condition: Condition | None = None) -> None:
        """Keep what a person has to look at, and what they are told of it."""
        if sentence and sentence not in self.held:
            self.held.append(sentence)
            self.telling.hold(condition or alarms.held(sentence))


def _kinds(app: App) -> tuple[SendKind, ...]:
    digest = (SendKind.WEEKLY,) if app.settings.schedule.has_digest else ()
    return (SendKind.EDITION, *digest)


def _timetable(app: App, kind: SendKind) -> Timetable:
    return app.sends_of(kind).timetable


def _digest(app: App, day: date) -> Today:
    """Say how the digest of a date stands; one that nobody wants, or of an empty week, is none."""
    sends, settings = app.weekly_sends, app.settings
    send = sends.find(day)
    if send is not None:
        rests_until = sends.rests_until(send)
        return Today(assembled=True, send=send.status.value, rests_until=rests_until)
    weekly = settings.weekly_timetable
    is_day = weekly is not None and calendar.is_publication_day(weekly, day)
    is_wanted = is_day and app.weekly.has_content(day) and sends.is_wanted(day)
    return Today(assembled=True, send="none" if is_wanted else "cancelled")


def _situation(app: App, day: date) -> Today:
    send = app.sends.find(day)
    if send is None:
        ready, look_after = app.assembler.is_ready(day), app.assembler.look_after(day)
        return Today(assembled=ready, look_after=look_after, send="none")
    # From the ledger alone: whatever became of the file, its send goes on.
    rests_until = app.sends.rests_until(send)
    return Today(assembled=True, send=send.status.value, rests_until=rests_until)


_SITUATIONS = {SendKind.EDITION: _situation, SendKind.WEEKLY: _digest}


def _do(
    app: App, step: Step, stay: Stay, wants_to_stop: Callable[[], bool]
) -> tuple[list[str], bool]:
    """Do a step; say what was done, and whether it made room for others before all was."""
    if step.action in {Action.PREPARE, Action.LOOK}:
        return _prepare(app, step), False
    told = _pull(app)
    # A gap at midnight may leave yesterday open (`calendar.open_day`).
    goes_on = step.action is Action.RESUME
    late = not goes_on and step.day < app.today()
    request = SendRequest(day=step.day, late=late, goes_on=goes_on, kind=step.kind)
    outcome = app.sends_of(step.kind).start(request, wants_to_stop=wants_to_stop, stay=stay)
    sentence = handed_over(outcome.view)
    is_news = outcome.submitted or not goes_on or outcome.view.send.status == "complete"
    return ([*told, sentence] if is_news else told), outcome.made_room


def _pull(app: App) -> list[str]:
    """Take over whom the provider mails no more, before anybody is mailed; a day's first time.

    A failure is told and holds nothing up: the provider drops such mail by itself.
    """
    pull = app.pull()
    if pull is None or not pull.is_due():
        return []
    try:
        left = pull.pull().left
    except DeliveryError as error:
        log.warning("Lists not read: %s", error.what, extra={"event": "lists.not_read"})
        return [f"{error.what} {error.hint}".rstrip()]
    told = f"People who are mailed no more, by the provider's own lists: {left}."
    return [told] if left else []


def _prepare(app: App, step: Step) -> list[str]:
    """Assemble and render; a look that found nothing new has nothing to tell."""
    before = app.files.load(step.day)
    proof = app.sends.proofs.prove_best(step.day)
    app.proofs.keep(proof)
    if step.action is Action.LOOK:
        return app.assembler.changes(before, proof.edition)
    return [f"Prepared the edition of {step.day}.", *app.assembler.warnings(proof.edition)]
