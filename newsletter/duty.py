"""Do what one tick decides: prepare an edition, look again, send it, or finish its send."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from newsletter import tick
from newsletter.core import calendar
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import DeliveryError, Held, NothingToDo
from newsletter.delivery.events.suppression_lists import Pull
from newsletter.delivery.preconditions import Wish
from newsletter.delivery.sends import Dispatch
from newsletter.editions.assembler import Newsroom
from newsletter.editions.proofs import Proof
from newsletter.tick import Action, Step, TickReport, Today

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What is due for one publication, done by whoever wakes."""

    settings: Settings
    clock: Clock
    newsroom: Newsroom
    dispatch: Dispatch
    prove: Callable[[date], Proof]
    keep: Callable[[Proof], Path]
    pull: Callable[[], Pull | None]  # None: the provider keeps no lists
    alert: Callable[[str], None]  # tells the operator what is held

    def tick(self, *, wants_to_stop: Callable[[], bool]) -> TickReport:
        """Do what is due now, and nothing else; any number of callers at any moment do no harm.

        Raises `TryLater` when another sender is at work, the provider asks to wait, or the caller
        wants to stop.
        """
        now = self.clock.now()
        timetable = self.dispatch.timetable
        days = calendar.open_days(timetable, now)
        decision = tick.decide(
            timetable,
            now=now,
            days={day: self._situation(day) for day in days},
            unfinished=self.dispatch.unfinished(before=days[0]),
        )
        did: list[str] = []
        held = [decision.held] if decision.held else []
        skipped = None
        over: set[date] = set()  # what holds up one edition holds up no other
        for step in decision.steps:
            try:
                did += [] if step.day in over else self._do(step, wants_to_stop)
            except Held as error:
                held.append(f"{error.what} {error.hint}".rstrip())
                over.add(step.day)
            except NothingToDo as error:
                skipped = error.what
                over.add(step.day)
        if held:
            self.alert(" ".join(held))
        return TickReport(
            did=tuple(did),
            next_due=decision.next_due,
            held=" ".join(held) or None,
            skipped=skipped,
        )

    def _situation(self, day: date) -> Today:
        send = self.dispatch.find(day)
        return Today(
            assembled=self.newsroom.is_ready(day),
            look_after=self.newsroom.look_after(day),
            send="none" if send is None else send.status.value,
            rests_until=None if send is None else self.dispatch.rests_until(send),
        )

    def _do(self, step: Step, wants_to_stop: Callable[[], bool]) -> list[str]:
        if step.action in {Action.PREPARE, Action.LOOK}:
            return self._prepare(step)
        told = self._pull()
        # A gap at midnight may leave yesterday open (`calendar.open_day`).
        late = step.action is Action.RESUME or step.day < self.dispatch.today()
        wish = Wish(day=step.day, late=late)
        view = self.dispatch.send(wish, wants_to_stop=wants_to_stop).view
        return [*told, tick.handed_over(view)]

    def _pull(self) -> list[str]:
        """Take over whom the provider mails no more, before anybody is mailed; a day's first time.

        A failure is told and holds nothing up: the provider drops such mail by itself.
        """
        pull = self.pull()
        if pull is None or not pull.is_due():
            return []
        try:
            left = pull.pull().left
        except DeliveryError as error:
            log.warning("Lists not read: %s", error.what, extra={"event": "lists.not_read"})
            return [f"{error.what} {error.hint}".rstrip()]
        told = f"People who are mailed no more, by the provider's own lists: {left}."
        return [told] if left else []

    def _prepare(self, step: Step) -> list[str]:
        """Assemble and render; a look that found nothing new has nothing to tell."""
        before = self.newsroom.editions.load(step.day)
        proof = self.prove(step.day)
        self.keep(proof)
        if step.action is Action.LOOK:
            return self.newsroom.changes(before, proof.edition)
        return [f"Prepared the edition of {step.day}.", *self.newsroom.warnings(proof.edition)]
