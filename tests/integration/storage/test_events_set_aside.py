"""What of a provider's posts cannot be taken is set aside, and stops nothing behind it."""

from __future__ import annotations

import random
import string

import pytest
import sqlalchemy as sa

from newsletter.core.errors import StorageError
from newsletter.core.model.events import Entry, EventKind
from newsletter.storage.events import TRIES, EventStore
from newsletter.storage.tables import event, event_post
from tests.support.events import NOW, make_event, make_judgement


class Parser:
    """Gives the events it was made with, by the body of the post."""

    def __init__(self, **posts):
        self.posts = posts

    def parse(self, body, *, received_at):
        return self.posts[body.decode()]


def noise(length: int) -> str:
    """Return letters that no compression makes short."""
    return "".join(random.Random(5).choices(string.ascii_letters + string.digits, k=length))


def known(database) -> set[str]:
    with database.read() as connection:
        return set(connection.scalars(sa.select(event.c.canonical)))


def work_off(store, judgement) -> list:
    return list(iter(lambda: store.take("sendgrid", judgement, now=NOW), None))


def test_an_event_that_the_database_cannot_keep_is_set_aside_alone(database):
    """A long address stopped everything behind it on PostgreSQL, for good."""
    store = EventStore(database)
    long = make_event(EventKind.BOUNCED, 2, canonical=f"{noise(8_000)}@example.org", key="2")
    naive = make_event(EventKind.BOUNCED, 3, at=NOW.replace(tzinfo=None), key="3")
    posts = {"a": [make_event(number=1), long, naive, make_event(number=4)]}
    posts |= {"b": [make_event(number=5)]}
    for name in posts:
        store.keep("sendgrid", name.encode(), now=NOW)
    done = work_off(store, make_judgement(Parser(**posts)))
    assert sum(one.posts for one in done) == 2
    assert {f"reader000{n}@example.org" for n in (1, 4, 5)} <= known(database)
    aside = store.set_aside("sendgrid")
    assert len(aside) == store.count_aside("sendgrid") == sum(one.aside for one in done)
    assert len(aside) == (1 if database.engine.dialect.name == "sqlite" else 2)
    assert noise(8_000) not in "".join(one.problem for one in aside)
    assert store.waiting("sendgrid") == 0


def test_entries_without_an_event_are_set_aside_as_they_came(database):
    store = EventStore(database)
    judgement = make_judgement()
    spoilt = Entry({"event": 5}, problem="It is none.")
    good = Entry({}, make_event())

    def parse(body, at):
        return [spoilt, good] if body == b"post" else [good]

    from dataclasses import replace

    judgement = replace(judgement, parse=parse)
    store.keep("sendgrid", b"post", now=NOW)
    work_off(store, judgement)
    (aside,) = store.set_aside("sendgrid")
    assert (aside.body, aside.problem) == (b'[{"event":5}]', spoilt.problem)
    assert store.retry("sendgrid") == 1
    work_off(store, judgement)
    assert store.count_aside("sendgrid") == 0


def test_a_post_that_keeps_failing_goes_behind_the_others_and_is_set_aside_in_the_end(database):
    store, order = EventStore(database), []

    def parse(body, at):
        order.append(body)
        if body == b"bad":
            raise StorageError("The database's server has not enough means.")
        return [Entry({}, make_event())]

    from dataclasses import replace

    judgement = replace(make_judgement(), parse=parse)
    for body in (b"bad", b"good"):
        store.keep("sendgrid", body, now=NOW)
    done = work_off(store, judgement)
    assert order == [b"bad", b"good", *[b"bad"] * (TRIES - 1)]
    assert sum(one.unreadable for one in done) == 1
    (aside,) = store.set_aside("sendgrid")
    assert (aside.tries, aside.problem) == (TRIES, "The database's server has not enough means.")


@pytest.mark.parametrize("provider", ["smtp", "outbox"])
def test_what_is_set_aside_belongs_to_its_provider(database, provider):
    store = EventStore(database)
    with database.write() as connection:
        row = {"provider": "sendgrid", "received_at": NOW, "body": b"?", "problem": "none"}
        connection.execute(sa.insert(event_post).values(row))
    assert (store.count_aside(provider), store.retry(provider)) == (0, 0)
    assert store.count_aside("sendgrid") == 1
