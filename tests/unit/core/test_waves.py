"""Waves: ranges without gap or overlap, each due when its readers' morning is."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model.waves import CanaryPlan, Group, Wave, groups, ranks, waves
from tests.support.ledger import MORNING

HOUR = timedelta(hours=1)
COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 1000), min_size=1)
HOURS = st.fixed_dictionaries({zone: st.integers(0, 3) for zone in "abcdefgh"})
SHARES = st.floats(0.0, 0.5)


def canary(share: float = 0.1, *, earliest=MORNING) -> CanaryPlan:
    return CanaryPlan(share=share, wait=HOUR, earliest=earliest)


def test_zones_with_the_same_morning_are_one_group():
    mornings = {"Europe/Berlin": MORNING, "Europe/Paris": MORNING, "UTC": MORNING + HOUR}
    counts = {"Europe/Berlin": 3, "Europe/Paris": 4, "UTC": 5}
    assert groups(counts, mornings) == (Group(MORNING, 7), Group(MORNING + HOUR, 5))
    assert ranks(mornings) == {"Europe/Berlin": 0, "Europe/Paris": 0, "UTC": 1}


def test_without_a_canary_each_group_is_a_wave():
    parts = (Group(MORNING, 7), Group(MORNING + HOUR, 5))
    assert waves(parts) == (
        Wave(due_at=MORNING, first=1, last=7),
        Wave(due_at=MORNING + HOUR, first=8, last=12),
    )


def test_a_canary_goes_first_and_the_others_wait_for_its_judgement():
    parts = (Group(MORNING, 60), Group(MORNING + 3 * HOUR, 40))
    assert waves(parts, canary()) == (
        Wave(due_at=MORNING, first=1, last=10, canary=True),
        Wave(due_at=MORNING + HOUR, first=11, last=60),
        Wave(due_at=MORNING + 3 * HOUR, first=61, last=100),
    )


def test_a_canary_that_begins_late_is_waited_for_from_then_on():
    (_, rest) = waves((Group(MORNING, 60),), canary(earliest=MORNING + 5 * HOUR))
    assert rest.due_at == MORNING + 6 * HOUR


def test_a_first_group_smaller_than_the_share_is_the_canary():
    first, second = waves((Group(MORNING, 2), Group(MORNING + HOUR / 2, 98)), canary())
    assert (first.last, first.canary) == (2, True)
    assert (second.first, second.due_at) == (3, MORNING + HOUR)


def test_a_canary_is_rounded_and_has_one_person_at_least():
    def size(people: int, share: float) -> int:
        first, *_ = waves((Group(MORNING, people),), canary(share))
        assert first.canary
        return first.last

    assert [size(100, share) for share in (0.001, 0.014, 0.016, 0.99)] == [1, 1, 2, 99]
    assert size(2, 0.01) == 1


def test_a_share_of_nothing_or_of_everybody_is_no_canary():
    parts = (Group(MORNING, 60), Group(MORNING + HOUR, 40))
    assert waves(parts, canary(0.0)) == waves(parts)
    assert waves((Group(MORNING, 60),), canary(1.0)) == (Wave(due_at=MORNING, first=1, last=60),)


def test_a_group_of_nobody_is_no_wave():
    nobody = Group(MORNING - HOUR, 0)
    assert waves((nobody, Group(MORNING, 7), nobody)) == (Wave(due_at=MORNING, first=1, last=7),)
    assert waves((nobody,), canary()) == waves((), canary()) == ()


def test_a_wave_that_is_due_after_the_judgement_keeps_its_moment():
    late = MORNING + HOUR + timedelta(seconds=1)
    *_, rest = waves((Group(MORNING, 60), Group(late, 40)), canary())
    assert rest.due_at == late


def test_one_alone_has_no_canary():
    assert waves((Group(MORNING, 1),), canary(0.5)) == (Wave(due_at=MORNING, first=1, last=1),)


@given(counts=COUNTS, hours=HOURS, share=SHARES)
def test_everyone_is_in_exactly_one_wave_and_nobody_is_early(counts, hours, share):
    mornings = {zone: MORNING + hours[zone] * HOUR for zone in counts}
    parts = groups(counts, mornings)
    found = waves(parts, canary(share))
    assert found[0].first == 1
    assert found[-1].last == sum(counts.values())
    for one, following in pairwise(found):
        assert following.first == one.last + 1
        assert one.due_at <= following.due_at
    # By position: who is due when. A wave may only come later than its people's morning.
    due = [moment for moment, size in ((p.due_at, p.size) for p in parts) for _ in range(size)]
    for wave in found:
        assert all(due[position - 1] <= wave.due_at for position in (wave.first, wave.last))
    assert [one.canary for one in found].count(True) <= 1
    assert not any(one.canary for one in found[1:])


@given(counts=COUNTS, hours=HOURS)
def test_the_order_of_zones_is_that_of_their_groups(counts, hours):
    mornings = {zone: MORNING + hours[zone] * HOUR for zone in counts}
    parts, order = groups(counts, mornings), ranks(mornings)
    for zone, moment in mornings.items():
        assert parts[order[zone]].due_at == moment
