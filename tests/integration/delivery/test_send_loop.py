"""The loop over a real ledger and a scripted provider: nobody twice, nobody missed."""

from __future__ import annotations

import contextlib
import random
import threading
from collections import Counter
from datetime import timedelta

import pytest

from newsletter.core.errors import (
    AccountRefused,
    Held,
    MessageRefused,
    NewsletterError,
    RecipientRefused,
    Throttled,
    TooLarge,
    TryLater,
    Uncertain,
    Unreachable,
)
from newsletter.core.model import BatchState, SendStatus, Submission
from newsletter.delivery.audit.rules import audit
from newsletter.storage.sends import audit_record
from newsletter.storage.sends.attempts import Attempts
from tests.support.ledger import (
    MORNING,
    HastyClock,
    MovingClock,
    ScriptedProvider,
    accept,
    change_state,
    frozen_send,
    hand_over,
    make_ledger_message,
    make_sender,
)
from tests.support.time import PATIENCE


def go(ledger, send, provider, **overrides):
    return hand_over(ledger, send, provider, **overrides)


def prove(database, ledger, send):
    digest = make_ledger_message().digest
    return audit(audit_record.record(database, send.id, message_digest=digest))


def test_where_the_send_stands_is_not_summed_up_for_every_batch(database, monkeypatch):
    ledger, send = frozen_send(database, 200, batch_size=5)
    looks = []
    view = ledger.view
    monkeypatch.setattr(ledger, "view", lambda send_id: looks.append(send_id) or view(send_id))
    provider = ScriptedProvider()
    go(ledger, send, provider, parallel=3)
    assert len(provider.attempts) == 40
    assert len(looks) < 10
    assert prove(database, ledger, send).problems == ()


def test_everyone_gets_it_once_in_batches(database):
    ledger, send = frozen_send(database, 25)
    provider = ScriptedProvider()
    view = go(ledger, send, provider)
    assert [len(a.recipients) for a in provider.attempts] == [10, 10, 5]
    assert Counter(provider.addresses()).most_common(1)[0][1] == 1
    assert len(provider.addresses()) == 25
    assert view.send.status is SendStatus.COMPLETE
    result = prove(database, ledger, send)
    assert result.complete, result.problems
    assert result.states == {"submitted": 25}


def test_a_second_run_is_refused_and_hands_over_nothing(database):
    ledger, send = frozen_send(database, 3)
    go(ledger, send, ScriptedProvider())
    again = ScriptedProvider()
    with pytest.raises(NewsletterError, match="nobody gets it twice"):
        go(ledger, send, again)
    assert again.attempts == []


def test_a_doubt_is_kept_out_while_the_others_go(database):
    ledger, send = frozen_send(database, 30)
    provider = ScriptedProvider(accept, Uncertain("no answer"))
    view = go(ledger, send, provider)
    assert view.tally(BatchState.UNCERTAIN).recipients == 10
    assert view.tally(BatchState.SUBMITTED).recipients == 20
    assert view.send.status is SendStatus.OPEN
    again = ScriptedProvider()
    go(ledger, send, again)
    assert again.attempts == []
    result = prove(database, ledger, send)
    assert not result.complete
    assert "uncertain" in result.problems[0]


def test_a_doubt_resolved_as_not_accepted_goes_again_and_completes(database):
    ledger, send = frozen_send(database, 5)
    go(ledger, send, ScriptedProvider(Uncertain("no answer")))
    ledger.resolve(send.id, 1, accepted=False, now=MORNING)
    again = ScriptedProvider()
    assert go(ledger, send, again).send.status is SendStatus.COMPLETE
    assert len(again.addresses()) == 5
    assert prove(database, ledger, send).complete


def test_a_limit_is_waited_out_and_the_same_batch_goes_once(database):
    clock = MovingClock()
    ledger, send = frozen_send(database, 5)
    until = MORNING + timedelta(seconds=7)
    provider = ScriptedProvider(Throttled("too many", until=until))
    go(ledger, send, provider, clock=clock)
    assert len(provider.attempts) == 2
    assert clock.now() >= until
    assert provider.attempts[0].id != provider.attempts[1].id


def test_a_used_up_window_is_waited_out_before_the_next_batch(database):
    clock = MovingClock()
    ledger, send = frozen_send(database, 15)
    until = MORNING + timedelta(seconds=20)
    provider = ScriptedProvider(Submission(provider_id="x", pause_until=until))
    go(ledger, send, provider, clock=clock)
    assert clock.now() >= until
    assert len(provider.addresses()) == 15


def test_endless_limits_end_in_try_later_and_a_later_run_finishes(database):
    ledger, send = frozen_send(database, 5)
    limits = [Throttled("too many", until=None) for _ in range(200)]
    with pytest.raises(TryLater):
        go(ledger, send, ScriptedProvider(*limits), clock=HastyClock(least=10))
    assert ledger.view(send.id).tally(BatchState.PLANNED).recipients == 5
    later = MovingClock(MORNING + timedelta(hours=1))
    assert go(ledger, send, ScriptedProvider(), clock=later).send.status is SendStatus.COMPLETE


def test_a_broken_connection_is_tried_again_with_gaps(database):
    clock = MovingClock()
    ledger, send = frozen_send(database, 5)
    go(ledger, send, ScriptedProvider(*[Unreachable("refused")] * 3), clock=clock)
    assert timedelta(seconds=7) <= clock.now() - MORNING < timedelta(seconds=20)


def test_a_refused_account_stops_at_once_and_blames_nobody(database):
    ledger, send = frozen_send(database, 30)
    provider = ScriptedProvider(AccountRefused("the key is not valid", status=401))
    with pytest.raises(Held, match="the key is not valid"):
        go(ledger, send, provider, parallel=4)
    assert len(provider.attempts) == 1
    view = ledger.view(send.id)
    assert (view.refused, view.tally(BatchState.PLANNED).recipients) == (0, 30)


def test_a_named_person_never_costs_the_others(database):
    ledger, send = frozen_send(database, 10)
    provider = ScriptedProvider(RecipientRefused("bad address", index=4))
    view = go(ledger, send, provider)
    assert [len(a.recipients) for a in provider.attempts] == [10, 9]
    assert view.refused == 1
    result = prove(database, ledger, send)
    assert result.complete
    assert result.states == {"submitted": 9, "refused": 1}


def refuse_batches_with(culprits: set[str]):
    def answer(attempt):
        if culprits & {one.address for one in attempt.recipients}:
            raise MessageRefused("Bad Request", status=400)
        return accept(attempt)

    return answer


class Refusing(ScriptedProvider):
    """Refuses, without naming anybody, whatever contains a culprit."""

    def __init__(self, culprits: set[str]) -> None:
        super().__init__(*[refuse_batches_with(culprits)] * 500)


@pytest.mark.parametrize("culprits", [{1}, {7}, {10}, {3, 8}, {1, 2, 25}])
def test_unnamed_culprits_are_found_by_halves_and_alone_left_out(database, culprits):
    ledger, send = frozen_send(database, 25)
    bad = {f"reader{number:04}@example.org" for number in culprits}
    provider = Refusing(bad)
    view = go(ledger, send, provider)
    assert view.refused == len(culprits)
    assert view.tally(BatchState.SUBMITTED).recipients == 25 - len(culprits)
    assert prove(database, ledger, send).complete
    assert len(provider.attempts) < 30


def test_a_message_that_everybody_refuses_is_blamed_itself(database):
    ledger, send = frozen_send(database, 100)
    provider = ScriptedProvider(*[MessageRefused("Bad Request")] * 500)
    with pytest.raises(Held, match="the message itself"):
        go(ledger, send, provider)
    assert len(provider.attempts) <= 10
    assert ledger.view(send.id).refused == 0


def test_too_large_is_halved_before_and_after_the_request(database):
    ledger, send = frozen_send(database, 10)
    provider = ScriptedProvider(TooLarge("413"), limit=6)
    go(ledger, send, provider)
    assert all(len(a.recipients) <= 5 for a in provider.attempts)
    assert prove(database, ledger, send).states == {"submitted": 10}


def test_two_that_are_too_large_go_one_by_one_and_one_alone_is_for_the_provider_to_say(database):
    ledger, send = frozen_send(database, 2)
    provider = ScriptedProvider(limit=1)
    go(ledger, send, provider)
    assert [len(one.recipients) for one in provider.attempts] == [1, 1]
    assert prove(database, ledger, send).states == {"submitted": 2}


def test_one_alone_is_handed_over_whatever_its_size(database):
    ledger, send = frozen_send(database, 1)
    provider = ScriptedProvider(limit=0)
    go(ledger, send, provider)
    assert prove(database, ledger, send).states == {"submitted": 1}


def test_who_cannot_be_mailed_is_refused_before_any_request(database):
    ledger, send = frozen_send(database, 3)
    provider = ScriptedProvider(bad={"reader0002@example.org"})
    assert go(ledger, send, provider).refused == 1
    assert "reader0002@example.org" not in provider.addresses()


def test_an_opt_out_between_two_batches_wins(database):
    ledger, send = frozen_send(database, 20)

    def leave_meanwhile(attempt):
        change_state(database, "reader0015@example.org", "unsubscribed")
        return accept(attempt)

    provider = ScriptedProvider(leave_meanwhile)
    view = go(ledger, send, provider)
    assert view.skipped == 1
    assert "reader0015@example.org" not in provider.addresses()
    assert prove(database, ledger, send).record.left_out == (
        ("skipped", "unsubscribed since the freeze", 1),
    )


def test_a_batch_without_anybody_left_is_cancelled(database):
    ledger, send = frozen_send(database, 2)
    change_state(database, "reader0001@example.org", "unsubscribed")
    change_state(database, "reader0002@example.org", "complained")
    provider = ScriptedProvider()
    view = go(ledger, send, provider)
    assert provider.attempts == []
    assert view.send.status is SendStatus.COMPLETE
    assert prove(database, ledger, send).complete


def test_a_rival_at_work_is_left_alone(database):
    ledger, send = frozen_send(database, 5)
    Attempts(database).lead(send.id, owner="rival", now=MORNING, lease=timedelta(minutes=1))
    provider = ScriptedProvider()
    with pytest.raises(TryLater, match="Another sender"):
        go(ledger, send, provider)
    assert provider.attempts == []


def test_a_rival_that_is_gone_is_replaced_and_its_claims_are_doubts(database):
    ledger, send = frozen_send(database, 15)
    Attempts(database).lead(send.id, owner="dead", now=MORNING, lease=timedelta(minutes=1))
    Attempts(database).claim(
        send.id, owner="dead", attempt_id="left", now=MORNING, lease=timedelta(minutes=1)
    )
    view = go(ledger, send, ScriptedProvider(), is_gone=lambda owner: owner == "dead")
    assert view.tally(BatchState.UNCERTAIN).recipients == 10
    assert view.tally(BatchState.SUBMITTED).recipients == 5


def test_a_sender_that_lost_its_lead_stops_and_still_records_its_answer(database):
    clock = MovingClock()
    ledger, send = frozen_send(database, 20)

    def lose_the_lead(attempt):
        later = clock.now() + timedelta(minutes=2)
        Attempts(database).lead(send.id, owner="rival", now=later, lease=timedelta(minutes=1))
        clock.sleep(120)
        return accept(attempt)

    provider = ScriptedProvider(lose_the_lead)
    with pytest.raises(TryLater, match="took over"):
        go(ledger, send, provider, clock=clock)
    assert len(provider.attempts) == 1
    assert ledger.view(send.id).tally(BatchState.SUBMITTED).recipients == 10


def test_a_wish_to_stop_finishes_what_is_under_way(database):
    ledger, send = frozen_send(database, 30)
    provider = ScriptedProvider()
    with pytest.raises(TryLater, match="Stopped as asked"):
        go(ledger, send, provider, wants_to_stop=lambda: bool(provider.attempts))
    view = ledger.view(send.id)
    assert view.tally(BatchState.SUBMITTED).batches == 1
    assert not view.tally(BatchState.CLAIMED).batches
    assert go(ledger, send, ScriptedProvider()).send.status is SendStatus.COMPLETE


def test_a_fault_of_the_provider_is_a_doubt_and_ends_the_run(database):
    ledger, send = frozen_send(database, 5)
    with pytest.raises(NewsletterError, match="KeyError"):
        go(ledger, send, ScriptedProvider(KeyError("oops")))
    assert ledger.view(send.id).tally(BatchState.UNCERTAIN).recipients == 5


def test_several_attempts_run_at_once_after_the_first_is_accepted(database):
    ledger, send = frozen_send(database, 50)
    together = threading.Barrier(4, timeout=PATIENCE)

    def meet(attempt):
        together.wait()
        return accept(attempt)

    provider = ScriptedProvider(accept, meet, meet, meet, meet)
    assert go(ledger, send, provider, parallel=4).send.status is SendStatus.COMPLETE


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_each_person_is_accounted_for_once(database, seed):
    """Random answers, stops and restarts: nobody accepted twice, everybody in one state."""
    chance = random.Random(seed)
    ledger, send = frozen_send(database, 60)
    accepted: Counter[str] = Counter()

    def take(attempt):
        accepted.update(one.address for one in attempt.recipients)
        return accept(attempt)

    def take_silently(attempt):
        take(attempt)
        raise Uncertain("the answer was lost")

    def refuse_one(attempt):
        raise RecipientRefused("bad", index=chance.randrange(len(attempt.recipients)))

    faults = [
        take_silently,
        refuse_one,
        Throttled("429", until=None),
        Unreachable("refused"),
        TooLarge("413"),
        Uncertain("502"),
    ]
    clock = MovingClock()
    for run in range(8):
        script = [chance.choice([take, take, chance.choice(faults)]) for _ in range(6)]
        provider = ScriptedProvider(*script, *[take] * 500)
        stop_after = chance.randrange(1, 12)
        with contextlib.suppress(NewsletterError):
            go(
                ledger,
                send,
                provider,
                owner=f"run-{run}",
                clock=clock,
                parallel=chance.choice([1, 3]),
                wants_to_stop=lambda p=provider, n=stop_after: len(p.attempts) >= n,
            )
    result = prove(database, ledger, send)
    assert max(accepted.values()) == 1
    assert sum(result.states.values()) == 60
    assert set(result.states) <= {"submitted", "uncertain", "refused"}
    doubts = result.states.get("uncertain", 0)
    assert result.states["submitted"] <= len(accepted) <= result.states["submitted"] + doubts


def test_the_sender_starts_from_what_the_ledger_knows(database):
    """A message that was taken in an earlier run is proven; a lone refusal then is a person's."""
    ledger, send = frozen_send(database, 11)
    provider = ScriptedProvider()
    with pytest.raises(TryLater):
        go(ledger, send, provider, wants_to_stop=lambda: bool(provider.attempts))
    view = go(ledger, send, ScriptedProvider(MessageRefused("Bad Request")))
    assert view.refused == 1
    assert view.send.status is SendStatus.COMPLETE


def test_a_stranger_may_not_drive_the_loop(database):
    """Without leadership nothing is claimed, and the loop ends instead of spinning."""
    ledger, send = frozen_send(database, 1)
    Attempts(database).lead(send.id, owner="rival", now=MORNING, lease=timedelta(minutes=5))
    provider = ScriptedProvider()
    sender = make_sender(ledger, send, provider, owner="stranger")
    with pytest.raises(TryLater):
        sender.run()
    assert provider.attempts == []
