"""Pause, resume and cancel: heard before the next batch, in every process; nobody gets two."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.core.errors import Held, NothingToDo, Throttled, Uncertain
from newsletter.core.model import BatchState, SendStatus
from newsletter.delivery.audit import rules
from newsletter.delivery.control import SendControl
from newsletter.delivery.preconditions import refuse_if_done
from newsletter.sandbox.server import Sandbox
from newsletter.storage.sends import audit_record
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.sends.recalls import RecallRecords
from tests.support.ledger import (
    DAY,
    MORNING,
    MovingClock,
    ScriptedProvider,
    accept,
    frozen_send,
    make_guard,
    make_sender,
)
from tests.support.publication import recipients_of


def control(ledger) -> SendControl:
    def no_provider():
        raise AssertionError("nothing was handed over ahead")

    return SendControl(
        publication="main",
        ledger=ledger,
        clock=MovingClock(),
        records=RecallRecords(ledger._database),
        scheduled=no_provider,
        restored=make_guard(ledger),
    )


def run(ledger, send, provider, *, clock=None, owner="me"):
    clock = clock or MovingClock()
    Attempts(ledger._database).lead(send.id, owner=owner, now=clock.now(), lease=timedelta(hours=1))
    sender = make_sender(ledger, send, provider, clock=clock, owner=owner)
    try:
        return sender.run()
    finally:
        Attempts(ledger._database).step_down(send.id, owner=owner)


def during(action):
    """Answer an attempt after somebody else did something."""

    def submit(attempt):
        action()
        return accept(attempt)

    return submit


def audited(database, send):
    return rules.audit(audit_record.record(database, send.id, message_digest=send.digest))


def test_a_pause_by_another_process_is_heard_before_the_next_batch(database):
    ledger, send = frozen_send(database, 30)
    other = control(Ledger(database))
    provider = ScriptedProvider(during(lambda: other.pause(DAY)))

    view = run(ledger, send, provider)

    assert view.send.status is SendStatus.PAUSED
    assert view.tally(BatchState.SUBMITTED).recipients == 10
    assert view.tally(BatchState.PLANNED).recipients == 20


def test_after_a_resume_everyone_else_gets_it_once(database):
    ledger, send = frozen_send(database, 30)
    provider = ScriptedProvider(during(lambda: control(ledger).pause(DAY)))
    run(ledger, send, provider)
    control(ledger).resume(DAY)

    view = run(ledger, send, provider)

    assert view.send.status is SendStatus.COMPLETE
    assert len(provider.addresses()) == len(set(provider.addresses())) == 30
    assert audited(database, send).complete


def test_a_paused_send_is_not_begun_and_says_how_to_go_on(database):
    ledger, send = frozen_send(database, 3)
    view = control(ledger).pause(DAY)
    assert ledger.unfinished("main", before=DAY + timedelta(days=1)) == ()
    with pytest.raises(Held, match="paused") as caught:
        refuse_if_done(view.send, ledger)
    assert "send resume" in caught.value.hint
    provider = ScriptedProvider()
    run(ledger, send, provider)
    assert provider.attempts == []


def test_a_cancellation_ends_what_is_planned_and_keeps_what_was_handed_over(database):
    ledger, send = frozen_send(database, 30)
    provider = ScriptedProvider(during(lambda: control(ledger).cancel(DAY)))

    view = run(ledger, send, provider)

    assert view.send.status is SendStatus.CANCELLED
    found = audited(database, send)
    assert found.states == {"submitted": 10, "cancelled": 20}
    assert found.complete, found.problems
    with pytest.raises(NothingToDo, match="cancelled"):
        refuse_if_done(view.send, ledger)


def test_a_batch_that_comes_back_after_the_cancellation_is_cancelled_too(database):
    ledger, send = frozen_send(database, 10)

    def come_back(_attempt):
        control(ledger).cancel(DAY)
        raise Throttled("wait", until=MORNING + timedelta(seconds=5))

    view = run(ledger, send, ScriptedProvider(come_back))

    assert view.tally(BatchState.CANCELLED).recipients == 10
    assert audited(database, send).complete


def test_a_doubt_of_a_cancelled_send_is_resolved_without_planning_it_again(database):
    ledger, send = frozen_send(database, 10)

    def lose(_attempt):
        control(ledger).cancel(DAY)
        raise Uncertain("no answer")

    run(ledger, send, ScriptedProvider(lose))
    control(ledger).resolve(DAY, 1, accepted=False)
    assert audited(database, send).states == {"cancelled": 10}


def test_a_pause_is_heard_while_the_sender_waits_for_the_provider(database):
    ledger, send = frozen_send(database, 10)

    class Clock(MovingClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.slept) == 3:
                control(ledger).pause(DAY)

    clock = Clock()
    wait = Throttled("wait", until=MORNING + timedelta(seconds=200))
    view = run(ledger, send, ScriptedProvider(wait), clock=clock)
    assert view.send.status is SendStatus.PAUSED
    assert len(clock.slept) == 3


@pytest.mark.parametrize("word", ["pause", "resume", "cancel"])
def test_an_edition_without_a_send_cannot_be_steered(database, word):
    with pytest.raises(NothingToDo, match="no send"):
        getattr(control(Ledger(database)), word)(DAY)


def test_steps_that_lead_nowhere_are_told(database):
    ledger, send = frozen_send(database, 3)
    with pytest.raises(NothingToDo, match="not paused"):
        control(ledger).resume(DAY)
    run(ledger, send, ScriptedProvider())
    for word in ("pause", "resume", "cancel"):
        with pytest.raises(NothingToDo):
            getattr(control(ledger), word)(DAY)


def test_the_commands_pause_resume_and_cancel(publish, tmp_path):
    with Sandbox(tmp_path / "mailbox") as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=4)
        publication.run("send", "pause", check=3)
        app = publication.open()
        from newsletter.delivery.preconditions import SendRequest

        app.sends.freeze(SendRequest(day=app.today(), at_once=True))
        app.close()
        assert publication.json("send", "pause")["status"] == "paused"
        publication.run("send", "--now", check=4)
        assert publication.run("run", "--json", check=None).returncode in {0, 3}
        assert recipients_of(sandbox.requests) == []
        done = publication.json("send", "resume")
        assert (done["status"], done["submitted"]) == ("complete", 4)
        assert "everyone has it" in publication.run("send", "cancel", check=3).stderr
    assert len(recipients_of(sandbox.requests)) == 1
