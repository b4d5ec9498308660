"""The loop that asks the plan and does what it says. All doing, no deciding.

The thread that runs the loop claims batches, reads their people, and records what became of them:
threads that asked SQLite for as much at the same time would wait for each other. A few threads
beside it build the attempts and call the provider. Whatever happens to this process, the ledger
knows: a batch is claimed, under a lease, before its request starts; a claim whose lease is over or
whose owner is gone is uncertain for all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from newsletter.core.clock import Clock
from newsletter.core.errors import NewsletterError, StorageError, TryLater
from newsletter.core.model import BatchState, Claim, SendStatus
from newsletter.core.model.records import SendView
from newsletter.core.sentences import said
from newsletter.delivery import attempts as delivery_attempts
from newsletter.delivery import outcomes, plan, recording
from newsletter.delivery.attempts import Content, Tried
from newsletter.delivery.health import Watch
from newsletter.delivery.lease import LEASE, RENEW_EVERY, Lease
from newsletter.delivery.provider import Provider
from newsletter.delivery.recording import Recorder, judge
from newsletter.delivery.run import Pace, Run
from newsletter.delivery.scheduled import ScheduledDelivery
from newsletter.message import merge
from newsletter.storage.sends.ledger import Ledger

_GLANCE = timedelta(seconds=0.5)  # between two looks at what other senders have claimed
_MOST_MISSES = 20  # claims in a row that somebody else was quicker at


def _never() -> bool:
    return False


@dataclass(kw_only=True)
class Sender:
    """One process at work on one send, alone or beside others.

    The one that leads is `newsletter send`: it stays until everything is settled, by whomever. A
    worker does not lead: it does what is due now, and returns where it would have to wait.
    """

    ledger: Ledger
    lease: Lease
    provider: Provider
    clock: Clock
    content: Content
    pace: Pace
    scheduled: ScheduledDelivery | None = None  # None: what was handed over cannot be recalled
    watch: Watch | None = None  # None: whatever is reported, the send goes on
    wants_to_stop: Callable[[], bool] = _never  # Ctrl-C, SIGTERM: finish what is under way
    progress: Callable[[SendView], None] = lambda _view: None
    history: outcomes.RunHistory = field(default_factory=outcomes.RunHistory)
    _run: Run = field(default_factory=Run, init=False)

    @property
    def submitted(self) -> int:
        """Count the batches that this sender handed over."""
        return self._run.submitted

    @property
    def made_room(self) -> bool:
        """Say whether the last run ended because others were due."""
        return self._run.makes_room

    @property
    def resting_until(self) -> datetime | None:
        """Return the moment to come again, where the last run ended before all was done."""
        return self._run.resting_until

    def run(self) -> SendView:
        """Hand over everything that is planned; return where the send stands.

        Raises `Held` or `TryLater` when it cannot go on; everything that happened is recorded
        then as well. A worker may call it again.
        """
        self.lease.begin()
        if self.ledger.view(self.lease.send_id).tally(BatchState.DEFERRED).batches:
            self.lease.attempts.wake(self.lease.send_id, now=self.clock.now())
        self._run.resting_until, self._run.makes_room = None, False
        with ThreadPoolExecutor(self.pace.parallel, thread_name_prefix="submit") as pool:
            if self.scheduled:
                self._run.recalling[pool.submit(self.scheduled.tidy)] = ""
            self._work(pool)
        if self._run.stop is not None:
            self._sweep()
            raise self._run.stop
        self.ledger.complete(self.lease.send_id, now=self.clock.now())
        view = self._sweep()
        if self.scheduled and self.lease.leads:
            self.scheduled.refuse_lost(view)
        return view

    def _work(self, pool: ThreadPoolExecutor) -> None:
        """Take step after step; whatever ends that, what is under way is answered and recorded."""
        fault: Exception | None = None
        try:
            while self._run.stop is None and self._step(pool):
                pass
        except NewsletterError as error:
            self._run.stop = self._run.stop or error
        except Exception as error:  # noqa: BLE001 - raised again when the answers are recorded
            self._run.stop, fault = self._run.stop or NewsletterError(str(error)), error
        while self._run.in_flight or self._run.recalling:
            self._await_answer(pool)
        if fault is not None:
            raise fault

    def _sweep(self) -> SendView:
        """Cancel again what came back from the provider after a cancellation; sum up."""
        view = self.ledger.view(self.lease.send_id)
        if view.send.status is not SendStatus.CANCELLED:
            return view
        self.ledger.steer(self.lease.send_id, SendStatus.CANCELLED)
        return self.ledger.view(self.lease.send_id)

    def _situation(self) -> tuple[object, ...]:
        """Return what a rest depends on: a change of it ends the rest."""
        view = self.ledger.view(self.lease.send_id)
        return view.send.status, view.send.paused_until, view.next_due

    def _step(self, pool: ThreadPoolExecutor) -> bool:
        """Do one step of the plan; False when there is none left."""
        if not self._may_go_on():
            return False
        view = self._look()
        match self._plan(view, self._terms(view, pool)):
            case plan.ClaimNext(most):
                now = self.clock.now()
                claim = self._claim(most=most, now=now)
                return self._hand_over(claim, pool, now=now) if claim else self._missed()
            case plan.AwaitAnswer():
                self._await_answer(pool)
            case plan.SleepUntil(moment):
                return self._rest(moment)
            case plan.AwaitOthers():
                self.lease.doubt_the_dead()
                return self._rest(self.clock.now() + _GLANCE)
            case plan.Finish():
                return False
        return True

    def _look(self) -> SendView:
        """Sum up where the send stands, unless the last look still serves.

        It serves for a moment while batch after batch is taken: whether one may be claimed the
        claim itself asks, and whatever else happens makes this sender look anew.
        """
        now = self.clock.now()
        if self._run.seen is not None and now < self._run.seen[1]:
            return self._run.seen[0]
        view = self.ledger.view(self.lease.send_id)
        if view.next_retry and view.next_retry <= now:
            self.lease.attempts.wake(self.lease.send_id, now=now)
            view = self.ledger.view(self.lease.send_id)
        self.progress(view)
        if view.tally(BatchState.SUBMITTED).batches:
            self.history = replace(self.history, proven=True)
        serves = (
            self.history.proven and not self.scheduled and view.tally(BatchState.PLANNED).batches
        )
        self._run.seen = (view, now + _GLANCE) if serves else None
        return view

    def _plan(
        self, view: SendView, terms: plan.Terms = plan.AT_ONCE, *, claimed: int = 0
    ) -> plan.Step:
        return plan.next_step(
            view,
            in_flight=len(self._run.in_flight) + claimed,
            parallel=self.pace.parallel,
            proven=self.history.proven,
            now=self.clock.now(),
            terms=terms,
        )

    def _terms(self, view: SendView, pool: ThreadPoolExecutor) -> plan.Terms:
        """Recall what can be recalled now; say what the plan has to heed of the rest."""
        if self.scheduled is None:
            return plan.AT_ONCE
        outlook = self.scheduled.outlook(view)
        for doubt in outlook.ready:
            if doubt.attempt_id not in self._run.recalling.values():
                self._run.recalling[pool.submit(self.scheduled.recall, doubt)] = doubt.attempt_id
        return plan.Terms(
            lead=self.scheduled.lead,
            recalling=len(self._run.recalling),
            wake=outlook.wake,
            room=outlook.room,
            room_at=outlook.room_at,
        )

    def _rest(self, moment: datetime) -> bool:
        """Sleep until a moment; a worker goes away, and so does a leader when it is far off."""
        self._run.seen = None
        rest = moment - self.clock.now()
        stays = self.lease.leads and self.pace.stay.allows(rest, rested=self._run.rested)
        if stays:
            self._run.rested += rest
            self._sleep_until(moment)
        else:
            self._run.resting_until = moment
        return stays

    def _claim(self, *, most: int | None, now: datetime) -> Claim | None:
        ahead = self.scheduled.lead if self.scheduled else None
        return self.lease.claim(most=most, now=now, ahead=ahead)

    def _hand_over(self, claim: Claim, pool: ThreadPoolExecutor, *, now: datetime) -> bool:
        """Have a thread do the work of a batch that was claimed at this moment."""
        self._run.misses = 0
        self._follow_corrections(claim)
        attributes = merge.ask_for_attributes(self.content.message.fields)
        try:
            people = self.lease.attempts.people(claim, attributes=attributes)
        except StorageError as error:  # nothing of it was handed over
            self._record(claim, outcomes.not_begun(error, self.history))
            return True
        trying = pool.submit(
            delivery_attempts.hand_over,
            claim,
            people,
            self.content,
            until=now + LEASE,
            attempts=self.lease.attempts,
            provider=self.provider,
            clock=self.clock,
            scheduled=self.scheduled,
        )
        self._run.in_flight[trying] = claim
        return True

    def _follow_corrections(self, claim: Claim) -> None:
        """Take up the message a claim is to carry, where a correction replaced ours."""
        if claim.digest != self.content.message.digest:
            message = self.ledger.message(self.lease.send_id, digest=claim.digest)
            self.content = replace(self.content, message=message)

    def _missed(self) -> bool:
        """Look again when somebody else was quicker, or steered; never for ever.

        At once the first time: it may have been an old look that promised one more.
        """
        self._run.seen = None
        self.clock.sleep(0.01 * self._run.misses)
        self._run.misses += 1
        if self._run.misses < _MOST_MISSES:
            return True
        self._run.stop = TryLater(
            said("The next batch could not be claimed."),
            hint="`newsletter audit` shows where it stands; the same command goes on.",
        )
        return False

    def _await_answer(self, pool: ThreadPoolExecutor) -> None:
        """Record what is answered; keep the lease while nothing is."""
        under_way: list[Future[Any]] = [*self._run.in_flight, *self._run.recalling]
        done, _ = wait(under_way, timeout=RENEW_EVERY.total_seconds(), return_when=FIRST_COMPLETED)
        try:
            if not done:
                self._may_go_on()
            for recalled in done & self._run.recalling.keys():
                del self._run.recalling[recalled]
                recalled.result()
        except StorageError as error:
            self._run.stop = self._run.stop or error
        answers = [self._answer(trying) for trying in done & self._run.in_flight.keys()]
        for claim, verdict in answers:
            if not verdict.is_plain:
                self._run.seen = None
                self._record(claim, verdict)
        plain = [(claim, verdict) for claim, verdict in answers if verdict.is_plain]
        if plain:
            self._record_and_go_on(plain, pool)

    def _record_and_go_on(
        self, answers: Sequence[tuple[Claim, outcomes.Verdict]], pool: ThreadPoolExecutor
    ) -> None:
        """Record who was taken, and claim as many batches in the same transaction."""
        now = self.clock.now()
        try:
            claims = self._record_together(answers, now)
        except StorageError:  # nothing of it is durable, and the answers have to be
            claims = []
            for answered, verdict in answers:
                self._record(answered, verdict)
        if not claims:
            self._run.seen = None
        for claim in claims:
            self._hand_over(claim, pool, now=now)

    def _record_together(
        self, answers: Sequence[tuple[Claim, outcomes.Verdict]], now: datetime
    ) -> list[Claim]:
        claims = list[Claim]()
        with self.lease.attempts.together():
            for answered, verdict in answers:
                self._recorder.record(answered, verdict)
            while self._goes_on(now, claimed=len(claims)):
                claim = self._claim(most=None, now=now)
                if claim is None:
                    break
                claims.append(claim)
        for answered, verdict in answers:
            self._count(answered, verdict)
        return claims

    def _goes_on(self, now: datetime, *, claimed: int) -> bool:
        """Say whether the last look serves, and the plan after it is to claim the next batch."""
        if (
            self._run.stop
            or self._run.makes_room
            or self._run.seen is None
            or now >= self._run.seen[1]
            or self.wants_to_stop()
        ):
            return False
        return isinstance(self._plan(self._run.seen[0], claimed=claimed), plan.ClaimNext)

    def _answer(self, trying: Future[Tried]) -> tuple[Claim, outcomes.Verdict]:
        claim = self._run.in_flight.pop(trying)
        tried = trying.result()
        verdict = judge(
            claim,
            tried,
            history=self._recorder.remembered(claim, tried, self.history),
            pace=self.pace,
            provider=self.provider.name,
            now=self.clock.now(),
        )
        self.history = verdict.history
        return claim, verdict

    def _record(self, claim: Claim, verdict: outcomes.Verdict) -> None:
        """Make a verdict durable, however often that takes."""
        self._recorder.durably(lambda: self._recorder.record(claim, verdict))
        self._count(claim, verdict)

    def _count(self, claim: Claim, verdict: outcomes.Verdict) -> None:
        """Note what was recorded."""
        if verdict.submission is not None:
            self._run.submitted += verdict.submission.taken
        self._run.rested = timedelta()
        self._run.stop = self._run.stop or verdict.stop
        recording.tell(claim, verdict)

    @property
    def _recorder(self) -> Recorder:
        return Recorder(attempts=self.lease.attempts, clock=self.clock)

    def _may_go_on(self) -> bool:
        """Renew the leases in time; False when this sender must end, with the reason kept.

        Without one it makes room for others that are due, and comes again.
        """
        if self.wants_to_stop():
            self._run.stop = self._run.stop or TryLater(
                said("Stopped as asked; what was under way is recorded."),
                hint=said("The same command goes on where this one stopped."),
            )
            return False
        now = self.clock.now()
        if self._run.makes_room:
            return False
        if self.lease.is_fresh(now):
            return True
        self._run.makes_room = self._run.submitted > 0 and self.pace.stay.makes_room()
        return self._still_leads(self.lease.keep(now)) and self._is_healthy()

    def _is_healthy(self) -> bool:
        """Ask what is reported of the send; False, with the reason kept, when that pauses it."""
        edition = self.content.envelope.edition
        held = self.watch.look(self.lease.send_id, edition=edition) if self.watch else None
        self._run.stop = self._run.stop or held
        return held is None

    def _still_leads(self, rival: str | None) -> bool:
        if rival is None:
            return True
        self._run.stop = self._run.stop or TryLater(
            said("Another sender took over this edition (%(rival)s).", rival=rival),
            hint="Nothing is lost; `newsletter audit` shows where it stands.",
        )
        return False

    def _sleep_until(self, moment: datetime) -> None:
        """Rest in slices, so that the lease is renewed and a wish to stop is heard."""
        situation = self._situation()
        while (left := (moment - self.clock.now()).total_seconds()) > 0:
            if not self._may_go_on() or self._situation() != situation:
                return
            self.clock.sleep(min(left, 1.0))
