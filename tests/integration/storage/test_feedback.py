"""Counting by mailbox provider in either database agrees with the table it follows."""

from __future__ import annotations

from types import SimpleNamespace

import sqlalchemy as sa

from newsletter.core.feedback_loops import DOMAINS, GMAIL, reports_complaints
from newsletter.core.model.events import EventKind
from newsletter.delivery.health import Limits, Watch
from newsletter.storage.database import Database
from newsletter.storage.events import EventStore
from newsletter.storage.sends import audit_record
from newsletter.storage.tables import recipient
from newsletter.storage.tables import send as send_table
from tests.support.events import entries, make_event, make_judgement
from tests.support.ledger import (
    MORNING,
    MovingClock,
    ScriptedProvider,
    frozen_send,
    hand_over,
)

PLACES = [
    *sorted(DOMAINS),
    *GMAIL,
    *("yahoo.com", "yahoo.co.jp", "yahoo.fr", "hotmail.co.uk", "live.nl", "outlook.com"),
    *("notyahoo.com", "example.org", "yahooo.com", "icloud.com"),
]


def test_the_database_sorts_as_the_table_does(database: Database) -> None:
    ledger, send = frozen_send(database, len(PLACES))
    change_addresses(database, send.id, PLACES)
    hand_over(ledger, send, ScriptedProvider())

    found = ledger.feedback(send.id, now=MORNING)

    assert found.reporting == sum(map(reports_complaints, PLACES))
    assert found.gmail == 2
    assert found.reporting + found.gmail + found.others == len(PLACES)


def test_who_complained_was_heard_whatever_the_table_says(database: Database) -> None:
    ledger, send = frozen_send(database, 4)
    change_addresses(database, send.id, ["aol.com", "gmail.com", "gmail.com", "example.org"])
    provider = ScriptedProvider()
    hand_over(ledger, send, provider)
    attempt = provider.attempts[0].id
    events = [
        make_event(
            EventKind.COMPLAINED, n, canonical=f"n{n}@x.test", attempt_id=attempt, at=MORNING
        )
        for n in (1, 4)
    ]
    EventStore(database).take_in(entries(*events), make_judgement(), now=MORNING)

    found = ledger.feedback(send.id, now=MORNING)
    record = audit_record.record(database, send.id, message_digest=send.digest)

    assert (found.complained, found.reporting, found.gmail) == (2, 2, 2)
    assert record.feedback == found


def test_a_watch_pauses_by_the_share_of_those_who_would_be_heard(database: Database) -> None:
    """Two of ten at AOL are a fifth, however many read at Gmail."""
    ledger, send = frozen_send(database, 40)
    change_addresses(database, send.id, ["aol.com"] * 10 + ["gmail.com"] * 30)
    provider = ScriptedProvider()
    hand_over(ledger, send, provider)
    places = [(attempt, one) for attempt in provider.attempts for one in attempt.recipients]
    events = [
        make_event(
            EventKind.COMPLAINED,
            one.position,
            canonical=one.address,
            attempt_id=attempt.id,
            at=MORNING,
        )
        for attempt, one in places
        if one.address.endswith("aol.com")
    ][:2]
    EventStore(database).take_in(entries(*events), make_judgement(), now=MORNING)
    with database.write() as connection:
        connection.execute(sa.update(send_table).values(status="open"))
    told: list[str] = []
    watch = Watch(
        ledger=ledger,
        clock=MovingClock(),
        limits=Limits(bounced=1, complained=0.1, blocked=1),
        alerts=SimpleNamespace(tell=lambda what, **_: told.append(what)),
    )

    held = watch.look(send.id, edition=send.edition)

    assert held is not None
    assert "2 of 10 recipients whose mailbox provider reports it complained (20.00%)" in told[0]


def change_addresses(database: Database, send_id: int, domains: list[str]) -> None:
    """Give the recipients of a send, in order, addresses at these domains."""
    with database.write() as connection:
        for position, domain in enumerate(domains, start=1):
            row = (recipient.c.send_id == send_id) & (recipient.c.position == position)
            address = f"reader{position}@{domain}"
            connection.execute(sa.update(recipient).where(row).values(address=address))
