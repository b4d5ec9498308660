"""Several senders on one send: each claim under a lease, each limit and each proof for all."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.core.clock import SystemClock
from newsletter.core.errors import AccountRefused, Held, MessageRefused, Throttled, TryLater
from newsletter.core.model import BatchState, SendStatus, Submission
from newsletter.delivery.audit.rules import audit
from newsletter.storage.sends import audit_record
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.tables import subscriber
from tests.support.ledger import (
    DAY,
    MORNING,
    HastyClock,
    MovingClock,
    ScriptedProvider,
    accept,
    frozen_send,
    make_freeze,
    make_sender,
)
from tests.support.time import PATIENCE

LEASE = timedelta(seconds=60)
OVER = MORNING + LEASE + timedelta(seconds=1)
TAKEN = Submission(provider_id="x-1", status=202)


def claim(ledger, send, *, owner="me", attempt_id="a1", now=MORNING, **more):
    return Attempts(ledger._database).claim(
        send.id, owner=owner, attempt_id=attempt_id, now=now, lease=LEASE, **more
    )


def batches(ledger, send, state) -> int:
    return ledger.view(send.id).tally(state).batches


def together(*jobs) -> None:
    """Run jobs at the same moment; raise what went wrong in any of them."""
    barrier = threading.Barrier(len(jobs))

    def run(job) -> None:
        barrier.wait()
        job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(run, job) for job in jobs]:
            done.result()


def test_a_claim_is_its_owners_until_the_lease_is_over(database):
    ledger, send = frozen_send(database, 5)
    claim(ledger, send)
    assert Attempts(database).claimants(send.id) == ("me",)
    assert Attempts(database).orphan(send.id, gone=[], now=MORNING + LEASE) == 0
    assert Attempts(database).orphan(send.id, gone=["somebody else"], now=MORNING) == 0
    assert Attempts(database).orphan(send.id, gone=[], now=OVER) == 1
    assert batches(ledger, send, BatchState.UNCERTAIN) == 1
    assert Attempts(database).claimants(send.id) == ()


def test_what_an_owner_that_is_gone_claimed_is_in_doubt_at_once(database):
    ledger, send = frozen_send(database, 25)
    for number, owner in enumerate(("me", "dead", "dead")):
        claim(ledger, send, owner=owner, attempt_id=f"a{number}")
    assert Attempts(database).orphan(send.id, gone=["dead"], now=MORNING) == 2
    assert batches(ledger, send, BatchState.CLAIMED) == 1


def test_a_renewal_prolongs_everything_of_one_owner(database):
    ledger, send = frozen_send(database, 25)
    for number, owner in enumerate(("me", "me", "rival")):
        claim(ledger, send, owner=owner, attempt_id=f"a{number}")
    Attempts(database).renew(send.id, owner="me", now=MORNING + LEASE, lease=LEASE)
    assert Attempts(database).orphan(send.id, gone=[], now=OVER) == 1
    assert Attempts(database).claimants(send.id) == ("me",)


def test_a_late_answer_settles_a_claim_that_was_doubted_meanwhile(database):
    ledger, send = frozen_send(database, 5)
    late = claim(ledger, send)
    Attempts(database).orphan(send.id, gone=[], now=OVER)
    Attempts(database).submitted(late, TAKEN, now=OVER)
    assert batches(ledger, send, BatchState.SUBMITTED) == 1


def test_claims_at_the_same_moment_never_share_a_batch(database):
    ledger, send = frozen_send(database, 200, batch_size=5)
    found: list[int] = []

    def grasp(owner: str):
        def run() -> None:
            for number in range(40):
                got = claim(ledger, send, owner=owner, attempt_id=f"{owner}{number}")
                if got is None:
                    return
                found.append(got.batch)

        return run

    together(*(grasp(owner) for owner in "abcd"))
    while (rest := claim(ledger, send, attempt_id=f"rest{len(found)}")) is not None:
        found.append(rest.batch)  # passed over by all four while another was taking it
    assert sorted(found) == list(range(1, 41))


def test_batches_cut_at_the_same_moment_get_numbers_of_their_own(database):
    ledger, send = frozen_send(database, 80, batch_size=20)
    claims = [claim(ledger, send, attempt_id=f"a{n}") for n in range(4)]

    def cut(one):
        return lambda: Attempts(database).split(one, reason="400", status=400, now=MORNING)

    together(*map(cut, claims))
    assert batches(ledger, send, BatchState.PLANNED) == 8
    record = audit_record.record(database, send.id, message_digest=send.digest)
    assert [(b.first, b.last) for b in record.batches] == [
        (first, first + 9) for first in range(1, 80, 10)
    ]


def test_no_more_is_claimed_than_there_may_be_by_whomever(database):
    ledger, send = frozen_send(database, 45)
    first = claim(ledger, send, most=2)
    assert claim(ledger, send, owner="rival", attempt_id="a2", most=2) is not None
    assert claim(ledger, send, owner="third", attempt_id="a3", most=2) is None
    Attempts(database).submitted(first, TAKEN, now=MORNING)
    assert claim(ledger, send, owner="third", attempt_id="a3", most=2) is not None
    assert claim(ledger, send, owner="third", attempt_id="a4") is not None


@pytest.mark.parametrize("most", [1, 3])
def test_claims_at_the_same_moment_keep_to_what_there_may_be(database, most):
    ledger, send = frozen_send(database, 80)
    found = []
    together(
        *(
            lambda n=n: found.append(claim(ledger, send, attempt_id=f"a{n}", most=most))
            for n in range(8)
        )
    )
    assert len([one for one in found if one is not None]) == most


def test_a_limit_holds_for_every_open_send_of_the_account(database):
    ledger, send = frozen_send(database, 5)
    tomorrow = ledger.freeze(make_freeze(edition=DAY + timedelta(days=1)), now=MORNING)
    with database.write() as connection:
        moved = subscriber.c.address == "reader0005@example.org"
        connection.execute(sa.update(subscriber).where(moved).values(publication="other"))
    foreign = ledger.freeze(make_freeze(publication="other"), now=MORNING)
    until = MORNING + timedelta(seconds=7)
    Attempts(database).pause_until(send.id, until)
    assert claim(ledger, send) is None
    assert claim(ledger, tomorrow) is None
    assert claim(ledger, foreign) is not None
    assert claim(ledger, tomorrow, attempt_id="a2", now=until) is not None


@pytest.mark.parametrize("leads", [False, True])
def test_case_28_senders_at_work_together_mail_everyone_once(database, leads):
    """One `newsletter send` beside three workers, or four workers alone."""
    ledger, send = frozen_send(database, 200, batch_size=5)
    provider = ScriptedProvider()
    senders = [
        make_sender(
            Ledger(database),
            send,
            provider,
            owner=f"sender {number}",
            clock=SystemClock(),
            parallel=2,
            leads=leads and number == 0,
        )
        for number in range(4)
    ]
    together(*(sender.run for sender in senders))
    while ledger.view(send.id).send.status is SendStatus.OPEN:
        make_sender(ledger, send, provider, leads=False).run()
    assert Counter(provider.addresses()).most_common(1)[0][1] == 1
    assert len(provider.addresses()) == 200
    found = audit(audit_record.record(database, send.id, message_digest=send.digest))
    assert found.complete, found.problems


def test_while_one_proves_the_message_a_worker_goes_away_empty_handed(database):
    ledger, send = frozen_send(database, 25)
    rival = ScriptedProvider()

    def look_meanwhile(attempt):
        make_sender(ledger, send, rival, owner="rival", leads=False).run()
        return accept(attempt)

    make_sender(ledger, send, ScriptedProvider(look_meanwhile)).run()
    assert rival.attempts == []


def test_case_05_a_limit_met_by_one_stops_the_others(database):
    ledger, send = frozen_send(database, 25)
    clock = MovingClock()
    until = MORNING + timedelta(seconds=7)
    one = ScriptedProvider(accept, Throttled("429", until=until))
    make_sender(ledger, send, one, owner="one", clock=clock, leads=False).run()
    other = ScriptedProvider()
    make_sender(ledger, send, other, owner="other", clock=clock, leads=False).run()
    assert (len(one.attempts), other.attempts) == (2, [])
    clock.sleep(7)
    make_sender(ledger, send, other, owner="other", clock=clock, leads=False).run()
    assert len(other.addresses()) == 15


def test_case_08_a_window_used_up_by_one_stops_the_others(database):
    ledger, send = frozen_send(database, 25)
    used_up = Submission(provider_id="x", pause_until=MORNING + timedelta(seconds=7))
    make_sender(ledger, send, ScriptedProvider(used_up), leads=False).run()
    other = ScriptedProvider()
    make_sender(ledger, send, other, owner="other", leads=False).run()
    assert other.attempts == []


def test_a_limit_is_known_before_the_batch_is_anybodys_again(database):
    """Else another sender would take the batch at once, into the same limit."""
    ledger, send = frozen_send(database, 5)
    seen: list[object] = []

    class Watched(Attempts):
        def release(self, *arguments, **words) -> None:
            seen.append(ledger.view(send.id).send.paused_until)
            super().release(*arguments, **words)

    until = MORNING + timedelta(seconds=7)
    provider = ScriptedProvider(Throttled("429", until=until))
    make_sender(ledger, send, provider, attempts=Watched(database), leads=False).run()
    assert seen == [until]


def test_the_leader_stays_until_others_are_done_and_takes_what_they_put_back(database):
    ledger, send = frozen_send(database, 25)
    held = claim(ledger, send, owner="worker", attempt_id="left")
    Attempts(database).submitted(claim(ledger, send, attempt_id="a2"), TAKEN, now=MORNING)

    class Clock(MovingClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if self.now() >= MORNING + timedelta(seconds=5):
                Attempts(database).release(held, reason="429", status=429, now=self.now())

    provider = ScriptedProvider()
    view = make_sender(ledger, send, provider, clock=Clock()).run()
    assert view.send.status is SendStatus.COMPLETE
    assert len(provider.addresses()) == 15


def test_the_leader_waits_no_longer_than_a_lease_for_a_worker_that_fell_silent(database):
    clock = HastyClock(least=5, begins_at=0.5)
    ledger, send = frozen_send(database, 25)
    claim(ledger, send, owner="worker on another machine", attempt_id="left")
    Attempts(database).submitted(claim(ledger, send, attempt_id="a2"), TAKEN, now=MORNING)
    view = make_sender(ledger, send, ScriptedProvider(), clock=clock).run()
    assert view.tally(BatchState.UNCERTAIN).recipients == 10
    assert view.tally(BatchState.SUBMITTED).recipients == 15
    assert LEASE <= clock.now() - MORNING <= LEASE + timedelta(seconds=10)


def test_a_sender_that_stood_still_for_its_lease_does_not_submit_any_more(database):
    """Others doubt its claim by then; what it would hand over now could be a second copy."""
    clock = MovingClock()
    ledger, send = frozen_send(database, 5)

    class StandsStill(ScriptedProvider):
        def problems(self, attempt):
            if not clock.slept:
                clock.sleep(90)
                Attempts(database).orphan(send.id, gone=[], now=clock.now())
            return super().problems(attempt)

    provider = StandsStill()
    make_sender(ledger, send, provider, clock=clock, leads=False).run()
    assert provider.attempts == []
    assert batches(ledger, send, BatchState.PLANNED) == 1


def test_a_long_attempt_keeps_its_lease(database, monkeypatch):
    from newsletter.delivery import lease, sender

    for module in (lease, sender):
        monkeypatch.setattr(module, "RENEW_EVERY", timedelta(seconds=0.05))
    ledger, send = frozen_send(database, 5)
    later = MORNING + timedelta(seconds=50)
    clock = MovingClock()
    renewed = threading.Event()

    class Watched(Attempts):
        def renew(self, *arguments, **words) -> None:
            super().renew(*arguments, **words)
            if words["now"] >= later:
                renewed.set()

    def last_long(attempt):
        clock.moment = later
        assert renewed.wait(PATIENCE)
        return accept(attempt)

    provider = ScriptedProvider(last_long)
    make_sender(ledger, send, provider, attempts=Watched(database), clock=clock).run()
    assert batches(ledger, send, BatchState.SUBMITTED) == 1


@pytest.mark.parametrize(
    "error", [AccountRefused("401", status=401), MessageRefused("400", status=400)]
)
def test_what_is_held_costs_each_worker_no_more_than_it_costs_one(database, error):
    ledger, send = frozen_send(database, 1)
    for owner in ("one", "other"):
        provider = ScriptedProvider(error)
        with pytest.raises(Held):
            make_sender(ledger, send, provider, owner=owner, leads=False).run()
        assert len(provider.attempts) == 1
    assert ledger.view(send.id).refused == 0


def test_claims_that_fail_again_and_again_end_the_run(database):
    class Jammed(Attempts):
        def claim(self, *_arguments, **_words):
            return None

    ledger, send = frozen_send(database, 3)
    with pytest.raises(TryLater, match="could not be claimed"):
        make_sender(ledger, send, ScriptedProvider(), attempts=Jammed(database)).run()
