"""The loop that asks the plan and does what it says. All doing, no deciding.

The ledger is touched only by the thread that runs the loop; the provider is called by a few
threads beside it. Whatever happens to this process, the ledger knows: a batch is claimed before
its request starts, and a claim without a recorded answer is uncertain for the next sender.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import repeat

from newsletter.delivery import outcomes, plan
from newsletter.delivery.building import Built, Content, build
from newsletter.errors import DeliveryError, NewsletterError, TryLater, Uncertain
from newsletter.model import BatchState, Claim, SendStatus, Submission
from newsletter.ports import Clock, Ledger, Provider
from newsletter.records import SendView

LEASE = timedelta(seconds=60)
_RENEW_EVERY = timedelta(seconds=15)
log = logging.getLogger(__name__)


def _never() -> bool:
    return False


@dataclass(kw_only=True)
class Sender:
    """One process at work on one send. Call `run` once."""

    ledger: Ledger
    provider: Provider
    clock: Clock
    send_id: int
    owner: str
    content: Content
    parallel: int
    patience: outcomes.Patience
    wants_to_stop: Callable[[], bool] = _never  # Ctrl-C, SIGTERM: finish what is under way
    progress: Callable[[SendView], None] = lambda _view: None
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    jitter: Callable[[], float] = repeat(0.0).__next__
    _standing: outcomes.Standing = field(default_factory=outcomes.Standing, init=False)
    _in_flight: dict[Future[Submission], tuple[Claim, Built]] = field(
        default_factory=dict, init=False
    )
    _renewed: datetime | None = field(default=None, init=False)
    _stop: NewsletterError | None = field(default=None, init=False)

    def run(self) -> SendView:
        """Hand over everything that is planned; return where the send stands.

        The caller leads the send already. Raises `Held` or `TryLater` when it cannot go on;
        everything that happened is recorded then as well.
        """
        view = self.ledger.view(self.send_id)
        self._standing = outcomes.Standing(proven=view.tally(BatchState.SUBMITTED).batches > 0)
        with ThreadPoolExecutor(self.parallel, thread_name_prefix="submit") as pool:
            while self._stop is None and self._step(pool):
                pass
            while self._in_flight:
                self._await_answer()
        if self._stop is not None:
            self._sweep()
            raise self._stop
        self.ledger.complete(self.send_id, now=self.clock.now())
        self._sweep()
        return self.ledger.view(self.send_id)

    def _sweep(self) -> None:
        if self.ledger.view(self.send_id).send.status is SendStatus.CANCELLED:
            # A batch may have come back from the provider after the cancellation.
            self.ledger.steer(self.send_id, SendStatus.CANCELLED)

    def _is_open(self) -> bool:
        return self.ledger.view(self.send_id).send.status is SendStatus.OPEN

    def _step(self, pool: ThreadPoolExecutor) -> bool:
        """Do one step of the plan; False when there is none left."""
        if not self._still_leading():
            return False
        view = self.ledger.view(self.send_id)
        self.progress(view)
        step = plan.next_step(
            view,
            in_flight=len(self._in_flight),
            parallel=self.parallel,
            proven=self._standing.proven,
            now=self.clock.now(),
        )
        match step:
            case plan.ClaimNext():
                return self._claim(pool)
            case plan.AwaitAnswer():
                self._await_answer()
            case plan.SleepUntil(moment):
                self._sleep_until(moment)
            case plan.Finish():
                return False
        return True

    def _claim(self, pool: ThreadPoolExecutor) -> bool:
        claim = self.ledger.claim(
            self.send_id, owner=self.owner, attempt_id=self.new_id(), now=self.clock.now()
        )
        if claim is None and not self._is_open():
            return True  # paused or cancelled between two looks; the plan says what that means
        if claim is None:
            # Somebody else leads now, or settled it between two looks: never spin on it.
            self._stop = TryLater(
                "The next batch could not be claimed.",
                hint="Another sender took over; `newsletter audit` shows where it stands.",
            )
            return False
        built = build(claim, self.content, self.provider)
        self.ledger.set_aside(self.send_id, built.aside)
        if not built.attempt.recipients:
            self.ledger.drop(claim, reason="nobody left to be mailed", now=self.clock.now())
        elif len(built.attempt.recipients) > 1 and not self.provider.fits(built.attempt):
            self.ledger.split(
                claim, reason="over the provider's size limit", status=None, now=self.clock.now()
            )
        else:
            self._in_flight[pool.submit(self.provider.submit, built.attempt)] = (claim, built)
        return True

    def _await_answer(self) -> None:
        """Record what is answered; keep the lease while nothing is."""
        done, _ = wait(
            self._in_flight, timeout=_RENEW_EVERY.total_seconds(), return_when=FIRST_COMPLETED
        )
        if not done:
            self._still_leading()
        for future in done:
            claim, built = self._in_flight.pop(future)
            self._record(claim, self._judge(future, built))

    def _judge(self, future: Future[Submission], built: Built) -> outcomes.Verdict:
        error = future.exception()
        if error is None:
            return outcomes.accepted(future.result(), self._standing)
        if not isinstance(error, DeliveryError):
            # A fault of the provider's code: the request may be out. Record it, then end.
            self._stop = NewsletterError(
                f"The provider {self.provider.name} failed: {type(error).__name__}: {error}"
            )
            error = Uncertain(f"{type(error).__name__} while submitting")
        return outcomes.failed(
            error,
            built.attempt,
            standing=self._standing,
            patience=outcomes.Patience(
                give_up_after=self.patience.give_up_after, jitter=self.jitter()
            ),
            now=self.clock.now(),
        )

    def _record(self, claim: Claim, verdict: outcomes.Verdict) -> None:
        """Make a verdict durable: people first, then the batch, then what holds for everyone."""
        now = self.clock.now()
        self._standing = verdict.standing
        self.ledger.set_aside(self.send_id, verdict.aside)
        match verdict.record:
            case "submitted":
                assert verdict.submission is not None
                self.ledger.submitted(claim, verdict.submission, now=now)
            case "uncertain":
                self.ledger.uncertain(claim, reason=verdict.reason, status=verdict.status, now=now)
            case "split":
                self.ledger.split(claim, reason=verdict.reason, status=verdict.status, now=now)
            case "release":
                self.ledger.release(
                    claim,
                    reason=verdict.reason,
                    status=verdict.status,
                    now=now,
                )
        if verdict.pause_until:
            self.ledger.pause_until(self.send_id, verdict.pause_until)
        self._stop = self._stop or verdict.stop
        log.info(
            "Batch %s of send %s: %s%s",
            claim.batch,
            claim.send_id,
            verdict.record,
            f" ({verdict.reason})" if verdict.reason else "",
            extra={"event": f"delivery.batch.{verdict.record}", "attempt": claim.attempt_id},
        )

    def _still_leading(self) -> bool:
        """Renew the lease in time; False, with the reason kept, when this sender must end."""
        if self.wants_to_stop():
            self._stop = self._stop or TryLater(
                "Stopped as asked; what was under way is recorded.",
                hint="The same command goes on where this one stopped.",
            )
            return False
        now = self.clock.now()
        if self._renewed is not None and now - self._renewed < _RENEW_EVERY:
            return True
        rival = self.ledger.lead(self.send_id, owner=self.owner, now=now, lease=LEASE)
        if rival is None:
            self._renewed = now
            return True
        self._stop = self._stop or TryLater(
            f"Another sender took over this edition ({rival}).",
            hint="Nothing is lost; `newsletter audit` shows where it stands.",
        )
        return False

    def _sleep_until(self, moment: datetime) -> None:
        """Rest in slices, so that the lease is renewed and a wish to stop is heard."""
        while (left := (moment - self.clock.now()).total_seconds()) > 0:
            if not self._still_leading() or not self._is_open():
                return
            self.clock.sleep(min(left, 1.0))
