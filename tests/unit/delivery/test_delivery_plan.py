"""The plan: one step at a time, decided from sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import BatchState, Send, SendKind, SendStatus
from newsletter.core.model.records import SendView, Tally
from newsletter.delivery.plan import (
    AwaitAnswer,
    AwaitOthers,
    ClaimNext,
    Finish,
    SleepUntil,
    Terms,
    next_step,
    rests_until,
)
from tests.support.ledger import DAY, MORNING

SOON = MORNING + timedelta(seconds=7)


def view(*, planned: int = 0, next_due=MORNING, paused_until=None) -> SendView:
    send = Send(
        id=1,
        publication="main",
        edition=DAY,
        kind=SendKind.EDITION,
        status=SendStatus.OPEN,
        digest="d",
        provider="scripted",
        recipients=planned * 10,
        created_at=MORNING,
        led_until=SOON,
        paused_until=paused_until,
    )
    batches = {BatchState.PLANNED: Tally(planned, planned * 10)} if planned else {}
    return SendView(send=send, batches=batches, skipped=0, refused=0, next_due=next_due)


def step(shown: SendView, *, in_flight: int = 0, parallel: int = 4, proven: bool = True, **more):
    return next_step(
        shown, in_flight=in_flight, parallel=parallel, proven=proven, now=MORNING, **more
    )


def test_a_due_batch_is_claimed():
    assert step(view(planned=3)) == ClaimNext()
    assert step(view(planned=3, next_due=None)) == ClaimNext()


def test_nothing_planned_and_nothing_under_way_is_the_end():
    assert step(view()) == Finish()


def test_nothing_planned_but_an_attempt_under_way_is_awaited():
    assert step(view(), in_flight=1) == AwaitAnswer()


def test_no_more_than_the_allowed_attempts_run_at_once():
    assert step(view(planned=3), in_flight=4) == AwaitAnswer()
    assert step(view(planned=3), in_flight=3) == ClaimNext()


def test_until_one_is_accepted_attempts_go_one_by_one():
    assert step(view(planned=3), in_flight=1, proven=False) == AwaitAnswer()
    assert step(view(planned=3), in_flight=0, proven=False) == ClaimNext(1)


@pytest.mark.parametrize("which", ["next_due", "paused_until"])
def test_a_rest_is_slept_through(which):
    assert step(view(planned=1, **{which: SOON})) == SleepUntil(SOON)


def test_while_resting_answers_are_awaited_first():
    assert step(view(planned=1, paused_until=SOON), in_flight=1) == AwaitAnswer()


@given(
    planned=st.integers(0, 5),
    in_flight=st.integers(0, 5),
    parallel=st.integers(1, 4),
    proven=st.booleans(),
    rest=st.one_of(st.none(), st.integers(-5, 5)),
)
def test_every_standing_has_a_step_that_leads_on(planned, in_flight, parallel, proven, rest):
    pause = None if rest is None else MORNING + timedelta(seconds=rest)
    chosen = next_step(
        view(planned=planned, paused_until=pause),
        in_flight=in_flight,
        parallel=parallel,
        proven=proven,
        now=MORNING,
    )
    if isinstance(chosen, ClaimNext):
        assert planned
        assert in_flight < parallel
    if isinstance(chosen, AwaitAnswer):
        assert in_flight  # awaiting nothing would wait for ever
    if isinstance(chosen, SleepUntil):
        assert chosen.moment > MORNING
    if isinstance(chosen, Finish):
        assert not planned
        assert not in_flight


def test_ahead_of_time_a_batch_begins_by_its_lead_before_it_is_due():
    due = MORNING + timedelta(minutes=30)
    early = step(view(planned=1, next_due=due), terms=Terms(lead=timedelta(minutes=20)))
    assert early == SleepUntil(due - timedelta(minutes=20))
    assert step(view(planned=1, next_due=due), terms=Terms(lead=timedelta(minutes=30))) == (
        ClaimNext()
    )


def test_a_send_rests_until_its_next_wave_may_be_handed_over():
    lead = timedelta(minutes=20)
    assert rests_until(view(planned=1, next_due=SOON), lead=lead) == SOON - lead
    assert rests_until(view(planned=1, next_due=SOON), lead=timedelta()) == SOON
    assert rests_until(view(next_due=None), lead=lead) is None


@pytest.mark.parametrize("state", [BatchState.CLAIMED, BatchState.UNCERTAIN])
def test_a_send_with_one_claim_or_doubt_does_not_rest(state):
    shown = view(planned=1, next_due=SOON)
    unsettled = replace(shown, batches={**shown.batches, state: Tally(1, 10)})
    assert rests_until(unsettled, lead=timedelta()) is None
    none_left = replace(shown, batches={**shown.batches, state: Tally(0, 0)})
    assert rests_until(none_left, lead=timedelta()) == SOON


def test_a_doubt_that_can_be_recalled_later_is_waited_for():
    assert step(view(), terms=Terms(wake=SOON)) == SleepUntil(SOON)
    assert step(view(), terms=Terms(wake=SOON, recalling=1)) == AwaitAnswer()


def test_without_room_for_another_recall_nothing_begins():
    full = Terms(room=0, room_at=SOON)
    assert step(view(planned=1), terms=full) == SleepUntil(SOON)
    assert step(view(), terms=full) == Finish()
    assert step(view(planned=1), in_flight=1, terms=Terms(room=1)) == ClaimNext(1)


def test_room_counts_what_everybody_has_claimed():
    shown = view(planned=1)
    taken = replace(shown, batches={**shown.batches, BatchState.CLAIMED: Tally(2, 20)})
    assert step(taken, in_flight=2, terms=Terms(room=2)) == AwaitAnswer()
    assert step(taken, in_flight=0, terms=Terms(room=2)) == AwaitOthers()
    assert step(taken, in_flight=2, terms=Terms(room=3)) == ClaimNext(3)


def claimed(shown: SendView, batches: int) -> SendView:
    """Let some senders have claimed batches."""
    mine = {BatchState.CLAIMED: Tally(batches, batches * 10)}
    return replace(shown, batches={**shown.batches, **mine})


@pytest.mark.parametrize("status", sorted(set(SendStatus) - {SendStatus.OPEN}))
def test_in_a_send_that_was_stopped_nothing_new_begins(status):
    shown = view(planned=3)
    stopped = replace(shown, send=replace(shown.send, status=status))
    assert step(stopped) == Finish()
    assert step(stopped, in_flight=1) == AwaitAnswer()
    assert step(stopped, terms=Terms(recalling=1)) == AwaitAnswer()
    assert step(stopped, terms=Terms(wake=SOON)) == SleepUntil(SOON)


def test_attempts_and_recalls_under_way_are_awaited_together():
    assert step(view(), in_flight=1, terms=Terms(recalling=1)) == AwaitAnswer()


def test_what_others_have_claimed_is_waited_for():
    assert step(claimed(view(), 1)) == AwaitOthers()
    assert step(claimed(view(), 2), in_flight=1) == AwaitAnswer()
    assert step(claimed(view(), 1), in_flight=1) == AwaitAnswer()


def test_while_others_try_the_first_attempt_nobody_else_begins():
    others = claimed(view(planned=3), 1)
    assert step(others, proven=False) == AwaitOthers()
    assert step(others) == ClaimNext()


def test_of_two_rests_in_a_row_the_later_counts():
    later = SOON + timedelta(seconds=1)
    assert step(view(planned=1, next_due=SOON, paused_until=later)) == SleepUntil(later)
    assert step(view(planned=1, next_due=later, paused_until=SOON)) == SleepUntil(later)


def test_of_a_batch_and_a_recall_the_earlier_wakes():
    later = SOON + timedelta(seconds=1)
    assert step(view(planned=1, next_due=later), terms=Terms(wake=SOON)) == SleepUntil(SOON)
    assert step(view(planned=1, next_due=SOON), terms=Terms(wake=later)) == SleepUntil(SOON)
    full = Terms(room=0, room_at=later, wake=SOON)
    assert step(view(planned=1), terms=full) == SleepUntil(SOON)
