"""The loop that asks the plan and does what it says. All doing, no deciding.

The thread that runs the loop claims batches, reads their people, and records what became of them:
threads that asked SQLite for as much at the same time would wait for each other. A few threads
beside it build the attempts and call the provider. Whatever happens to this process, the ledger
knows: a batch is claimed, under a lease, before its request starts; a claim whose lease is over or
whose owner is gone is uncertain for all the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from newsletter.core.clock import Clock
from newsletter.core.errors import DeliveryError, NewsletterError, PluginError, TryLater, Uncertain
from newsletter.core.model import BatchState, Claim, SendStatus, Submission
from newsletter.core.model.records import SendView
from newsletter.delivery import attempts as delivery_attempts
from newsletter.delivery import outcomes, plan
from newsletter.delivery.attempts import Content, Tried
from newsletter.delivery.health import Watch
from newsletter.delivery.lease import LEASE, RENEW_EVERY, Lease
from newsletter.delivery.provider import Provider
from newsletter.delivery.run import Pace, Run
from newsletter.delivery.scheduled import ScheduledDelivery
from newsletter.message import merge
from newsletter.storage.sends.ledger import Ledger

_GLANCE = timedelta(seconds=0.5)  # between two looks at what other senders have claimed
_LONGEST_REST = timedelta(hours=1)  # a wave that is due later is left to a later run
_MOST_MISSES = 20  # claims in a row that somebody else was quicker at
log = logging.getLogger(__name__)


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
    def resting_until(self) -> datetime | None:
        """Return the moment to come again, where the last run ended before all was done."""
        return self._run.resting_until

    def run(self) -> SendView:
        """Hand over everything that is planned; return where the send stands.

        Raises `Held` or `TryLater` when it cannot go on; everything that happened is recorded
        then as well. A worker may call it again.
        """
        self.lease.begin()
        self.lease.attempts.wake(self.lease.send_id, now=self.clock.now())
        self._run.resting_until = None
        with ThreadPoolExecutor(self.pace.parallel, thread_name_prefix="submit") as pool:
            if self.scheduled:
                self._run.recalling[pool.submit(self.scheduled.tidy)] = ""
            while self._run.stop is None and self._step(pool):
                pass
            while self._run.in_flight or self._run.recalling:
                self._await_answer(pool)
        if self._run.stop is not None:
            self._sweep()
            raise self._run.stop
        self.ledger.complete(self.lease.send_id, now=self.clock.now())
        view = self._sweep()
        if self.scheduled and self.lease.leads:
            self.scheduled.refuse_lost(view)
        return view

    def _sweep(self) -> SendView:
        """Cancel again what came back from the provider after a cancellation; sum up."""
        view = self.ledger.view(self.lease.send_id)
        if view.send.status is not SendStatus.CANCELLED:
            return view
        self.ledger.steer(self.lease.send_id, SendStatus.CANCELLED)
        return self.ledger.view(self.lease.send_id)

    def _status(self) -> SendStatus:
        return self.ledger.view(self.lease.send_id).send.status

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
        stays = self.lease.leads and moment - self.clock.now() <= _LONGEST_REST
        if stays:
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
        trying = pool.submit(
            delivery_attempts.hand_over,
            claim,
            self.lease.attempts.people(claim, attributes=attributes),
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
            "The next batch could not be claimed.",
            hint="`newsletter audit` shows where it stands; the same command goes on.",
        )
        return False

    def _await_answer(self, pool: ThreadPoolExecutor) -> None:
        """Record what is answered; keep the lease while nothing is."""
        under_way: list[Future[Any]] = [*self._run.in_flight, *self._run.recalling]
        done, _ = wait(under_way, timeout=RENEW_EVERY.total_seconds(), return_when=FIRST_COMPLETED)
        if not done:
            self._may_go_on()
        for recalled in done & self._run.recalling.keys():
            del self._run.recalling[recalled]
            recalled.result()
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
        now, claims = self.clock.now(), list[Claim]()
        with self.lease.attempts.together():
            for answered, verdict in answers:
                self._record(answered, verdict)
            while self._goes_on(now, claimed=len(claims)):
                claim = self._claim(most=None, now=now)
                if claim is None:
                    break
                claims.append(claim)
        if not claims:
            self._run.seen = None
        for claim in claims:
            self._hand_over(claim, pool, now=now)

    def _goes_on(self, now: datetime, *, claimed: int) -> bool:
        """Say whether the last look serves, and the plan after it is to claim the next batch."""
        if (
            self._run.stop
            or self._run.seen is None
            or now >= self._run.seen[1]
            or self.wants_to_stop()
        ):
            return False
        return isinstance(self._plan(self._run.seen[0], claimed=claimed), plan.ClaimNext)

    def _answer(self, trying: Future[Tried]) -> tuple[Claim, outcomes.Verdict]:
        claim = self._run.in_flight.pop(trying)
        verdict = self._judge(claim, trying.result())
        self.history = verdict.history
        return claim, verdict

    def _judge(self, claim: Claim, tried: Tried) -> outcomes.Verdict:
        end, attempt = tried.end, tried.attempt
        if isinstance(end, Submission):
            again = outcomes.try_again(claim, window=self.pace.window, now=self.clock.now())
            return outcomes.accepted(end, self.history, again)
        if attempt is None:
            return outcomes.not_begun(end, self.history)
        if not isinstance(end, DeliveryError):
            # A fault of the provider's code: the request may be out. Record it, then end.
            told = f"The provider {self.provider.name} failed: {type(end).__name__}: {end}"
            self._run.stop = end if isinstance(end, PluginError) else NewsletterError(told)
            raised = end.__cause__ or end if isinstance(end, PluginError) else end
            end = Uncertain(f"{type(raised).__name__} while submitting")
        return outcomes.failed(
            end,
            attempt,
            history=self.history,
            patience=self.pace.patience(),
            now=self.clock.now(),
        )

    def _record(self, claim: Claim, verdict: outcomes.Verdict) -> None:
        """Make a verdict durable: people and limits first, for then the batch is anybody's."""
        now = self.clock.now()
        self.lease.attempts.set_aside(self.lease.send_id, verdict.aside)
        if verdict.pause_until:
            self.lease.attempts.pause_until(self.lease.send_id, verdict.pause_until)
        match verdict.record:
            case "submitted":
                assert verdict.submission is not None
                self._run.submitted += verdict.submission.taken
                self.lease.attempts.submitted(
                    claim, verdict.submission, now=now, postponed=verdict.postponed
                )
            case "uncertain":
                self.lease.attempts.uncertain(
                    claim, reason=verdict.reason, status=verdict.status, now=now
                )
            case "split":
                self.lease.attempts.split(
                    claim, reason=verdict.reason, status=verdict.status, now=now
                )
            case "drop":
                self.lease.attempts.drop(claim, reason=verdict.reason, now=now)
            case "release":
                reason, status = verdict.reason, verdict.status
                self.lease.attempts.release(claim, reason=reason, status=status, now=now)
        self._run.stop = self._run.stop or verdict.stop
        log.info(
            "Batch %s of send %s: %s%s",
            claim.batch,
            claim.send_id,
            verdict.record,
            f" ({verdict.reason})" if verdict.reason else "",
            extra={"event": f"delivery.batch.{verdict.record}", "attempt": claim.attempt_id},
        )

    def _may_go_on(self) -> bool:
        """Renew the leases in time; False, with the reason kept, when this sender must end."""
        if self.wants_to_stop():
            self._run.stop = self._run.stop or TryLater(
                "Stopped as asked; what was under way is recorded.",
                hint="The same command goes on where this one stopped.",
            )
            return False
        now = self.clock.now()
        if self.lease.is_fresh(now):
            return True
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
            f"Another sender took over this edition ({rival}).",
            hint="Nothing is lost; `newsletter audit` shows where it stands.",
        )
        return False

    def _sleep_until(self, moment: datetime) -> None:
        """Rest in slices, so that the lease is renewed and a wish to stop is heard."""
        status = self._status()
        while (left := (moment - self.clock.now()).total_seconds()) > 0:
            if not self._may_go_on() or self._status() is not status:
                return
            self.clock.sleep(min(left, 1.0))
