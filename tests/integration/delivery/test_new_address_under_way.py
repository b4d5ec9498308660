"""A reader takes another address while an edition is under way: each has it once, and they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.core.model import Send
from newsletter.delivery.audit import evidence
from newsletter.storage.database import Database
from newsletter.storage.sends import dossier
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.subscribers import membership, new_address
from newsletter.storage.tables import recipient
from tests.support.joining import Door, copies, house
from tests.support.ledger import (
    DAY,
    MORNING,
    MovingClock,
    ScriptedProvider,
    add_people,
    hand_over,
    make_freeze,
)

OLD, NEW = "ann@example.org", "ann@new.example"
LATER = MORNING + timedelta(hours=2)


@pytest.fixture
def door(database: Database, tmp_path: Path) -> Door:
    return Door(database, house(tmp_path / "brief"))


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


@pytest.fixture
def frozen(database: Database, door: Door, ledger: Ledger) -> Callable[..., Send]:
    """Return what freezes an edition to a few people."""

    def freeze(*others: str) -> Send:
        add_people(database, 3)
        for one in others:
            door.join(one, MORNING - timedelta(days=1), welcome=False)
        return ledger.freeze(make_freeze(), now=MORNING)

    return freeze


def move(database: Database, before: str = OLD, after: str = NEW) -> bool:
    with database.write() as connection:
        reader = membership.person(connection, "main", before)
        assert reader is not None
        return new_address.give(
            connection,
            reader,
            publication="main",
            address=after,
            canonical=after,
            marker=None,
            now=LATER,
        )


def test_what_is_not_handed_over_goes_to_the_new_address(
    database: Database, ledger: Ledger, frozen: Callable[..., Send]
) -> None:
    send, provider = frozen(OLD), ScriptedProvider()
    assert move(database)
    hand_over(ledger, send, provider)
    got = copies(provider.attempts)
    assert (got[OLD, DAY], got[NEW, DAY]) == (0, 1)
    assert len(got) == 4
    assert evidence.audit(ledger, database, publication="main", day=DAY).complete
    (copy,) = dossier.read(database, NEW, publication="main").copies
    assert copy.state == "submitted"


def test_what_was_handed_over_stays_on_record_as_it_went(
    database: Database, ledger: Ledger, frozen: Callable[..., Send]
) -> None:
    send, provider = frozen(OLD), ScriptedProvider()
    hand_over(ledger, send, provider)
    assert move(database)
    with database.read() as connection:
        named = set(connection.scalars(sa.select(recipient.c.address)))
    assert (OLD in named, NEW in named) == (True, False)
    assert copies(provider.attempts)[OLD, DAY] == 1


def test_a_claimed_batch_is_left_to_its_sender(
    database: Database, ledger: Ledger, frozen: Callable[..., Send]
) -> None:
    send, attempts = frozen(OLD), Attempts(database)
    claim = attempts.claim(
        send.id, owner="a", attempt_id="t", now=MORNING, lease=timedelta(minutes=1)
    )
    assert claim is not None
    assert move(database)
    assert OLD in list(attempts.people(claim).addresses)


def test_an_address_that_has_its_copy_from_before_gets_no_second_one(
    database: Database, door: Door, ledger: Ledger, frozen: Callable[..., Send]
) -> None:
    send, provider = frozen(OLD, NEW), ScriptedProvider()
    door.leave(NEW, MORNING)  # it may have gone before: nobody can tell yet
    assert move(database)
    hand_over(ledger, send, provider)
    got = copies(provider.attempts)
    assert (got[OLD, DAY], got[NEW, DAY]) == (1, 0)
    assert evidence.audit(ledger, database, publication="main", day=DAY).complete


def test_a_welcome_that_waits_goes_to_the_new_address(
    database: Database, door: Door, ledger: Ledger, frozen: Callable[..., Send]
) -> None:
    frozen()
    door.join(OLD, LATER)
    assert move(database)
    provider = ScriptedProvider()
    door.delivery(provider, MovingClock(LATER)).send_due()
    assert copies(provider.attempts) == {(NEW, DAY): 1}


def test_whoever_joins_with_a_former_address_gets_no_edition_that_it_had(
    database: Database, door: Door, ledger: Ledger, frozen: Callable[..., Send]
) -> None:
    send, provider = frozen(OLD), ScriptedProvider()
    hand_over(ledger, send, provider)
    assert move(database)
    door.join(OLD, LATER)
    door.delivery(provider, MovingClock(LATER)).send_due()
    got = copies(provider.attempts)
    assert (got[OLD, DAY], got[NEW, DAY]) == (1, 0)
