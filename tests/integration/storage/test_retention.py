"""Old rows go in small steps, and an old edition's audit still adds up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.core.model.events import EventKind
from newsletter.delivery.audit import rules
from newsletter.storage import retention, sizes
from newsletter.storage.database import Database
from newsletter.storage.events import EventStore
from newsletter.storage.retention import Retention
from newsletter.storage.sends import audit_record
from newsletter.storage.tables import event, recipient, recipient_report, send_total
from tests.support.events import entries, events_of, make_event, make_judgement
from tests.support.ledger import (
    MORNING,
    ScriptedProvider,
    change_state,
    frozen_send,
    hand_over,
)

LATER = MORNING + timedelta(days=400)


@pytest.fixture
def sent(database: Database):
    """A send that is complete: one reader left before it, one bounced, one complained."""
    ledger, send = frozen_send(database, 47)
    change_state(database, "reader0005@example.org", "unsubscribed")
    provider = ScriptedProvider()
    hand_over(ledger, send, provider)
    kinds = (EventKind.DELIVERED, EventKind.BOUNCED, EventKind.COMPLAINED)
    events = events_of(provider.attempts[0], *kinds, at=MORNING)
    EventStore(database).take_in(entries(*events), make_judgement(), now=MORNING)
    return send


def audit(database: Database, send) -> rules.Audit:
    return rules.audit(audit_record.record(database, send.id, message_digest=send.digest))


def count(database: Database, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    with database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0


def run_out(keep: Retention) -> int:
    """Take off all there is; return the number of steps."""
    steps = 0
    while keep.take_off_recipients(before=LATER, now=LATER):
        steps += 1
    return steps


def test_an_audit_adds_up_before_between_and_after(
    database: Database, sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP", 10)
    before = audit(database, sent)
    keep = Retention(database, "main")

    seen = [before]
    while keep.take_off_recipients(before=LATER, now=LATER):
        seen.append(audit(database, sent))

    assert before.complete
    assert before.record.feedback is not None
    assert len(seen) > 6
    assert all(one == before for one in seen)
    assert count(database, recipient) == 1
    assert count(database, recipient, recipient.c.outcome == "skipped") == 1
    assert count(database, recipient_report) == 0


def test_a_row_that_vanished_otherwise_is_still_found(database: Database, sent) -> None:
    run_out(Retention(database, "main"))
    with database.write() as connection:
        connection.execute(sa.delete(recipient))

    assert not audit(database, sent).complete


def test_what_did_not_add_up_is_left_as_it_is(database: Database, sent) -> None:
    with database.write() as connection:
        connection.execute(sa.delete(recipient).where(recipient.c.position == 7))
    before = audit(database, sent)

    assert run_out(Retention(database, "main")) == 0
    assert not before.complete
    assert audit(database, sent) == before


@pytest.mark.parametrize("why", ["young", "open", "another publication"])
def test_what_is_not_meant_stays(database: Database, why: str) -> None:
    ledger, send = frozen_send(database, 5)
    if why != "open":
        hand_over(ledger, send, ScriptedProvider())
    keep = Retention(database, "another" if why == "another publication" else "main")

    assert keep.take_off_recipients(before=MORNING if why == "young" else LATER, now=LATER) == 0
    assert count(database, recipient) == 5
    assert count(database, send_total) == 0


def test_events_go_by_the_day_they_came(
    database: Database, sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP", 2)
    late = make_event(EventKind.DELIVERED, 4, at=LATER, key="late", event_id="late")
    EventStore(database).take_in(entries(late), make_judgement(), now=LATER)
    keep = Retention(database, "main")

    assert keep.take_off_events(before=MORNING) == 0
    # PostgreSQL drops a month with nothing in it before.
    assert list(iter(lambda: keep.take_off_events(before=LATER), 0))[-2:] == [2, 1]
    assert count(database, event) == 1
    assert audit(database, sent).complete


def test_sizes_tell_rows_and_bytes_by_kind(database: Database, sent) -> None:
    found = {one.kind: one for one in sizes.sizes(database)}

    assert found["recipients"].rows == 47 + 3
    assert found["events"].rows == 3
    assert found["subscribers"].rows >= 47
    assert all(one.bytes is None or one.bytes > 0 for one in found.values() if one.rows)
