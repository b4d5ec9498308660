"""The life of a subscriber: which steps are allowed, and what brings somebody back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import Held, NothingToDo
from newsletter.core.model import SubscriberState as State
from newsletter.subscribers.lifecycle import OPTED_OUT, allows, change
from newsletter.subscribers.model import StateChange
from tests.support.subscribers import NOON

FREE = {
    (State.PENDING, State.ACTIVE),
    (State.PENDING, State.UNSUBSCRIBED),
    (State.PENDING, State.BOUNCED),
    (State.PENDING, State.COMPLAINED),
    (State.ACTIVE, State.UNSUBSCRIBED),
    (State.ACTIVE, State.BOUNCED),
    (State.ACTIVE, State.COMPLAINED),
    (State.UNSUBSCRIBED, State.COMPLAINED),
    (State.BOUNCED, State.UNSUBSCRIBED),
    (State.BOUNCED, State.COMPLAINED),
}
WITH_EVIDENCE = {
    (State.UNSUBSCRIBED, State.ACTIVE),
    (State.UNSUBSCRIBED, State.PENDING),
    (State.BOUNCED, State.ACTIVE),
    (State.BOUNCED, State.PENDING),
}
PAIRS = [(before, after) for before in State for after in State]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_exactly_these_steps_are_allowed(before: State, after: State) -> None:
    assert allows(before, after) is ((before, after) in FREE)
    assert allows(before, after, evidence=True) is ((before, after) in FREE | WITH_EVIDENCE)


@given(st.lists(st.sampled_from(State)), st.sampled_from(sorted(OPTED_OUT)))
def test_without_evidence_nobody_who_opted_out_is_ever_mailed_again(
    wishes: list[State], start: State
) -> None:
    state = start
    for wish in wishes:
        state = wish if allows(state, wish) else state
        assert state in OPTED_OUT


def test_a_change_says_when_why_and_by_whom() -> None:
    made = change(State.ACTIVE, State.UNSUBSCRIBED, at=NOON, reason="asked", by="operator")
    assert made == StateChange(
        from_state=State.ACTIVE,
        to_state=State.UNSUBSCRIBED,
        at=NOON,
        reason="asked",
        by="operator",
    )


def test_a_state_that_is_reached_is_nothing_to_do() -> None:
    with pytest.raises(NothingToDo, match="bounced already"):
        change(State.BOUNCED, State.BOUNCED, at=NOON, reason="r", by="b")


@pytest.mark.parametrize("evidence", ["", "  "])
def test_coming_back_without_evidence_is_held_and_says_what_is_needed(evidence: str) -> None:
    with pytest.raises(Held) as held:
        change(State.UNSUBSCRIBED, State.ACTIVE, at=NOON, reason="r", by="b", evidence=evidence)
    assert "--consent" in held.value.hint


def test_no_evidence_brings_a_complainer_back() -> None:
    with pytest.raises(Held) as held:
        change(State.COMPLAINED, State.ACTIVE, at=NOON, reason="r", by="b", evidence="said so")
    assert "themselves" in held.value.hint
