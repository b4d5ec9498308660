"""The ledger on SQLite and PostgreSQL: frozen once, claimed once, recorded for good."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.core.errors import NothingToDo
from newsletter.core.model import BatchState, Send, SendStatus, SetAside, SubjectTrial, Submission
from newsletter.core.model.content import FrozenEdition
from newsletter.core.model.recipients import Lines
from newsletter.message import merge
from newsletter.storage import tables
from newsletter.storage.sends import recipients
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.subscribers import suppressions
from newsletter.storage.used_content import FrozenContent, UsedContent
from tests.support.ledger import (
    DAY,
    MORNING,
    add_people,
    change_state,
    frozen_send,
    make_freeze,
    make_ledger_message,
)

LEASE = timedelta(seconds=60)
EVERYONE = Audience(publication="main", edition=DAY)
TAKEN = Submission(provider_id="x-1", status=202)


def led(database, count: int, *, owner: str = "me", **freeze):
    ledger, send = frozen_send(database, count, **freeze)
    assert Attempts(database).lead(send.id, owner=owner, now=MORNING, lease=LEASE) is None
    return ledger, send


def claim(
    ledger, send, *, owner: str = "me", attempt_id: str = "a1", now=MORNING, lease=LEASE, **more
):
    return Attempts(ledger._database).claim(
        send.id, owner=owner, attempt_id=attempt_id, now=now, lease=lease, **more
    )


def tallies(ledger, send) -> dict[str, tuple[int, int]]:
    found = ledger.view(send.id).batches
    return {str(state): (t.batches, t.recipients) for state, t in found.items()}


@pytest.mark.parametrize(("looked_up", "named"), [(20_000, 500), (20_000, 1), (1, 500)])
def test_nobody_suppressed_is_frozen_however_many_they_are(database, monkeypatch, looked_up, named):
    monkeypatch.setattr(suppressions, "_MOST_LOOKED_UP", looked_up)
    monkeypatch.setattr(suppressions, "_MOST_NAMED", named)
    add_people(database, 5)
    elsewhere = {"reason": "asked", "at": MORNING, "publication": "evening"}
    with database.write() as connection:
        for form in ("reader0002@example.org", "reader0004@example.org", "nobody@example.com"):
            gone = {"canonical": form, "reason": "asked", "at": MORNING}
            connection.execute(sa.insert(tables.suppression).values(gone))
        others = {"canonical": "reader0003@example.org"} | elsewhere
        connection.execute(sa.insert(tables.suppression).values(others))
    send = Ledger(database).freeze(make_freeze(), now=MORNING)
    with database.read() as connection:
        frozen = connection.scalars(sa.select(tables.recipient.c.address)).all()
    assert sorted(frozen) == [f"reader000{number}@example.org" for number in (1, 3, 5)]
    assert send.recipients == 3


def test_a_freeze_numbers_everyone_without_gaps(database):
    addresses = add_people(database, 25)
    ledger = Ledger(database)
    send = ledger.freeze(make_freeze(), now=MORNING)
    assert send.recipients == 25
    assert tallies(ledger, send) == {"planned": (3, 25)}
    with database.read() as connection:
        rows = connection.execute(sa.select(tables.recipient)).all()
    assert sorted(row.position for row in rows) == list(range(1, 26))
    assert sorted(row.address for row in rows) == addresses


def test_only_active_and_unsuppressed_people_are_frozen(database):
    add_people(database, 5)
    change_state(database, "reader0002@example.org", "unsubscribed")
    change_state(database, "reader0003@example.org", "pending")
    with database.write() as connection:
        suppressed = {"canonical": "reader0004@example.org", "reason": "asked", "at": MORNING}
        connection.execute(sa.insert(tables.suppression).values(suppressed))
    ledger = Ledger(database)
    assert ledger.audience(EVERYONE) == 2
    assert ledger.freeze(make_freeze(), now=MORNING).recipients == 2


def test_the_same_edition_is_frozen_once(database):
    ledger, send = frozen_send(database, 3)
    again = ledger.freeze(make_freeze(message=make_ledger_message("Other")), now=MORNING)
    assert again.id == send.id
    assert ledger.message(again.id).text == "Good morning"


def test_freezes_at_the_same_moment_give_one_send_with_the_content_of_its_message(database):
    add_people(database, 20)
    ledger = Ledger(database)
    barrier = threading.Barrier(4)
    found: list[Send] = []
    messages = {str(number): make_ledger_message(str(number)) for number in range(4)}

    def freeze(name: str) -> None:
        content = FrozenContent(FrozenEdition(content=name, record="{}"), ())
        barrier.wait()
        freeze = make_freeze(message=messages[name], content=content)
        found.append(ledger.freeze(freeze, now=MORNING))

    threads = [threading.Thread(target=freeze, args=(name,)) for name in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.id for one in found}) == 1
    frozen = UsedContent(database, "main").frozen(DAY)
    assert frozen is not None
    assert found[0].digest == messages[frozen.content].digest
    assert len(found) == 4
    with database.read() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(tables.recipient))
    assert count == 20


def test_a_freeze_without_anybody_writes_nothing(database):
    ledger = Ledger(database)
    with pytest.raises(NothingToDo):
        ledger.freeze(make_freeze(), now=MORNING)
    assert ledger.find("main", DAY) is None


def test_the_message_comes_back_as_it_was_frozen(database):
    ledger, send = frozen_send(database, 1)
    assert ledger.message(send.id) == make_ledger_message()


def test_a_second_subject_comes_back_with_the_message(database):
    add_people(database, 1)
    ledger = Ledger(database)
    message = replace(make_ledger_message("Tried"), trial=SubjectTrial("Another", 0.25))
    send = ledger.freeze(make_freeze(message=merge.with_digest(message)), now=MORNING)
    assert merge.with_digest(ledger.message(send.id)).digest == send.digest
    assert ledger.message(send.id).trial == SubjectTrial("Another", 0.25)


def test_a_claim_is_given_once_and_holds_its_people(database):
    ledger, send = led(database, 15)
    first = claim(ledger, send, attempt_id="a1")
    second = claim(ledger, send, attempt_id="a2")
    assert claim(ledger, send, attempt_id="a3") is None
    people = [Attempts(database).people(one) for one in (first, second)]
    assert [len(one) for one in people] == [10, 5]
    positions = [position for one in people for position in one.positions]
    assert positions == list(range(1, 16))


def test_a_batch_is_not_claimed_before_it_is_due(database):
    ledger, send = led(database, 3, due_at=MORNING + timedelta(hours=1))
    assert claim(ledger, send) is None
    assert ledger.view(send.id).next_due == MORNING + timedelta(hours=1)
    assert claim(ledger, send, now=MORNING + timedelta(hours=1)) is not None


def test_a_pause_holds_everyone_and_is_never_shortened(database):
    ledger, send = led(database, 3)
    late, early = MORNING + timedelta(seconds=30), MORNING + timedelta(seconds=5)
    Attempts(database).pause_until(send.id, late)
    Attempts(database).pause_until(send.id, early)
    assert ledger.view(send.id).send.paused_until == late
    assert claim(ledger, send, now=early) is None
    assert claim(ledger, send, now=late) is not None


def test_submitted_is_for_good(database):
    ledger, send = led(database, 3)
    taken = claim(ledger, send)
    Attempts(database).submitted(taken, TAKEN, now=MORNING)
    Attempts(database).release(taken, reason="too late", status=None, now=MORNING)
    Attempts(database).uncertain(taken, reason="too late", status=None, now=MORNING)
    assert tallies(ledger, send) == {"submitted": (1, 3)}
    assert claim(ledger, send, attempt_id="a2") is None


def test_a_released_batch_goes_again_with_a_new_attempt(database):
    ledger, send = led(database, 3)
    Attempts(database).release(claim(ledger, send), reason="429", status=429, now=MORNING)
    again = claim(ledger, send, attempt_id="a2")
    assert again.batch == 1
    Attempts(database).submitted(again, TAKEN, now=MORNING)
    assert tallies(ledger, send) == {"submitted": (1, 3)}


def test_what_a_dead_sender_left_is_uncertain_and_its_late_word_still_counts(database):
    ledger, send = led(database, 3)
    left = claim(ledger, send)
    assert Attempts(database).orphan(send.id, gone=["me"], now=MORNING) == 1
    assert tallies(ledger, send) == {"uncertain": (1, 3)}
    Attempts(database).submitted(left, TAKEN, now=MORNING)
    assert tallies(ledger, send) == {"submitted": (1, 3)}


def test_a_late_word_does_not_touch_a_batch_that_went_on(database):
    ledger, send = led(database, 3)
    left = claim(ledger, send)
    Attempts(database).orphan(send.id, gone=["me"], now=MORNING)
    ledger.resolve(send.id, 1, accepted=False, now=MORNING)
    again = claim(ledger, send, attempt_id="a2")
    Attempts(database).release(left, reason="never out", status=None, now=MORNING)
    assert tallies(ledger, send) == {"claimed": (1, 3)}
    Attempts(database).submitted(again, TAKEN, now=MORNING)
    assert tallies(ledger, send) == {"submitted": (1, 3)}


def test_halves_cover_what_remains_and_wait_behind_whole_batches(database):
    ledger, send = led(database, 20)
    first = claim(ledger, send)
    Attempts(database).set_aside(send.id, [SetAside(position=1, outcome="refused", reason="bad")])
    Attempts(database).split(first, reason="400", status=400, now=MORNING)
    claims = [claim(ledger, send, attempt_id=f"b{n}") for n in range(3)]
    ranges = [list(Attempts(database).people(one).positions) for one in claims]
    assert ranges == [list(range(11, 21)), [2, 3, 4, 5], [6, 7, 8, 9, 10]]


def test_people_set_aside_are_counted_and_not_claimed_again(database):
    ledger, send = led(database, 5)
    aside = [
        SetAside(position=2, outcome="skipped", reason="opted out"),
        SetAside(position=4, outcome="refused", reason="bad"),
    ]
    Attempts(database).set_aside(send.id, aside)
    Attempts(database).set_aside(send.id, [SetAside(position=2, outcome="refused", reason="later")])
    shown = ledger.view(send.id)
    assert (shown.skipped, shown.refused) == (1, 1)
    assert shown.tally(BatchState.PLANNED).recipients == 3
    assert list(Attempts(database).people(claim(ledger, send)).positions) == [1, 3, 5]


@pytest.mark.parametrize("name", ["", "Ann", "Ann\nBee", "Ann\r", "Ánn 𝄞", 'A "quote" \\'])
def test_people_are_what_the_list_holds_whatever_is_in_a_value(database, name):
    ledger, send = led(database, 3)
    with database.write() as connection:
        second = tables.subscriber.c.canonical == "reader0002@example.org"
        values = {"name": name, "attributes": {"city": name}}
        connection.execute(sa.update(tables.subscriber).where(second).values(values))
    people = Attempts(database).people(claim(ledger, send))
    by_address = zip(people.addresses, people.names, people.attributes, strict=True)
    found = {address: (name, json.loads(text)) for address, name, text in by_address}
    assert found["reader0002@example.org"] == (name, {"city": name})
    assert len(found) == len(people) == 3
    assert sorted(people.positions) == [1, 2, 3]


def test_nobody_is_read_of_a_batch_in_which_everybody_is_set_aside(database):
    ledger, send = led(database, 2)
    aside = [SetAside(position=n, outcome="refused", reason="bad") for n in (1, 2)]
    Attempts(database).set_aside(send.id, aside)
    assert len(Attempts(database).people(claim(ledger, send))) == 0


def test_attributes_are_read_where_they_are_asked_for(database):
    ledger, send = led(database, 2)
    mine = claim(ledger, send)
    assert list(Attempts(database).people(mine, attributes=False).attributes) == []
    assert len(Attempts(database).people(mine).attributes) == 2


def test_a_suppression_a_little_before_the_freeze_is_seen_by_a_claim(database):
    # It may have been committed after the freeze began to read, or by a host whose clock is slow.
    ledger, send = led(database, 2)
    with database.write() as connection:
        connection.execute(
            sa.insert(tables.suppression).values(
                canonical="reader0001@example.org",
                reason="asked",
                at=MORNING - timedelta(minutes=5),
            )
        )
    assert list(Attempts(database).people(claim(ledger, send)).suppressed).count(True) == 1


@pytest.mark.parametrize("many", [200, 1])
@pytest.mark.parametrize("form", ["reader0001@example.org", "@example.org"])
def test_only_a_batch_that_somebody_left_is_read_person_by_person(
    database, monkeypatch, form, many
):
    # With many who left at once each person is looked up; the answer is the same.
    monkeypatch.setattr(recipients, "_AS_LINES", recipients.as_lines(many=many))
    ledger, send = led(database, 2)
    other = claim(ledger, send)
    with database.write() as connection:
        for gone in ("stranger@example.com", "@example.com"):
            connection.execute(
                sa.insert(tables.suppression).values(canonical=gone, reason="asked", at=MORNING)
            )
    assert isinstance(Attempts(database).people(other, attributes=False).addresses, Lines)
    with database.write() as connection:
        connection.execute(
            sa.insert(tables.suppression).values(canonical=form, reason="asked", at=MORNING)
        )
    people = Attempts(database).people(other, attributes=False)
    gone = 2 if form.startswith("@") else 1
    assert not isinstance(people.addresses, Lines)
    assert list(people.suppressed).count(True) == gone


def test_a_claim_shows_who_opted_out_since_the_freeze(database):
    ledger, send = led(database, 3)
    change_state(database, "reader0002@example.org", "unsubscribed")
    with database.write() as connection:
        connection.execute(
            sa.insert(tables.suppression).values(
                canonical="reader0003@example.org", reason="asked", at=MORNING
            )
        )
    people = Attempts(database).people(claim(ledger, send))
    found = zip(people.addresses, people.states, people.suppressed, strict=True)
    assert {address: rest for address, *rest in found} == {
        "reader0001@example.org": ["active", False],
        "reader0002@example.org": ["unsubscribed", False],
        "reader0003@example.org": ["active", True],
    }


def test_leadership_is_exclusive_until_the_lease_ends(database):
    _ledger, send = led(database, 1)
    assert Attempts(database).lead(send.id, owner="rival", now=MORNING, lease=LEASE) == "me"
    assert Attempts(database).lead(send.id, owner="me", now=MORNING, lease=LEASE) is None
    later = MORNING + LEASE + timedelta(seconds=1)
    assert Attempts(database).lead(send.id, owner="rival", now=later, lease=LEASE) is None
    assert Attempts(database).lead(send.id, owner="me", now=later, lease=LEASE) == "rival"


def test_stepping_down_frees_only_ones_own_lead(database):
    _ledger, send = led(database, 1)
    Attempts(database).step_down(send.id, owner="rival")
    assert Attempts(database).lead(send.id, owner="rival", now=MORNING, lease=LEASE) == "me"
    Attempts(database).step_down(send.id, owner="me")
    assert Attempts(database).lead(send.id, owner="rival", now=MORNING, lease=LEASE) is None


def test_a_send_completes_only_when_nothing_is_open(database):
    ledger, send = led(database, 15)
    first = claim(ledger, send, attempt_id="a1")
    Attempts(database).submitted(first, TAKEN, now=MORNING)
    second = claim(ledger, send, attempt_id="a2")
    Attempts(database).uncertain(second, reason="no answer", status=None, now=MORNING)
    ledger.complete(send.id, now=MORNING)
    assert ledger.view(send.id).send.status is SendStatus.OPEN
    assert ledger.resolve(send.id, 2, accepted=True, now=MORNING)
    assert not ledger.resolve(send.id, 2, accepted=True, now=MORNING)
    ledger.complete(send.id, now=MORNING)
    assert ledger.view(send.id).send.status is SendStatus.COMPLETE


def test_people_without_a_value_are_found(database):
    add_people(database, 2, name="", attributes={"city": "Rome"}, state="unsubscribed")
    ledger = Ledger(database)
    assert ledger.lacking("name", EVERYONE, limit=5) == (0, ())
    change_state(database, "reader0001@example.org", "active")
    assert ledger.lacking("name", EVERYONE, limit=5) == (1, ("reader0001@example.org",))
    assert ledger.lacking("attributes.city", EVERYONE, limit=5) == (0, ())
    assert ledger.lacking("attributes.club", EVERYONE, limit=5)[0] == 1


def test_changes_made_together_are_durable_together_or_not_at_all(database):
    ledger, send = led(database, 30)
    first = claim(ledger, send)

    def fail_after_both() -> None:
        with Attempts(database).together():
            Attempts(database).submitted(first, TAKEN, now=MORNING)
            assert claim(ledger, send, attempt_id="a2").batch == 2
            raise RuntimeError("a fault before the end")

    with pytest.raises(RuntimeError):
        fail_after_both()
    assert tallies(ledger, send) == {"claimed": (1, 10), "planned": (2, 20)}

    with Attempts(database).together():
        Attempts(database).submitted(first, TAKEN, now=MORNING)
        second = claim(ledger, send, attempt_id="a3")
    Attempts(database).submitted(second, TAKEN, now=MORNING)
    assert tallies(ledger, send) == {"submitted": (2, 20), "planned": (1, 10)}


def test_what_other_threads_write_is_not_part_of_what_is_made_together(database):
    ledger, send = led(database, 10)
    seen = []

    def look() -> None:
        seen.append(ledger.view(send.id).tally(BatchState.CLAIMED).batches)

    with Attempts(database).together():
        claim(ledger, send)
        other = threading.Thread(target=look)
        other.start()
        other.join()
        look()
    assert seen == [0, 1]


def test_a_claim_is_due_when_its_own_send_is(database):
    # Not when the wave of the same number of an earlier send was.
    led(database, 1)
    later = MORNING + timedelta(days=1)
    ledger = Ledger(database)
    send = ledger.freeze(make_freeze(edition=later.date(), due_at=later), now=later)
    found = claim(ledger, send, now=later)
    assert found is not None
    assert (found.due_at, found.frozen_at, found.digest) == (later, later, send.digest)
