"""Cancelled, paused, released: which accepted mail goes when."""

from __future__ import annotations

import pytest

from newsletter.sandbox.drafts import Draft, drafts
from newsletter.sandbox.schedule import MOST_HELD, Hold, Schedule
from tests.support.sandbox import NOW, make_body

MINUTE, HOUR, DAY = 60, 3600, 86_400
DUE = int(NOW) + 30 * MINUTE


def make_drafts(
    batch_id: str | None = "b1", *, due: int = DUE, people: int = 1
) -> tuple[Draft, ...]:
    body = make_body(people, batch_id=batch_id or ..., send_at=due)
    return drafts(body, message_id="MID", request=1, now=NOW)


def make_schedule(*batch_ids: str) -> Schedule:
    schedule = Schedule()
    for batch_id in batch_ids or ("b1",):
        schedule.open_batch(batch_id, now=NOW)
    return schedule


def held(status: Hold, *, at: float) -> Schedule:
    schedule = make_schedule()
    schedule.add(make_drafts())
    assert schedule.hold("b1", status, now=at) is None
    return schedule


def test_mail_goes_at_its_time_and_once() -> None:
    schedule = make_schedule()
    schedule.add(make_drafts(people=2))

    assert schedule.due(now=DUE - 1) == ()
    assert len(schedule.due(now=DUE)) == 2
    assert schedule.due(now=DUE + DAY) == ()


def test_mail_goes_in_the_order_of_its_times() -> None:
    schedule = make_schedule()
    schedule.add(make_drafts(due=DUE + 5))
    schedule.add(make_drafts(due=DUE))

    assert [draft.due for draft in schedule.due(now=DUE + 9)] == [DUE, DUE + 5]


def test_cancelled_mail_is_discarded_at_its_time() -> None:
    schedule = held("cancel", at=DUE - 10 * MINUTE)

    assert schedule.due(now=DUE - 1) == ()
    assert len(schedule.waiting) == 1
    assert schedule.due(now=DUE) == ()
    assert schedule.waiting == []


def test_a_cancel_within_the_last_ten_minutes_does_not_help() -> None:
    schedule = held("cancel", at=DUE - 10 * MINUTE + 1)

    assert len(schedule.due(now=DUE)) == 1


def test_a_cancel_taken_back_in_time_lets_the_mail_go() -> None:
    schedule = held("cancel", at=NOW)

    assert schedule.release("b1")
    assert len(schedule.due(now=DUE)) == 1


def test_a_cancel_taken_back_too_late_brings_nothing_back() -> None:
    schedule = held("cancel", at=NOW)
    schedule.due(now=DUE)

    assert schedule.release("b1")
    assert schedule.due(now=DUE + 1) == ()


def test_a_cancel_before_the_mail_comes_holds_it_too() -> None:
    schedule = make_schedule()
    schedule.hold("b1", "cancel", now=NOW)
    schedule.add(make_drafts())

    assert schedule.due(now=DUE) == ()


def test_paused_mail_waits_until_the_pause_ends() -> None:
    schedule = held("pause", at=NOW)

    assert schedule.due(now=DUE + 71 * HOUR) == ()
    schedule.release("b1")
    assert len(schedule.due(now=DUE + 71 * HOUR)) == 1


def test_paused_mail_expires_after_72_hours() -> None:
    schedule = held("pause", at=NOW)
    schedule.due(now=DUE + 72 * HOUR)
    schedule.release("b1")

    assert schedule.due(now=DUE + 73 * HOUR) == ()


def test_a_pause_can_become_a_cancel() -> None:
    schedule = held("pause", at=NOW)

    assert schedule.change("b1", "cancel")
    assert schedule.due(now=DUE) == ()
    assert schedule.waiting == []


def test_a_cancel_touches_no_other_batch_and_no_mail_without_one() -> None:
    schedule = make_schedule("b1", "b2")
    for batch_id in ("b1", "b2", None):
        schedule.add(make_drafts(batch_id))
    schedule.hold("b1", "cancel", now=NOW)

    assert [draft.batch_id for draft in schedule.due(now=DUE)] == ["b2", None]


def test_a_second_status_for_a_batch_is_refused() -> None:
    schedule = held("cancel", at=NOW)

    problem = schedule.hold("b1", "pause", now=NOW)

    assert problem is not None
    assert "PATCH" in problem.message


def test_an_unknown_batch_cannot_be_cancelled_changed_or_released() -> None:
    schedule = make_schedule()

    assert schedule.hold("b9", "cancel", now=NOW) is not None
    assert not schedule.change("b9", "cancel")
    assert not schedule.release("b9")


@pytest.mark.parametrize(("age", "valid"), [(10 * DAY - 1, True), (10 * DAY, False)])
def test_a_batch_id_lives_ten_days(age: float, valid: bool) -> None:
    assert ("b1" in make_schedule().batch_ids(now=NOW + age)) is valid


def test_the_eleventh_held_batch_is_refused_until_one_is_released() -> None:
    names = [f"b{number}" for number in range(MOST_HELD + 1)]
    schedule = make_schedule(*names)
    for name in names[:-1]:
        assert schedule.hold(name, "cancel", now=NOW) is None

    assert schedule.hold(names[-1], "pause", now=NOW) is not None
    schedule.release(names[0])
    assert schedule.hold(names[-1], "pause", now=NOW) is None


def test_a_cancelled_batch_gives_its_place_back_when_its_time_has_passed() -> None:
    names = [f"b{number}" for number in range(MOST_HELD + 1)]
    schedule = make_schedule(*names)
    for name in names[:-1]:
        schedule.add(make_drafts(name))
        schedule.hold(name, "cancel", now=NOW)

    assert schedule.hold(names[-1], "cancel", now=NOW) is not None
    schedule.due(now=DUE)
    assert schedule.hold(names[-1], "cancel", now=DUE) is None
