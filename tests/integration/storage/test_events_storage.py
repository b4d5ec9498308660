"""Events in the database, on both kinds: each has its effect once, and nothing ever goes back."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.core.model import BatchState, SendStatus, Submission
from newsletter.core.model.events import Event, EventKind
from newsletter.delivery.audit import rules
from newsletter.storage.events import EventStore
from newsletter.storage.sends import audit_record, dossier
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.tables import event, event_post, recipient_report, state_change, subscriber
from newsletter.storage.tables import suppression as suppression_table
from tests.support.events import NOW, entries, make_event, make_judgement
from tests.support.ledger import MORNING, add_people, frozen_send, make_freeze

JUDGEMENT = make_judgement()
PEOPLE_GONE = ("reader0001", "reader0002", "stranger")


def claimed(database, people=3, attempt_id="a1"):
    """Freeze a send and claim its only batch."""
    ledger, send = frozen_send(database, people)
    Attempts(database).lead(send.id, owner="me", now=MORNING, lease=timedelta(hours=1))
    claim = Attempts(database).claim(
        send.id, owner="me", attempt_id=attempt_id, now=MORNING, lease=timedelta(minutes=1)
    )
    return ledger, send, claim


def take(database, *events: Event):
    return EventStore(database).take_in(entries(*events), JUDGEMENT, now=NOW)


def reports(database) -> dict[int, str]:
    query = sa.select(recipient_report.c.position, recipient_report.c.kind)
    with database.read() as connection:
        return {row.position: row.kind for row in connection.execute(query)}


def state_of(database, address="reader0001@example.org") -> str | None:
    query = sa.select(subscriber.c.state).where(subscriber.c.canonical == address)
    with database.read() as connection:
        return connection.scalar(query)


def count(database, table) -> int:
    with database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))


def test_an_event_settles_a_doubt_and_completes_the_send(database):
    ledger, send, claim = claimed(database)
    Attempts(database).uncertain(claim, reason="no answer", status=None, now=MORNING)

    done = take(database, make_event(EventKind.PROCESSED))

    assert (done.events, done.proven) == (1, 1)
    view = ledger.view(send.id)
    assert view.send.status is SendStatus.COMPLETE
    assert view.tally(BatchState.SUBMITTED).recipients == 3
    record = audit_record.record(database, send.id, message_digest=send.digest)
    assert rules.audit(record).complete
    assert record.attempts[0].provider_id == "m1"


def test_an_event_before_the_answer_is_recorded_makes_no_doubt(database):
    ledger, send, claim = claimed(database)
    take(database, make_event())
    Attempts(database).uncertain(claim, reason="no answer", status=None, now=MORNING)
    assert ledger.view(send.id).tally(BatchState.SUBMITTED).recipients == 3


def test_an_attempt_that_was_given_up_and_taken_is_a_problem_of_the_audit(database):
    ledger, send, claim = claimed(database)
    Attempts(database).uncertain(claim, reason="no answer", status=None, now=MORNING)
    ledger.resolve(send.id, 1, accepted=False, now=MORNING)
    again = Attempts(database).claim(
        send.id, owner="me", attempt_id="a2", now=MORNING, lease=timedelta(minutes=1)
    )
    Attempts(database).submitted(again, Submission(provider_id="m2"), now=MORNING)

    take(database, make_event())

    found = rules.audit(audit_record.record(database, send.id, message_digest=send.digest))
    assert any("two copies" in problem for problem in found.problems)
    assert found.states == {"submitted": 3}


def test_case_30_the_same_event_counts_once_under_any_id(database):
    claimed(database)
    one = make_event(event_id="e1")
    same = make_event(event_id="e2")
    again = make_event(EventKind.OPENED, event_id="e1")

    done = take(database, one, same, again)
    later = take(database, same, one)

    assert (done.events, done.repeated) == (1, 2)
    assert (later.events, later.repeated) == (0, 2)
    assert reports(database) == {1: "delivered"}


def test_case_30_a_state_never_goes_back_from_post_to_post(database):
    claimed(database)
    take(database, make_event(), make_event(EventKind.PROCESSED, 2))
    take(
        database, make_event(EventKind.PROCESSED, at=NOW + timedelta(hours=9)), make_event(number=2)
    )
    assert reports(database) == {1: "delivered", 2: "delivered"}


def test_case_30_five_thousand_events_in_any_order_end_in_the_same_states(database):
    claimed(database, people=1250)
    kinds = (EventKind.PROCESSED, EventKind.DEFERRED, EventKind.DELIVERED, EventKind.OPENED)
    events = [make_event(kind, number) for number in range(1, 1251) for kind in kinds]
    random.Random(7).shuffle(events)
    done = take(database, *events)
    assert (done.events, done.repeated) == (5000, 0)
    assert set(reports(database).values()) == {"opened"}
    assert len(reports(database)) == 1250


def test_case_30_events_of_somebody_elses_mail_are_kept_without_effect_on_a_send(database):
    claimed(database)
    take(database, make_event(attempt_id="theirs"))
    assert reports(database) == {}
    assert count(database, event) == 1


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (EventKind.BOUNCED, "bounced"),
        (EventKind.COMPLAINED, "complained"),
        (EventKind.UNSUBSCRIBED, "unsubscribed"),
    ],
)
def test_who_leaves_is_out_of_the_next_batch_at_once(database, kind, state):
    _ledger, send = frozen_send(database, 3)
    Attempts(database).lead(send.id, owner="me", now=MORNING, lease=timedelta(hours=1))

    done = take(database, make_event(kind, attempt_id=None, position=None, reason="5.1.1 gone"))

    assert done.left == 1
    assert state_of(database) == state
    claim = Attempts(database).claim(
        send.id, owner="me", attempt_id="a1", now=MORNING, lease=timedelta(minutes=1)
    )
    assert list(Attempts(database).people(claim).suppressed).count(True) == 1
    with database.read() as connection:
        change = connection.execute(sa.select(state_change)).one()
    assert (change.from_state, change.to_state) == ("active", state)
    assert change.reason == f"{kind}: 5.1.1 gone"


def test_a_bounce_after_a_complaint_leaves_the_complaint(database):
    add_people(database, 1)
    take(database, make_event(EventKind.COMPLAINED))
    done = take(database, make_event(EventKind.BOUNCED))
    assert (done.left, state_of(database)) == (0, "complained")


def test_all_who_leave_by_one_post_leave_each_by_what_was_said_of_them(database):
    claimed(database)
    gone = [
        make_event(EventKind.BOUNCED, 1, reason="no such mailbox"),
        make_event(EventKind.UNSUBSCRIBED, 1),  # of the send's own list, after the bounce
        make_event(EventKind.COMPLAINED, 2),
        make_event(EventKind.BOUNCED, 7, canonical="stranger@example.org", attempt_id=None),
    ]
    assert take(database, *gone).left == 4
    assert take(database, *gone).left == 0
    steps = sa.select(state_change.c.from_state, state_change.c.to_state)
    with database.read() as connection:
        changed = [tuple(one) for one in connection.execute(steps.order_by(state_change.c.id))]
        held = sa.select(suppression_table.c.canonical, suppression_table.c.reason)
        reasons = dict(tuple(one) for one in connection.execute(held))
    told = [("active", "bounced"), ("bounced", "unsubscribed"), ("active", "complained")]
    assert [one for one in changed if one in told] == told
    assert state_of(database) == "unsubscribed"
    assert state_of(database, "reader0002@example.org") == "complained"
    assert state_of(database, "reader0003@example.org") == "active"
    assert reasons["reader0001@example.org"] == "bounced: no such mailbox"
    assert set(reasons) == {f"{name}@example.org" for name in PEOPLE_GONE}


def test_an_address_that_is_not_in_the_list_is_suppressed_all_the_same(database):
    done = take(database, make_event(EventKind.COMPLAINED, canonical="stranger@example.net"))
    assert done.left == 1
    assert count(database, suppression_table) == 1


def test_soft_bounces_in_four_editions_end_a_subscription(database):
    ledger, _, _ = claimed(database, people=1)
    for number in range(2, 5):
        day = MORNING.date() + timedelta(days=number)
        send = ledger.freeze(make_freeze(edition=day), now=MORNING)
        Attempts(database).lead(send.id, owner="me", now=MORNING, lease=timedelta(hours=1))
        Attempts(database).claim(
            send.id, owner="me", attempt_id=f"a{number}", now=MORNING, lease=timedelta(minutes=1)
        )
    states = []
    for number in range(1, 5):
        take(database, make_event(EventKind.BLOCKED, 1, attempt_id=f"a{number}", reason="full"))
        states.append(state_of(database))
    assert states == ["active", "active", "active", "bounced"]


class Broken:
    """A parser that follows no post."""

    def parse(self, body, *, received_at):
        from newsletter.core.errors import InputError

        raise InputError("The post is not JSON.")


def test_a_post_that_cannot_be_read_is_kept_and_stops_no_other(database):
    store = EventStore(database)
    store.keep("sendgrid", b"?", now=NOW)
    done = store.take("sendgrid", make_judgement(Broken()), now=NOW)
    assert (done.unreadable, store.waiting("sendgrid")) == (1, 0)
    assert store.take("sendgrid", make_judgement(Broken()), now=NOW) is None
    assert count(database, event_post) == 1


class Fixed:
    """A parser that finds an event for each letter of the body."""

    def parse(self, body, *, received_at):
        return tuple(make_event(number=number) for number in body)


def test_posts_are_taken_in_once_by_several_at_a_time(database):
    claimed(database, people=100)
    store = EventStore(database)
    for number in range(1, 13):
        store.keep("sendgrid", bytes(range(1, number)), now=NOW)
    done = []

    def work():
        while (one := store.take("sendgrid", make_judgement(Fixed()), now=NOW)) is not None:
            done.append(one)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # PostgreSQL: who finds only locked posts ends; what is left is for the next look.
    work()
    assert store.waiting("sendgrid") == 0
    assert (len(done), sum(one.events for one in done)) == (12, 11)
    assert count(database, event_post) == 0


def test_nothing_of_a_post_stays_when_its_effects_fail(database):
    claimed(database)
    store = EventStore(database)
    store.keep("sendgrid", b"\x01", now=NOW)

    def fail(*_):
        raise RuntimeError("power cut")

    failing = make_judgement(Fixed())
    done = store.take("sendgrid", replace(failing, effects=fail), now=NOW)
    assert (done.events, done.aside) == (0, 1)
    assert (count(database, event), store.waiting("sendgrid")) == (0, 0)
    assert store.retry("sendgrid") == 1
    assert store.waiting("sendgrid") == 1


def test_a_person_has_every_edition_with_its_message_and_what_became_of_it(database):
    ledger, send, claim = claimed(database)
    Attempts(database).submitted(claim, Submission(provider_id="m1"), now=MORNING)
    later = ledger.freeze(make_freeze(edition=MORNING.date() + timedelta(days=1)), now=MORNING)
    found = Attempts(database).people(claim)
    position, address = found.positions[0], found.addresses[0]
    take(database, make_event(EventKind.BOUNCED, position, canonical=address))

    found = dossier.read(database, address, publication="main")

    assert (found.state, found.suppressed) == ("bounced", "bounced")
    newest, oldest = found.copies
    assert (oldest.send_id, oldest.state, oldest.attempt_id) == (send.id, "submitted", "a1")
    assert (oldest.digest, oldest.reported, oldest.reported_at) == (send.digest, "bounced", NOW)
    assert (newest.send_id, newest.state, newest.attempt_id) == (later.id, "planned", None)


def test_nothing_is_known_of_a_stranger(database):
    found = dossier.read(database, "stranger@example.net", publication="main")
    assert (found.state, found.suppressed, found.copies) == (None, None, ())
