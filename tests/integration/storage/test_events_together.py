"""Small posts are taken in together: the same comes of it as of each for itself."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from newsletter.core.errors import InputError
from newsletter.core.model.events import EventKind
from newsletter.storage.database import connect
from newsletter.storage.events import EventStore
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.tables import batch, event, recipient_report, suppression
from tests.support.events import NOW, entries, make_entry, make_event, make_judgement, make_post
from tests.support.ledger import MORNING, frozen_send

KINDS = (EventKind.PROCESSED, EventKind.DELIVERED, EventKind.BOUNCED, EventKind.COMPLAINED)


class Posts:
    """Reads each post as the events it stands for; one of them cannot be read."""

    def __init__(self, events: dict[bytes, list], broken: bytes = b"") -> None:
        self.events, self.broken = events, broken

    def judgement(self):
        def parse(body, _received_at):
            if body == self.broken:
                raise InputError("It is no JSON.")
            return entries(*self.events[body])

        return replace(make_judgement(), parse=parse)


def drawn(seed: int) -> dict[bytes, list]:
    """Draw posts of a few events each, some of them told twice."""
    chance, posts = random.Random(seed), {}
    for number in range(40):
        known = [one for post in posts.values() for one in post]
        told = [make_event(chance.choice(KINDS), chance.randint(1, 9)) for _ in range(2)]
        told += chance.sample(known, min(len(known), 1))
        posts[b"%d" % number] = told
    return posts


def handed_over(database) -> EventStore:
    """Freeze a send, claim its only batch as the attempt "a1", and leave that in doubt."""
    _, send = frozen_send(database, 9)
    attempts = Attempts(database)
    claim = attempts.claim(
        send.id, owner="me", attempt_id="a1", now=MORNING, lease=timedelta(minutes=1)
    )
    attempts.uncertain(claim, reason="?", status=None, now=MORNING)
    return EventStore(database)


def kept(database) -> dict[str, object]:
    """Return what is there afterwards."""
    queries = {
        "events": sa.select(event.c.key, event.c.send_id).order_by(event.c.key),
        "reports": sa.select(
            recipient_report.c.position, recipient_report.c.kind, recipient_report.c.at
        ).order_by(recipient_report.c.position),
        "gone": sa.select(suppression.c.canonical).order_by(suppression.c.canonical),
        "batches": sa.select(batch.c.state),
    }
    with database.read() as connection:
        return {name: connection.execute(query).all() for name, query in queries.items()}


@pytest.mark.parametrize("seed", range(3))
def test_posts_taken_in_together_end_as_each_for_itself(lend_database, seed):
    posts = drawn(seed)
    found = []
    for together in (True, False):
        with lend_database() as url:
            database = connect(url)
            store, judgement = handed_over(database), Posts(posts).judgement()
            store.keep_all("sendgrid", [(body, NOW) for body in posts])
            take = store.take_together if together else store.take
            done = list(iter(partial(take, "sendgrid", judgement, now=NOW), None))
            told = [sum(getattr(one, name) for one in done) for name in ("posts", "proven")]
            found.append((kept(database), told, store.waiting("sendgrid")))
            assert len(done) == (1 if together else len(posts))
            database.close()
    assert found[0] == found[1]
    assert found[0][1:] == ([len(posts), 1], 0)


def test_nothing_is_taken_in_together_where_one_post_cannot_be_read(database):
    posts = drawn(7)
    store = handed_over(database)
    store.keep_all("sendgrid", [(body, NOW) for body in posts])
    before = kept(database)
    judgement = Posts(posts, broken=b"17").judgement()
    done = store.take_together("sendgrid", judgement, now=NOW)
    assert done is not None
    assert done.posts == 0
    assert kept(database) == before
    assert store.waiting("sendgrid") == len(posts)


def test_what_cannot_be_taken_holds_up_no_small_post(publish, tmp_path):
    app = publish(tmp_path / "brief", people=3).open()
    intake = app.events()
    good = [make_post(make_entry("bounce", number)) for number in (1, 2, 3)]
    for body in (good[0], b"?", good[1], good[2]):
        intake.store.keep(intake.provider, body, now=app.clock.now())
    done = intake.work_off()
    assert (done.posts, done.unreadable, done.left) == (4, 1, 3)
    assert intake.store.waiting(intake.provider) == 0
    app.close()
