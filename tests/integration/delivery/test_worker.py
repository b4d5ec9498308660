"""Workers: what is due of any open send, shared with whoever else is at work on it."""

from __future__ import annotations

import itertools
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.core.errors import AccountRefused, Held, StorageError, Throttled, Unreachable
from newsletter.core.model import BatchState, SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.delivery.worker import Worker, for_a_minute
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from newsletter.storage.sends.attempts import Attempts
from tests.support.ledger import (
    DAY,
    MORNING,
    MovingClock,
    ScriptedProvider,
    accept,
    frozen_send,
    make_freeze,
    make_sender,
)
from tests.support.publication import make_publication
from tests.support.time import wait_until

LATER = MORNING + timedelta(hours=3)
TOO_LATE = LATER + timedelta(hours=1)


def make_worker(ledger, provider, *, clock=None, stop=lambda: False, **more) -> Worker:
    clock = clock or MovingClock()

    def sender_for(send):
        return make_sender(
            ledger, send, provider, clock=clock, leads=False, wants_to_stop=stop, **more
        )

    return Worker(
        open_sends=lambda: ledger.open_sends("main"),
        sender_for=sender_for,
        clock=clock,
        wants_to_stop=stop,
    )


def status(ledger, send) -> SendStatus:
    return ledger.view(send.id).send.status


def test_a_worker_hands_over_every_open_send(database):
    ledger, send = frozen_send(database, 25)
    tomorrow = ledger.freeze(make_freeze(edition=DAY + timedelta(days=1)), now=MORNING)
    provider = ScriptedProvider()
    shift = make_worker(ledger, provider).run(once=True)
    assert shift.submitted == {DAY: 3, DAY + timedelta(days=1): 3}
    assert {status(ledger, one) for one in (send, tomorrow)} == {SendStatus.COMPLETE}
    assert set(Counter(provider.addresses()).values()) == {2}


def test_nothing_open_is_no_work(database):
    ledger, send = frozen_send(database, 5)
    ledger.steer(send.id, SendStatus.PAUSED)
    provider = ScriptedProvider()
    assert make_worker(ledger, provider).run(once=True).submitted == {}
    assert provider.attempts == []


def test_what_is_due_later_is_left_and_what_rests_for_a_moment_is_waited_for(database):
    ledger, send = frozen_send(database, 25)
    ledger.freeze(make_freeze(edition=DAY + timedelta(days=1), due_at=LATER), now=MORNING)
    clock = MovingClock()
    limit = Throttled("429", until=MORNING + timedelta(seconds=30))
    provider = ScriptedProvider(accept, limit)
    shift = make_worker(ledger, provider, clock=clock).run(once=True)
    assert shift.submitted == {DAY: 3}
    assert status(ledger, send) is SendStatus.COMPLETE
    assert clock.now() < LATER


def test_a_worker_that_stays_sends_the_next_wave_when_it_is_due(database):
    ledger, send = frozen_send(database, 5, due_at=LATER)
    clock = MovingClock()
    made = make_worker(
        ledger,
        ScriptedProvider(),
        clock=clock,
        stop=lambda: status(ledger, send) is SendStatus.COMPLETE or clock.now() > TOO_LATE,
    )
    clock.moment = LATER - timedelta(seconds=5)
    assert made.run(once=False).submitted == {DAY: 1}
    assert LATER <= clock.now() < LATER + timedelta(seconds=5)


def test_a_row_of_setbacks_grows_its_gaps_from_visit_to_visit(database):
    ledger, _ = frozen_send(database, 5)
    clock = MovingClock()
    provider = ScriptedProvider(*[Unreachable("refused")] * 4)
    make_worker(ledger, provider, clock=clock).run(once=True)
    assert len(provider.attempts) == 5
    assert timedelta(seconds=15) <= clock.now() - MORNING < timedelta(seconds=30)


def test_trouble_with_one_send_lets_the_others_go_on(database):
    ledger, _ = frozen_send(database, 5)
    tomorrow = ledger.freeze(make_freeze(edition=DAY + timedelta(days=1)), now=MORNING)
    provider = ScriptedProvider(AccountRefused("the sender is not verified"))
    shift = make_worker(ledger, provider).run(once=True)
    assert list(shift.troubles) == [DAY]
    assert isinstance(shift.troubles[DAY], Held)
    assert status(ledger, tomorrow) is SendStatus.COMPLETE


def test_trouble_is_told_once_and_tried_again_after_a_minute(database, caplog):
    ledger, send = frozen_send(database, 5)
    clock = MovingClock()
    provider = ScriptedProvider(*[AccountRefused("editor@brief.example.org is unknown")] * 3)
    shift = make_worker(
        ledger, provider, clock=clock, stop=lambda: status(ledger, send) is SendStatus.COMPLETE
    ).run(once=False)
    assert shift.troubles == {}
    assert len(provider.attempts) == 4
    assert timedelta(minutes=3) <= clock.now() - MORNING < timedelta(minutes=4)
    told = [record.getMessage() for record in caplog.records if "trouble" in record.getMessage()]
    assert len(told) == 1
    assert "editor@" not in told[0]


def test_a_wish_to_stop_finishes_what_is_under_way(database):
    ledger, send = frozen_send(database, 25)
    provider = ScriptedProvider()
    shift = make_worker(ledger, provider, stop=lambda: bool(provider.attempts)).run(once=False)
    assert (shift.submitted, shift.troubles) == ({DAY: 1}, {})
    assert Attempts(database).claimants(send.id) == ()


def test_a_database_that_is_away_for_a_while_does_not_end_a_worker_that_stays(database):
    ledger, send = frozen_send(database, 5)
    answers = [StorageError("The database refused.")] * 3
    made = make_worker(
        ledger, ScriptedProvider(), stop=lambda: status(ledger, send) is SendStatus.COMPLETE
    )

    def open_sends():
        if answers:
            raise answers.pop()
        return ledger.open_sends("main")

    made.open_sends = open_sends
    assert made.run(once=False).submitted == {DAY: 1}
    answers.append(StorageError("The database refused."))
    made.wants_to_stop = lambda: False
    with pytest.raises(StorageError):
        made.run(once=True)


def test_what_was_answered_while_the_database_was_away_is_recorded_and_nobody_waits_for_ever(
    database,
):
    class Shaky(Attempts):
        shakes = 1

        def submitted(self, *arguments, **words) -> None:
            if self.shakes:
                self.shakes -= 1
                raise StorageError("The database refused.")
            super().submitted(*arguments, **words)

    ledger, send = frozen_send(database, 25)
    attempts, clock, provider = Shaky(database), MovingClock(), ScriptedProvider()
    names = (f"owner {number}" for number in itertools.count())

    def settled() -> bool:
        tally = ledger.view(send.id).tally
        return not tally(BatchState.PLANNED).batches and not tally(BatchState.CLAIMED).batches

    made = make_worker(ledger, provider, clock=clock, stop=settled)
    made.sender_for = lambda send: make_sender(
        ledger,
        send,
        provider,
        attempts=attempts,
        clock=clock,
        leads=False,
        owner=next(names),
    )
    made.run(once=False)
    view = ledger.view(send.id)
    assert view.tally(BatchState.UNCERTAIN).batches == 0
    assert view.tally(BatchState.SUBMITTED).batches == 3
    assert len(provider.addresses()) == len(set(provider.addresses())) == 25
    assert clock.now() - MORNING < timedelta(minutes=2)


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def sandbox(tmp_path):
    with Sandbox(tmp_path / "mailbox", store="index") as running:
        yield running


@pytest.fixture
def brief(tmp_path, sandbox, postgresql_url):
    return make_publication(
        tmp_path / "brief",
        base_url=sandbox.url,
        people=120,
        batch_size=4,
        NEWSLETTER_DATABASE__URL=postgresql_url,
    )


def freeze(publication) -> None:
    app = publication.open(MovingClock(datetime.now(UTC)))
    app.sends.freeze(SendRequest(day=app.today(), at_once=True))
    app.close()


def mailed(sandbox) -> Counter[str]:
    return Counter(mail.recipient for mail in sandbox.mails())


def test_several_workers_mail_everyone_once(brief, sandbox):
    freeze(brief)
    workers = [brief.start("worker", "--once", "--json") for _ in range(3)]
    said = [worker.communicate() for worker in workers]
    assert {worker.returncode for worker in workers} <= {0, 3}, said
    assert len(mailed(sandbox)) == 120
    assert set(mailed(sandbox).values()) == {1}
    assert brief.json("audit")["complete"]


def test_workers_share_what_send_began(brief, sandbox):
    workers = [brief.start("worker") for _ in range(2)]
    brief.run("send", "--now", check=0)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    said = [worker.communicate() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], said
    assert len(mailed(sandbox)) == 120
    assert set(mailed(sandbox).values()) == {1}
    assert brief.json("audit")["complete"]


def test_after_a_kill_the_others_finish_and_the_doubt_is_named(brief, sandbox):
    freeze(brief)
    sandbox.set_faults([Rule(fault="lost", requests=(3,)), Rule(fault="slow", seconds=0.02)])
    victim = brief.start("worker")
    wait_until(lambda: len(sandbox.requests) >= 3)
    other = brief.start("worker", "--once")
    victim.kill()
    other.communicate()
    assert set(mailed(sandbox).values()) == {1}
    states = brief.json("audit", check=1)["states"]
    assert states.keys() <= {"submitted", "uncertain"}
    assert sum(states.values()) == 120
    assert len(mailed(sandbox)) >= states["submitted"]


def test_an_earlier_edition_is_gone_on_with_only_beside_a_leader(brief):
    app = brief.open(MovingClock(datetime.now(UTC)))
    sends, day = app.sends, app.today()
    send = sends.freeze(SendRequest(day=day, at_once=True))
    assert sends.due_sends(sends.open_since()) == (send,)
    app.clock.moment += timedelta(days=2)
    assert sends.due_sends(sends.open_since()) == ()
    now = app.clock.now()
    app.attempts.lead(send.id, owner="somebody", now=now, lease=timedelta(minutes=1))
    assert [one.edition for one in sends.due_sends(sends.open_since())] == [day]
    app.close()


def test_what_is_dear_to_ask_is_asked_once_a_minute():
    clock, answers = MovingClock(), itertools.count(1)
    question = for_a_minute(lambda: next(answers), clock)
    assert [question(), question()] == [1, 1]
    clock.sleep(59)
    assert question() == 1
    clock.sleep(1)
    assert question() == 2


def test_a_worker_refuses_what_it_cannot_share(brief, tmp_path, current_sqlite):
    assert brief.run("worker", "--once", check=3).stdout == "Nothing was due.\n"
    freeze(brief)
    brief.environment["NEWSLETTER_DELIVERY__PROVIDER"] = "outbox"
    assert "begun with the provider sendgrid" in brief.run("worker", "--once", check=4).stderr
    brief.environment["NEWSLETTER_PUBLICATION__ID"] = "evening"
    assert "the publication evening" in brief.run("worker", check=2).stderr
    brief.environment["NEWSLETTER_DATABASE__URL"] = f"sqlite:///{current_sqlite}"
    assert "need PostgreSQL" in brief.run("worker", check=2).stderr
