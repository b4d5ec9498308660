"""When what is reported of a send pauses it: by share, never by one alone, each kind once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model.records import Health
from newsletter.delivery.health import Limits, crossing

LIMITS = Limits(bounced=0.05, complained=0.003, blocked=0.2)
COUNTS = st.integers(0, 50)


def test_more_than_the_share_crosses_and_the_share_itself_does_not():
    assert crossing(Health(went=100, bounced=5), LIMITS) is None
    found = crossing(Health(went=100, bounced=6), LIMITS)
    assert found is not None
    assert found.sentence == (
        "6 of 100 recipients bounced (6.00%); [delivery.canary] most_bounced is 5.00%."
    )


def test_one_alone_is_no_rate():
    assert crossing(Health(went=10, complained=1), LIMITS) is None
    assert crossing(Health(went=10, complained=2), LIMITS) is not None


def test_complaints_are_told_first_and_what_was_told_is_not_told_again():
    health = Health(went=100, bounced=50, complained=50, blocked=50)
    assert crossing(health, LIMITS).kind == "complained"
    told = Health(went=100, bounced=50, complained=50, told=frozenset({"complained"}))
    assert crossing(told, LIMITS).kind == "bounced"


def test_blocks_are_told_in_their_own_words_and_without_mail_out_all_is_the_share():
    found = crossing(Health(went=10, blocked=3), LIMITS)
    assert found.sentence == (
        "3 of 10 recipients were blocked (30.00%); [delivery.canary] most_blocked is 20.00%."
    )
    assert (
        "2 of 0 recipients complained (all)"
        in crossing(Health(went=0, complained=2), LIMITS).sentence
    )


@given(went=st.integers(0, 1000), bounced=COUNTS, complained=COUNTS, blocked=COUNTS)
def test_a_crossing_names_a_kind_that_is_over_its_limit(went, bounced, complained, blocked):
    health = Health(went=went, bounced=bounced, complained=complained, blocked=blocked)
    over = {
        kind
        for kind in ("bounced", "complained", "blocked")
        if getattr(health, kind) >= 2 and getattr(health, kind) > getattr(LIMITS, kind) * went
    }
    found = crossing(health, LIMITS)
    assert (found is None) == (not over)
    assert found is None or found.kind in over
