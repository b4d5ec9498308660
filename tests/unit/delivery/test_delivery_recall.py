"""When what is in doubt is recalled: notice, last call, ten places, and the wait before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model.records import Doubt
from newsletter.delivery import recall
from newsletter.delivery.recall import LAST_CALL, MOST_OPEN, NOTICE, RETRY, outlook

NOW = datetime(2027, 3, 9, 6, 30, tzinfo=UTC)
DUE = NOW + timedelta(minutes=30)
SETTLE = timedelta(seconds=30)
MINUTES = st.integers(0, 120).map(lambda count: timedelta(minutes=count))
MOMENTS = st.integers(0, 10**7).map(lambda seconds: NOW + timedelta(seconds=seconds / 7))


def make_doubt(number: int = 1, **changes: Any) -> Doubt:
    doubt = Doubt(
        attempt_id=f"a{number}",
        batch=number,
        recipients=1000,
        recall_id=f"r{number}",
        send_at=DUE,
        since=NOW,
    )
    return replace(doubt, **changes)


DOUBTS = st.lists(
    st.builds(
        lambda ahead, age, asked: make_doubt(
            send_at=NOW + ahead,
            since=NOW - age,
            asked_at=NOW - timedelta(seconds=5) if asked else None,
        ),
        MINUTES,
        MINUTES,
        st.booleans(),
    ),
    max_size=15,
).map(lambda found: [replace(one, attempt_id=f"a{n}") for n, one in enumerate(found)])


def look(*doubts: Doubt, taken: tuple[datetime, ...] = (), now: datetime = NOW) -> recall.Outlook:
    return outlook(doubts, taken=taken, settle=SETTLE, now=now)


@given(due=MOMENTS, now=MOMENTS)
def test_mail_goes_when_due_and_never_without_notice(due: datetime, now: datetime) -> None:
    moment = recall.moment_to_go(due, now=now)
    assert moment >= max(due, now + NOTICE)
    assert moment - max(due, now + NOTICE) < timedelta(seconds=1)
    assert moment.microsecond == 0


@pytest.mark.parametrize(
    ("ahead", "word"),
    [
        (timedelta(minutes=-5), "near"),
        (LAST_CALL, "near"),
        (LAST_CALL + timedelta(seconds=1), None),
        (timedelta(hours=72), None),
        (timedelta(hours=72, seconds=1), "72 hours"),
    ],
)
def test_case_29_a_moment_that_is_past_too_near_or_too_far_is_refused(
    ahead: timedelta, word: str | None
) -> None:
    reason = recall.why_not(NOW + ahead, now=NOW)
    assert reason is None if word is None else word in (reason or "")


def test_notice_is_twenty_minutes_and_the_last_call_ten() -> None:
    twenty, ten, second = timedelta(minutes=20), timedelta(minutes=10), timedelta(seconds=1)
    assert recall.moment_to_go(NOW, now=NOW) == NOW + twenty
    assert recall.moment_to_go(NOW + twenty + second, now=NOW) == NOW + twenty + second
    assert recall.why_not(NOW + ten, now=NOW) is not None
    assert recall.why_not(NOW + ten + second, now=NOW) is None
    assert recall.in_time(NOW + ten, now=NOW)
    assert not recall.in_time(NOW + ten - second, now=NOW)


def test_ten_recalls_are_open_at_most_and_each_is_asked_again_after_twenty_seconds() -> None:
    assert look().room == 10
    nine = look(make_doubt(taken=True), taken=(DUE,) * 9)
    assert (len(nine.ready), nine.room, nine.room_at) == (1, 0, DUE)
    assert look(make_doubt(taken=True), taken=(DUE,) * 10).ready == ()
    assert look(make_doubt(asked_at=NOW)).wake == NOW + timedelta(seconds=20)


def test_an_attempt_that_was_answered_is_recalled_without_waiting() -> None:
    answered = make_doubt(taken=True)
    assert look(answered).ready == (answered,)


def test_a_place_counts_until_its_moment_and_not_any_more_in_it() -> None:
    assert look(taken=(NOW + timedelta(seconds=1),)).room == 9
    assert look(taken=(NOW,)).room == 10


def test_with_eleven_places_taken_the_second_to_get_free_counts() -> None:
    moments = tuple(NOW + timedelta(minutes=minute) for minute in range(1, 12))
    assert look(taken=moments[::-1]).room_at == moments[1]
    assert look(taken=moments[:9]).room_at is None


def test_a_doubt_that_must_wait_too_long_is_lost_for_being_late_not_for_places() -> None:
    (lost,) = look(make_doubt(send_at=NOW + LAST_CALL), taken=()).lost
    assert lost.reason == (
        "not recalled in time: its mail goes at 06:40 UTC, and a recall helps until 06:30 UTC"
    )
    (asked,) = look(
        make_doubt(send_at=NOW + LAST_CALL, asked_at=NOW), taken=(DUE,) * MOST_OPEN
    ).lost
    assert "not recalled in time" in asked.reason
    soon = NOW + timedelta(minutes=1)
    (late,) = look(make_doubt(send_at=NOW + LAST_CALL), taken=(soon, *[DUE] * 9)).lost
    assert "the next place gets free at 06:31 UTC, too late" in late.reason


def test_a_place_that_gets_free_in_time_is_not_what_a_late_doubt_is_lost_for() -> None:
    soon = NOW + timedelta(minutes=1)
    unsettled = make_doubt(send_at=NOW + timedelta(minutes=12), since=NOW + timedelta(minutes=2))
    (lost,) = look(unsettled, taken=(soon, *[DUE] * 9)).lost
    assert "not recalled in time" in lost.reason


def test_of_two_doubts_that_wait_the_first_to_get_ready_wakes() -> None:
    later = make_doubt(2, since=NOW + timedelta(seconds=5))
    assert look(later, make_doubt(1)).wake == NOW + SETTLE


def test_the_nearest_moment_gets_the_last_place() -> None:
    near, far = make_doubt(1, taken=True), make_doubt(2, taken=True, send_at=DUE + RETRY)
    found = look(far, near, taken=(DUE,) * 9)
    assert (found.ready, [one.doubt for one in found.lost]) == ((near,), [far])


def test_a_request_that_broke_off_is_waited_out_first() -> None:
    early = look(make_doubt())
    assert (early.ready, early.wake) == ((), NOW + SETTLE)
    assert look(make_doubt(), now=NOW + SETTLE).ready == (make_doubt(),)


def test_a_recall_that_was_asked_for_is_asked_again_after_a_while() -> None:
    asked = make_doubt(asked_at=NOW)
    assert look(asked, taken=(DUE,)).wake == NOW + RETRY
    assert look(asked, taken=(DUE,), now=NOW + RETRY).ready == (asked,)


def test_ten_minutes_before_the_moment_is_the_last_call() -> None:
    old = make_doubt(since=NOW - timedelta(hours=1), send_at=NOW + LAST_CALL)
    assert look(old).ready == (old,)
    (lost,) = look(old, now=NOW + timedelta(seconds=1)).lost
    assert lost.doubt == old
    assert "06:40" in lost.reason


def test_an_eleventh_recall_waits_for_a_place_that_gets_free_in_time() -> None:
    soon = NOW + timedelta(minutes=5)
    found = look(make_doubt(), taken=(soon, *[DUE] * (MOST_OPEN - 1)))
    assert (found.ready, found.lost, found.wake, found.room) == ((), (), soon, 0)
    assert found.room_at == DUE


def test_an_eleventh_recall_is_lost_when_no_place_gets_free_in_time() -> None:
    (lost,) = look(make_doubt(), taken=(DUE,) * MOST_OPEN).lost
    assert "10 recalls are open" in lost.reason
    assert "07:00" in lost.reason


def test_every_doubt_and_every_recall_leaves_less_room() -> None:
    assert look().room == MOST_OPEN
    assert look(make_doubt(), taken=(DUE, DUE)).room == MOST_OPEN - 3
    assert look(make_doubt(asked_at=NOW), taken=(DUE, DUE)).room == MOST_OPEN - 2
    assert look(taken=(NOW,) * 3).room == MOST_OPEN


@given(doubts=DOUBTS, others=st.lists(MINUTES, max_size=12))
def test_every_doubt_is_recalled_now_later_or_lost_and_never_beyond_a_limit(
    doubts: list[Doubt], others: list[timedelta]
) -> None:
    asked = [one.send_at for one in doubts if one.asked_at]
    taken = [*asked, *(NOW + one for one in others)]
    found = outlook(doubts, taken=taken, settle=SETTLE, now=NOW)
    lost = {one.doubt.attempt_id for one in found.lost}
    ready = {one.attempt_id for one in found.ready}
    later = {one.attempt_id for one in doubts} - lost - ready
    assert not lost & ready
    assert bool(later) == (found.wake is not None)
    assert found.wake is None or found.wake > NOW
    assert all(one.send_at - LAST_CALL >= NOW for one in found.ready)
    new = sum(one.asked_at is None for one in found.ready)
    held = sum(moment > NOW for moment in taken)
    assert not new or held + new <= MOST_OPEN
    assert 0 <= found.room <= max(MOST_OPEN - held, 0)


@given(doubts=DOUBTS)
def test_as_time_passes_no_doubt_is_left_open_and_ten_recalls_at_most_are(
    doubts: list[Doubt],
) -> None:
    """Play it to the end, with recalls that are never confirmed."""
    left = {one.attempt_id: replace(one, asked_at=None) for one in doubts}
    asked: dict[str, Doubt] = {}
    now = NOW
    for _ in range(2000):
        taken = [one.send_at for one in asked.values()]
        found = outlook(list(left.values()), taken=taken, settle=SETTLE, now=now)
        for one in found.lost:
            del left[one.doubt.attempt_id]
        for one in found.ready:
            left[one.attempt_id] = asked[one.attempt_id] = replace(one, asked_at=now)
        assert sum(one.send_at > now for one in asked.values()) <= MOST_OPEN
        if not left:
            return
        now = found.wake or now
    raise AssertionError(f"{left} is never settled")
