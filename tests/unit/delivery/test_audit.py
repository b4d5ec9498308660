"""The audit: complete only when every recipient is in exactly one state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import BatchState, Send, SendKind, SendStatus
from newsletter.core.model.records import (
    RECALLED,
    AttemptRecord,
    BatchRecord,
    Correction,
    SendRecord,
)
from newsletter.delivery.audit.rules import audit
from tests.support.ledger import DAY, MORNING


def batch(number: int, first: int, last: int, state=BatchState.SUBMITTED, **left_out: int):
    return BatchRecord(
        number=number,
        first=first,
        last=last,
        state=state,
        attempt_id=f"a{number}",
        left_out=left_out,
    )


def attempt(number: int, state: str = "submitted", digest: str = "d") -> AttemptRecord:
    return AttemptRecord(
        id=f"a{number}-{state}",
        batch=number,
        state=state,
        digest=digest,
        provider_id="x",
        status=202,
        reason=None,
        started_at=MORNING,
        ended_at=MORNING,
    )


def record(*batches: BatchRecord, attempts=None, recipients: int | None = None) -> SendRecord:
    count = max((b.last for b in batches), default=0) if recipients is None else recipients
    send = Send(
        id=1,
        publication="main",
        edition=DAY,
        kind=SendKind.EDITION,
        status=SendStatus.COMPLETE,
        digest="d",
        provider="scripted",
        recipients=count,
        created_at=MORNING,
        led_until=None,
        paused_until=None,
    )
    taken = [attempt(b.number) for b in batches if b.state is BatchState.SUBMITTED]
    return SendRecord(
        send=send,
        rows=count,
        lowest=1,
        highest=count,
        batches=batches,
        attempts=tuple(taken if attempts is None else attempts),
        left_out=(),
        message_digest="d",
    )


def test_everyone_submitted_is_complete():
    result = audit(record(batch(1, 1, 10), batch(2, 11, 15)))
    assert result.complete
    assert result.states == {"submitted": 15}


def test_people_left_out_are_counted_once():
    result = audit(record(batch(1, 1, 10, skipped=2, refused=1)))
    assert result.complete
    assert result.states == {"submitted": 7, "skipped": 2, "refused": 1}


@pytest.mark.parametrize("state", ["planned", "claimed", "uncertain"])
def test_what_is_open_is_named_with_what_to_do(state):
    result = audit(record(batch(1, 1, 10), batch(2, 11, 12, BatchState(state))))
    assert not result.complete
    assert f"Batch 2 (2 recipients) is {state}" in result.problems[0]


def test_a_gap_and_an_overlap_are_seen():
    assert not audit(record(batch(1, 1, 10), batch(2, 12, 15))).complete
    assert not audit(record(batch(1, 1, 10), batch(2, 10, 15))).complete
    assert not audit(record(batch(1, 1, 10), recipients=12)).complete
    assert not audit(replace(record(batch(1, 1, 10)), rows=9)).complete


def test_a_submitted_batch_has_exactly_one_submitted_attempt():
    assert not audit(record(batch(1, 1, 5), attempts=[])).complete
    twice = [attempt(1), replace(attempt(1), id="again")]
    assert not audit(record(batch(1, 1, 5), attempts=twice)).complete
    history = [attempt(1, "released"), attempt(1)]
    assert audit(record(batch(1, 1, 5), attempts=history)).complete


def test_an_attempt_taken_of_a_batch_that_is_not_submitted_is_seen():
    found = record(batch(1, 1, 5, BatchState.CANCELLED), attempts=[attempt(1)])
    assert not audit(found).complete


def test_another_message_than_the_frozen_one_is_seen():
    assert not audit(replace(record(batch(1, 1, 5)), message_digest="other")).complete
    assert not audit(record(batch(1, 1, 5), attempts=[attempt(1, digest="other")])).complete


@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    states=st.lists(st.sampled_from(BatchState), min_size=6, max_size=6),
)
def test_states_always_add_up_to_the_recipients(sizes, states):
    batches, first = [], 1
    for number, (size, state) in enumerate(zip(sizes, states, strict=False), start=1):
        batches.append(batch(number, first, first + size - 1, state))
        first += size
    result = audit(record(*batches))
    assert sum(result.states.values()) == first - 1
    open_states = {BatchState.PLANNED, BatchState.CLAIMED, BatchState.UNCERTAIN}
    assert result.complete is not any(b.state in open_states for b in batches)


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        (
            replace(record(batch(1, 1, 10)), highest=11),
            "The send counts 10 recipients; the table holds 10.",
        ),
        (
            replace(record(batch(1, 1, 10)), rows=9, highest=9),
            "The send counts 10 recipients; the table holds 9.",
        ),
        (
            record(batch(1, 1, 10), batch(2, 12, 15)),
            "Batch 2 begins at position 12; 11 was expected.",
        ),
        (
            record(batch(1, 1, 10), batch(2, 11, 10), recipients=10),
            "Batch 2 begins at position 11; 11 was expected.",
        ),
        (record(batch(1, 1, 10), recipients=11), "The batches end at position 10."),
        (
            record(batch(1, 1, 10), recipients=11),
            "11 recipients were frozen, 10 are accounted for.",
        ),
        (
            record(batch(1, 1, 5), attempts=[attempt(1), attempt(1)]),
            "Batch 1 is submitted, and 2 of its attempts were submitted.",
        ),
        (
            record(batch(1, 1, 5), attempts=[attempt(1), attempt(1, "released", digest="x")]),
            "Attempts carry 1 other digest(s) than the send.",
        ),
    ],
)
def test_what_does_not_add_up_is_told_with_its_numbers(shown, problem):
    assert problem in audit(shown).problems


def test_a_send_without_batches_has_nobody_accounted_for():
    assert audit(record(recipients=3)).problems == (
        "3 recipients were frozen, 0 are accounted for.",
    )


def test_one_in_a_batch_of_its_own_adds_up():
    assert audit(record(batch(1, 1, 1), batch(2, 2, 2))).complete


def test_who_is_left_out_of_an_open_batch_is_not_counted_as_open():
    found = audit(record(batch(1, 1, 10, BatchState.PLANNED, skipped=3)))
    assert found.problems[0].startswith("Batch 1 (7 recipients) is planned")
    assert found.states == {"planned": 7, "skipped": 3}
    assert audit(record(batch(1, 1, 2, skipped=2))).states == {"skipped": 2}


def test_a_doubt_is_told_with_its_reason_and_only_that_of_its_own_attempt():
    doubt = replace(attempt(1, "uncertain"), id="a1", reason="no answer")
    other = replace(attempt(1, "released"), id="a1", reason="refused")
    (told,) = audit(record(batch(1, 1, 5, BatchState.UNCERTAIN), attempts=[doubt])).problems
    assert told.endswith("settles it. (no answer)")
    (told,) = audit(record(batch(1, 1, 5, BatchState.UNCERTAIN), attempts=[other])).problems
    assert told.endswith("settles it.")


@pytest.mark.parametrize(
    ("state", "proof", "told"),
    [
        ("released", {"proven_at": MORNING}, "given up"),
        ("released", {}, None),
        (RECALLED, {"proven_at": MORNING}, None),
        (RECALLED, {"proven_at": MORNING, "went_at": MORNING}, "recalled"),
        ("uncertain", {"proven_at": MORNING}, None),
        ("claimed", {"proven_at": MORNING}, None),
    ],
)
def test_a_given_up_attempt_that_went_out_may_be_a_second_copy(state, proof, told):
    tried = replace(attempt(1, state), **proof)
    problems = audit(record(batch(1, 1, 5), attempts=[tried, attempt(1)])).problems
    found = [one for one in problems if "two copies" in one]
    assert len(found) == (told is not None)
    assert all(f"Attempt a1-{state} at batch 1 was {told}" in one for one in found)


def test_the_digest_that_a_correction_replaced_is_known():
    shown = record(batch(1, 1, 5), attempts=[attempt(1, digest="before")])
    correction = Correction(at=MORNING, before="before", digest="d", note="A name was wrong.")
    assert audit(replace(shown, corrections=(correction,))).complete
    unknown = replace(correction, before="another")
    assert not audit(replace(shown, corrections=(unknown,))).complete
