"""What an attempt's answer means for its batch, its people and the send."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import (
    AccountRefused,
    Held,
    MessageRefused,
    RecipientRefused,
    Throttled,
    TooLarge,
    TryLater,
    Uncertain,
    Unreachable,
)
from newsletter.core.model import Attempt, Recipient, Recipients, SetAside, Submission
from newsletter.delivery.outcomes import (
    REFUSALS_THAT_BLAME_THE_MESSAGE,
    Patience,
    RunHistory,
    accepted,
    failed,
    not_begun,
)
from tests.support.ledger import MORNING, make_envelope, make_ledger_message

PATIENCE = Patience(give_up_after=timedelta(minutes=15))


def attempt(count: int = 4) -> Attempt:
    people = Recipients.of(
        Recipient(
            position=position,
            address=f"r{position}@example.org",
            name="",
            substitutions={},
            unsubscribe_url="https://brief.example.org/u/x",
        )
        for position in range(11, 11 + count)
    )
    return Attempt(
        id="a",
        send_id=1,
        batch=2,
        envelope=make_envelope(),
        message=make_ledger_message(),
        recipients=people,
    )


def judge(error, *, count: int = 4, history: RunHistory | None = None, patience=PATIENCE):
    return failed(
        error, attempt(count), history=history or RunHistory(), patience=patience, now=MORNING
    )


def test_an_acceptance_proves_the_message_and_ends_the_setbacks():
    verdict = accepted(Submission(provider_id="x"), RunHistory(setbacks=3, since=MORNING))
    assert verdict.record == "submitted"
    assert verdict.history == RunHistory(proven=True)


def test_a_used_up_window_pauses_everyone():
    until = MORNING + timedelta(seconds=5)
    assert (
        accepted(Submission(provider_id="x", pause_until=until), RunHistory()).pause_until == until
    )


def test_a_doubt_is_recorded_and_never_retried():
    verdict = judge(Uncertain("no answer", status=502))
    assert (verdict.record, verdict.status, verdict.stop) == ("uncertain", 502, None)


def test_a_limit_is_waited_out_as_long_as_asked():
    until = MORNING + timedelta(seconds=7)
    verdict = judge(Throttled("too many", until=until))
    assert verdict.record == "release"
    assert verdict.pause_until == until


def test_jitter_only_adds():
    until = MORNING + timedelta(seconds=7)
    patience = Patience(give_up_after=timedelta(minutes=15), jitter=0.5)
    assert judge(Throttled("too many", until=until), patience=patience).pause_until > until


def test_gaps_grow_with_each_setback():
    def gap(setbacks: int) -> timedelta:
        history = RunHistory(setbacks=setbacks, since=MORNING)
        return judge(Unreachable("refused"), history=history).pause_until - MORNING

    gaps = [gap(number) for number in range(12)]
    assert gaps == sorted(gaps)
    assert gaps[0] < gaps[3] <= timedelta(seconds=60)


def test_gaps_double_from_a_second_to_a_minute():
    def gap(setbacks: int) -> float:
        history = RunHistory(setbacks=setbacks, since=MORNING)
        verdict = judge(Unreachable("refused"), history=history)
        return (verdict.pause_until - MORNING).total_seconds()

    assert [gap(number) for number in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert gap(10_000) == 60


def test_a_limit_that_is_over_already_is_waited_for_like_any_setback():
    for until in (None, MORNING, MORNING - timedelta(seconds=1)):
        verdict = judge(Throttled("too many", until=until))
        assert verdict.pause_until == MORNING + timedelta(seconds=1)
        assert verdict.history == RunHistory(setbacks=1, since=MORNING)


def test_jitter_adds_its_share_of_the_gap():
    patience = Patience(give_up_after=timedelta(minutes=15), jitter=0.5)
    history = RunHistory(setbacks=2, since=MORNING)
    verdict = judge(Unreachable("refused"), history=history, patience=patience)
    assert verdict.pause_until == MORNING + timedelta(seconds=6)
    assert verdict.history == RunHistory(setbacks=3, since=MORNING)


def test_it_gives_up_only_when_the_next_try_is_later_than_its_patience():
    def stop(seconds: int):
        since = MORNING + timedelta(seconds=seconds + 1) - PATIENCE.give_up_after
        return judge(Unreachable("refused"), history=RunHistory(since=since)).stop

    assert stop(0) is None
    assert isinstance(stop(-1), TryLater)


def test_refusals_are_counted_until_the_eighth_blames_the_message():
    for error in (MessageRefused("bad"), RecipientRefused("bad", index=0)):
        seventh = judge(error, history=RunHistory(refusals=6))
        assert (seventh.stop, seventh.history.refusals) == (None, 7)
        eighth = judge(error, history=RunHistory(refusals=7))
        assert (type(eighth.stop), eighth.history.refusals) == (Held, 8)
        assert (eighth.record, eighth.aside) == ("release", ())


def test_a_proven_message_is_never_blamed():
    history = RunHistory(proven=True, refusals=100)
    assert judge(MessageRefused("bad"), history=history).record == "split"
    assert judge(TooLarge("413"), history=RunHistory(refusals=100)).history.refusals == 100


def test_two_people_go_again_in_halves_and_one_alone_does_not():
    assert judge(TooLarge("413"), count=2).record == "split"
    assert judge(MessageRefused("bad"), count=2).record == "split"
    assert judge(TooLarge("413"), count=1).record == "release"


def test_a_named_person_is_the_one_at_that_place():
    for index, position in ((0, 11), (3, 14)):
        (person,) = judge(RecipientRefused("bad", index=index)).aside
        assert person == SetAside(position=position, outcome="refused", reason="bad")


def test_a_batch_that_never_began_is_dropped_parted_or_given_back():
    history = RunHistory(refusals=3, setbacks=2)
    ends = ("empty", "too large", Held("closed", hint="open it"), ValueError("odd"))
    found = [not_begun(end, history) for end in ends]
    assert [one.record for one in found] == ["drop", "split", "release", "release"]
    assert [one.stop for one in found[:3]] == [None, None, ends[2]]
    assert "ValueError: odd" in found[3].stop.what
    assert {one.history for one in found} == {history}
    assert all(one.reason for one in found)


@pytest.mark.parametrize(
    ("taken", "plain"),
    [
        (Submission(provider_id="x", status=202), True),
        (Submission(provider_id="x", pause_until=MORNING), False),
        (Submission(provider_id="x", doubt=11), False),
        (Submission(provider_id="x", rest=11), False),
        (Submission(provider_id="x", doubt=0), False),
        (Submission(provider_id="x", rest=0), False),
        (
            Submission(
                provider_id="x",
                refused=(SetAside(position=11, outcome="refused", reason="bad"),),
            ),
            False,
        ),
    ],
)
def test_an_acceptance_is_plain_when_everybodys_copy_was_taken(taken, plain):
    verdict = accepted(taken, RunHistory(refusals=5, setbacks=2, since=MORNING))
    assert verdict.is_plain is plain
    assert (verdict.status, verdict.aside) == (taken.status, taken.refused)
    assert verdict.history == RunHistory(proven=True, refusals=5)
    assert not judge(Uncertain("?")).is_plain


def test_after_a_long_row_of_setbacks_it_gives_up_and_says_how_to_go_on():
    history = RunHistory(setbacks=11, since=MORNING - timedelta(minutes=15))
    verdict = judge(Throttled("too many", until=None), history=history)
    assert verdict.record == "release"
    assert isinstance(verdict.stop, TryLater)
    assert "goes on" in verdict.stop.hint


def test_a_named_person_is_set_aside_and_the_rest_goes_again():
    verdict = judge(RecipientRefused("bad address", index=2))
    assert verdict.record == "release"
    assert [(one.position, one.outcome) for one in verdict.aside] == [(13, "refused")]
    assert verdict.stop is None


def test_a_row_of_named_people_without_one_acceptance_blames_the_message():
    history = RunHistory(refusals=REFUSALS_THAT_BLAME_THE_MESSAGE - 1)
    verdict = judge(RecipientRefused("bad address", index=0), history=history)
    assert verdict.aside == ()
    assert isinstance(verdict.stop, Held)
    proven = RunHistory(proven=True, refusals=100)
    assert judge(RecipientRefused("bad address", index=0), history=proven).stop is None


def test_an_unnamed_culprit_is_sought_by_halves():
    verdict = judge(MessageRefused("Bad Request"))
    assert verdict.record == "split"
    assert verdict.history.refusals == 1


def test_the_last_one_left_is_the_culprit_once_the_message_is_proven():
    verdict = judge(MessageRefused("Bad Request"), count=1, history=RunHistory(proven=True))
    assert [one.position for one in verdict.aside] == [11]
    assert verdict.stop is None


def test_nobody_is_blamed_while_the_message_is_not_proven():
    verdict = judge(MessageRefused("Bad Request"), count=1)
    assert verdict.aside == ()
    assert isinstance(verdict.stop, Held)


def test_when_all_fail_alike_it_is_the_message():
    history = RunHistory()
    for _ in range(REFUSALS_THAT_BLAME_THE_MESSAGE - 1):
        verdict = judge(MessageRefused("Bad Request"), history=history)
        history = verdict.history
        assert verdict.record == "split"
    last = judge(MessageRefused("Bad Request"), history=history)
    assert last.record == "release"
    assert isinstance(last.stop, Held)


def test_too_large_goes_again_in_halves_and_a_single_one_is_refused():
    assert judge(TooLarge("413")).record == "split"
    assert [one.position for one in judge(TooLarge("413"), count=1).aside] == [11]


def test_a_refused_account_stops_the_run_and_blames_nobody():
    verdict = judge(AccountRefused("SENDGRID_API_KEY is not valid", status=401))
    assert verdict.record == "release"
    assert verdict.aside == ()
    assert isinstance(verdict.stop, Held)
    assert "same command again" in verdict.stop.hint
    own = judge(AccountRefused("not valid", hint="Make another key.")).stop
    assert own is not None
    assert own.hint == "Make another key."


ERRORS = [
    Uncertain("?"),
    Throttled("429", until=None),
    Unreachable("refused"),
    TooLarge("413"),
    RecipientRefused("bad", index=0),
    MessageRefused("bad"),
    AccountRefused("401"),
]


@given(
    error=st.sampled_from(ERRORS),
    count=st.integers(1, 5),
    proven=st.booleans(),
    refusals=st.integers(0, 10),
)
def test_only_a_doubt_is_uncertain_and_only_people_of_the_attempt_are_set_aside(
    error, count, proven, refusals
):
    verdict = judge(error, count=count, history=RunHistory(proven=proven, refusals=refusals))
    assert (verdict.record == "uncertain") is isinstance(error, Uncertain)
    assert verdict.record != "submitted"
    assert {one.position for one in verdict.aside} <= {11, 12, 13, 14, 15}
    if verdict.record == "split":
        assert count > 1


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_verdict_says_why(error):
    assert judge(error).reason
