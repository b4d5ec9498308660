"""What follows from events: forward only, each person once, and no one for a soft bounce alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import SubscriberState
from newsletter.core.model.events import EventKind, Past
from newsletter.delivery.events.rules import SOFT_BOUNCES, effects, rank, soft_bounces
from tests.support.events import NOW, make_event

OURS = {"a1": 7, "a2": 8}
BLOCKED, DELIVERED, DEFERRED = EventKind.BLOCKED, EventKind.DELIVERED, EventKind.DEFERRED


def judge(*events, pasts=None):
    return effects(events, sends=OURS, pasts=pasts or {})


@given(st.permutations(list(EventKind)))
def test_the_furthest_state_stands_in_whatever_order_events_come(kinds):
    late = [make_event(kind, at=NOW - timedelta(hours=n)) for n, kind in enumerate(kinds)]
    (report,) = judge(*late).reports
    assert report.kind is EventKind.COMPLAINED


def test_delivered_stays_after_a_late_processed():
    processed = make_event(EventKind.PROCESSED, at=NOW + timedelta(days=1))
    assert judge(make_event(), processed).reports[0].kind is DELIVERED


def test_of_two_equal_states_the_later_stands():
    later = make_event(reason="later", at=NOW + timedelta(seconds=1))
    assert judge(later, make_event(reason="earlier")).reports[0].reason == "later"


def test_every_attempt_of_ours_is_proven_once_and_no_other():
    found = judge(
        make_event(provider_id=None), make_event(number=2), make_event(attempt_id="theirs")
    )
    assert [(one.attempt_id, one.provider_id) for one in found.taken] == [("a1", "m1")]
    assert [one.position for one in found.reports] == [1, 2]


def test_an_unknown_event_proves_its_attempt_and_says_nothing_else():
    found = judge(make_event(EventKind.OTHER))
    assert (len(found.taken), found.reports, found.leaving) == (1, (), ())


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (EventKind.BOUNCED, SubscriberState.BOUNCED),
        (EventKind.COMPLAINED, SubscriberState.COMPLAINED),
        (EventKind.UNSUBSCRIBED, SubscriberState.UNSUBSCRIBED),
    ],
)
def test_who_bounces_complains_or_leaves_is_mailed_no_more(kind, state):
    (one,) = judge(make_event(kind, attempt_id=None, position=None)).leaving
    assert (one.canonical, one.state) == ("reader0001@example.org", state)


def test_the_gravest_reason_stands_for_a_person():
    events = [make_event(EventKind.COMPLAINED), make_event(EventKind.BOUNCED)]
    for order in (events, events[::-1]):
        (one,) = judge(*order).leaving
        assert one.state is SubscriberState.COMPLAINED


def test_an_opt_out_is_of_the_send_it_answers_and_everything_else_of_every_list():
    def left(*events) -> list[tuple[str, int | None]]:
        found = effects(events, sends={"a1": 7, "b1": 9}, pasts={})
        return [(one.state.value, one.send_id) for one in found.leaving]

    chosen = make_event(EventKind.UNSUBSCRIBED)
    other = make_event(EventKind.UNSUBSCRIBED, attempt_id="b1")
    strange = make_event(EventKind.UNSUBSCRIBED, attempt_id="theirs")
    complained, bounced = make_event(EventKind.COMPLAINED), make_event(EventKind.BOUNCED)
    assert left(chosen, other) == [("unsubscribed", 7), ("unsubscribed", 9)]
    assert left(chosen, strange) == [("unsubscribed", None)]
    assert left(chosen, complained) == [("complained", None)]
    assert left(chosen, bounced) == [("bounced", None), ("unsubscribed", 7)]


def test_a_drop_counts_for_what_the_provider_knows_of_the_person():
    known = make_event(EventKind.DROPPED, cause=SubscriberState.BOUNCED)
    other = make_event(EventKind.DROPPED, 2, reason="Invalid SMTPAPI header")
    assert [one.canonical for one in judge(known, other).leaving] == ["reader0001@example.org"]


def test_deliveries_and_single_soft_bounces_leave_everyone_in_the_list():
    assert judge(make_event(), make_event(BLOCKED, 2), make_event(DEFERRED, 3)).leaving == ()


@pytest.mark.parametrize(
    ("kinds", "count"),
    [
        ((), 0),
        ((BLOCKED,), 1),
        ((DELIVERED, BLOCKED, DEFERRED), 2),
        ((BLOCKED, BLOCKED, DELIVERED), 0),
        ((BLOCKED, DELIVERED, BLOCKED), 1),
    ],
)
def test_soft_bounces_are_counted_back_to_the_last_delivery(kinds, count):
    assert soft_bounces([Past(send, kind) for send, kind in enumerate(kinds, 1)]) == count


def test_a_deferral_that_ended_in_a_delivery_is_none():
    assert soft_bounces([Past(1, DEFERRED), Past(1, DELIVERED), Past(1, DEFERRED)]) == 0


@pytest.mark.parametrize("editions", range(SOFT_BOUNCES - 1, SOFT_BOUNCES + 2))
def test_soft_bounces_in_a_row_end_a_subscription_at_the_limit(editions):
    event = make_event(BLOCKED)
    pasts = {event.canonical: [Past(send, BLOCKED) for send in range(editions)]}
    assert bool(judge(event, pasts=pasts).leaving) == (editions >= SOFT_BOUNCES)


def test_three_soft_bounces_in_a_row_are_borne_and_the_fourth_is_the_last():
    def left(editions: int):
        event = make_event(BLOCKED, reason="mailbox full")
        return judge(event, pasts={event.canonical: [Past(n, BLOCKED) for n in range(editions)]})

    assert left(3).leaving == ()
    (gone,) = left(4).leaving
    assert (gone.state, gone.reason) == (
        SubscriberState.BOUNCED,
        "soft bounces in 4 editions in a row, the latest: mailbox full",
    )


@pytest.mark.parametrize("kind", [DEFERRED, DELIVERED, EventKind.PROCESSED, EventKind.OTHER])
def test_only_a_block_ends_a_row_of_soft_bounces(kind):
    event = make_event(kind)
    assert judge(event, pasts={event.canonical: [Past(n, BLOCKED) for n in range(9)]}).leaving == ()


def test_soft_bounces_count_from_the_latest_edition_whatever_the_order_of_reports():
    shuffled = [Past(2, DELIVERED), Past(4, DEFERRED), Past(1, BLOCKED), Past(3, BLOCKED)]
    assert soft_bounces(shuffled) == 2


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.OTHER])
def test_an_event_proves_that_mail_went_out_unless_it_was_kept_back(kind):
    (taken,) = judge(make_event(kind)).taken
    assert taken.went_out is (kind not in {EventKind.PROCESSED, EventKind.DROPPED})


@pytest.mark.parametrize("kinds", [(EventKind.PROCESSED, DELIVERED), (DELIVERED, EventKind.OTHER)])
def test_mail_that_went_out_stays_out_and_the_first_provider_id_stands(kinds):
    events = [make_event(kind, provider_id=f"m{n}") for n, kind in enumerate(kinds)]
    (taken,) = judge(*events).taken
    assert (taken.provider_id, taken.went_out) == ("m0", True)


def test_of_two_events_of_one_moment_and_state_the_first_stands():
    (report,) = judge(make_event(reason="first"), make_event(reason="second")).reports
    assert report.reason == "first"


def test_of_two_equally_grave_reasons_the_first_stands():
    first, second = (make_event(EventKind.BOUNCED, reason=word) for word in ("first", "second"))
    assert [one.reason for one in judge(first, second).leaving] == ["bounced: first"]


def test_an_event_without_attempt_position_or_address_says_nothing_of_it():
    found = judge(
        make_event(attempt_id=None),
        make_event(position=None),
        make_event(EventKind.BOUNCED, 3, canonical=None),
    )
    assert [one.position for one in found.reports] == [3]
    assert found.leaving == ()
    assert judge(make_event(EventKind.BOUNCED)).leaving[0].reason == "bounced"


def test_every_kind_but_the_unknown_has_a_rank_of_its_own():
    ranks = [rank(kind) for kind in EventKind if kind is not EventKind.OTHER]
    assert sorted(ranks) == list(range(1, len(EventKind)))
    assert rank(EventKind.OTHER) == 0
