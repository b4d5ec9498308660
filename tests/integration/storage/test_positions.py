"""Which people share a batch: all parts of the list, whatever order it is in."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import closing

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from newsletter.storage.database import connect
from newsletter.storage.sends import positions as sends_positions
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.tables import recipient, subscriber
from tests.support.ledger import MORNING, add_people, make_freeze

PEOPLE, SIZE, DOMAINS = 4000, 200, 4
LISTS: dict[str, Callable[[int], int]] = {
    "domain after domain": lambda n: n * DOMAINS // PEOPLE,
    "domains in turn": lambda n: n % DOMAINS,
    "a domain on every page": lambda n: n // 25 % DOMAINS,
    "ten of a domain in a row": lambda n: n // 10 % DOMAINS,
}


def batches(database) -> list[list[int]]:
    """Freeze, and give the subscribers of each batch in order."""
    send = Ledger(database).freeze(make_freeze(batch_size=SIZE), now=MORNING)
    query = sa.select(recipient.c.subscriber_id).where(recipient.c.send_id == send.id)
    with database.read() as connection:
        ids = connection.scalars(query.order_by(recipient.c.position)).all()
    return [list(ids[first : first + SIZE]) for first in range(0, len(ids), SIZE)]


@given(people=st.integers(0, 3000), size=st.integers(1, 1000), after=st.integers(0, 10**12))
def test_everybody_has_a_position_of_their_own(people, size, after):
    found = list(sends_positions.positions(people, size=size, after=after))
    assert sorted(found) == list(range(after + 1, after + people + 1))


@pytest.mark.parametrize("size", [1, 7, 40, 100, 1000])
def test_both_ways_of_dealing_are_one(postgresql_url, size):
    with closing(connect(postgresql_url)) as database, database.read() as connection:
        for people in (1, size - 1, size, 3 * size + 5, 2345):
            places = sa.select(
                sa.func.generate_series(0, people - 1, type_=sa.Integer).label("place")
            ).subquery()
            dealt = sends_positions.position(
                places.c.place, sa.literal(people), size=size, after=sa.literal(10)
            )
            asked = connection.scalars(sa.select(dealt).order_by(places.c.place)).all()
            assert asked == list(sends_positions.positions(people, size=size, after=10))


@pytest.mark.parametrize("name", LISTS)
def test_every_batch_has_its_share_of_every_domain(database, name):
    add_people(database, PEOPLE)
    for people in batches(database):
        shares = Counter(LISTS[name](one - 1) for one in people)
        assert set(shares) == set(range(DOMAINS))
        assert max(shares.values()) <= SIZE // 2  # a quarter would be the exact share


def test_gaps_in_the_list_leave_none_in_the_positions(database):
    add_people(database, 300)
    gone = random.Random(1).sample(range(1, 301), 120)
    with database.write() as connection:
        leave = sa.update(subscriber).where(subscriber.c.id.in_(gone))
        connection.execute(leave.values(state="unsubscribed"))
    found = batches(database)
    assert sorted(one for people in found for one in people) == sorted(set(range(1, 301)) - {*gone})
    with database.read() as connection:
        positions = connection.scalars(sa.select(recipient.c.position)).all()
    assert sorted(positions) == list(range(1, 181))
