"""An answer that was received is recorded, however long the ledger cannot be written."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.core.errors import StorageError, Throttled, TryLater
from newsletter.core.model import BatchState, SendStatus, Submission
from newsletter.storage.database import Database
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.tables import batch
from tests.support.ledger import (
    MORNING,
    MovingClock,
    ScriptedProvider,
    accept,
    frozen_send,
    make_sender,
)

FULL = "The database refused: database or disk is full."


class FullDisk(Attempts):
    """A ledger that cannot be written until a moment, by the ways that are named."""

    def __init__(self, database, clock, *, until, ways):
        super().__init__(database)
        self.clock, self.until, self.ways = clock, until, ways
        self.armed, self.refusals = False, 0

    def refuse(self, way):
        if self.armed and way in self.ways and self.clock.now() < self.until:
            self.refusals += 1
            raise StorageError(FULL)

    def submitted(self, *arguments, **options):
        self.refuse("submitted")
        super().submitted(*arguments, **options)

    def release(self, *arguments, **options):
        self.refuse("release")
        super().release(*arguments, **options)

    def lead(self, *arguments, **options):
        self.refuse("lead")
        return super().lead(*arguments, **options)

    def claim(self, *arguments, **options):
        self.refuse("claim")
        return super().claim(*arguments, **options)

    def people(self, *arguments, **options):
        self.refuse("people")
        return super().people(*arguments, **options)


def full_disk(ledger, clock, *ways, minutes=10):
    until = MORNING + timedelta(minutes=minutes)
    return FullDisk(ledger._database, clock, until=until, ways=ways)


def arm(attempts):
    """Script an answer with which the disk becomes full."""

    def answer(attempt):
        attempts.armed = True
        return Submission(provider_id=f"taken-{attempt.id}")

    return answer


def test_case_39_an_answer_waits_until_the_disk_has_room(database, caplog):
    ledger, send = frozen_send(database, 30, batch_size=10)
    clock = MovingClock()
    attempts = full_disk(ledger, clock, "submitted")
    provider = ScriptedProvider(arm(attempts))
    sender = make_sender(ledger, send, provider, clock=clock, attempts=attempts)
    with caplog.at_level(logging.ERROR):
        view = sender.run()
    assert attempts.refusals > 3
    assert view.send.status is SendStatus.COMPLETE
    assert view.tally(BatchState.SUBMITTED).recipients == 30
    assert len(provider.addresses()) == len(set(provider.addresses())) == 30
    assert any("cannot be written down" in one.getMessage() for one in caplog.records)
    assert "@" not in caplog.text


def test_what_is_under_way_is_recorded_when_the_lease_cannot_be_kept(database):
    ledger, send = frozen_send(database, 30, batch_size=10)
    clock = MovingClock()
    attempts = full_disk(ledger, clock, "lead", "submitted", minutes=2)

    def late(_attempt):
        attempts.armed = True
        clock.moment += timedelta(seconds=16)  # the lease is to be renewed, which fails
        return Submission(provider_id="taken")

    provider = ScriptedProvider(late)
    sender = make_sender(ledger, send, provider, clock=clock, attempts=attempts)
    with pytest.raises(StorageError, match="disk is full"):
        sender.run()
    assert attempts.refusals > 3
    states = {state: tally.recipients for state, tally in ledger.view(send.id).batches.items()}
    assert states == {BatchState.SUBMITTED: 10, BatchState.PLANNED: 20}


def test_a_batch_whose_people_cannot_be_read_is_nobodys(database):
    ledger, send = frozen_send(database, 20, batch_size=10)
    clock = MovingClock()
    attempts = full_disk(ledger, clock, "people")
    attempts.armed = True
    sender = make_sender(ledger, send, ScriptedProvider(), clock=clock, attempts=attempts)
    with pytest.raises(StorageError):
        sender.run()
    assert ledger.view(send.id).tally(BatchState.PLANNED).recipients == 20


# --- give_up_after -------------------------------------------------------------------------------


def test_giving_up_counts_from_the_first_try_across_commands(database):
    ledger, send = frozen_send(database, 10)
    clock = MovingClock()
    away = [Throttled("busy", until=None) for _ in range(200)]
    provider = ScriptedProvider(*away)
    give_up = {"give_up_after": timedelta(minutes=5), "clock": clock}
    with pytest.raises(TryLater):
        make_sender(ledger, send, provider, **give_up).run()
    assert MORNING + timedelta(minutes=3) < clock.now() <= MORNING + timedelta(minutes=5)
    before = len(provider.attempts)
    clock.moment = MORNING + timedelta(minutes=20)
    with pytest.raises(TryLater):
        make_sender(ledger, send, provider, **give_up).run()
    assert len(provider.attempts) == before + 1  # one try, and no waiting of five minutes again
    assert clock.now() == MORNING + timedelta(minutes=20)


# --- a claim nobody answered ---------------------------------------------------------------------


class BrokenOff(Database):
    """A database whose connection breaks once, right after a commit that is durable."""

    breaks_at = 0  # the batches that are claimed then

    @contextmanager
    def write(self, *, snapshot=False):
        with super().write(snapshot=snapshot) as connection:
            yield connection
            claimed = sa.select(sa.func.count()).where(batch.c.state == BatchState.CLAIMED)
            breaks = self.breaks_at and connection.scalar(claimed) == self.breaks_at
        if breaks and self._joint.connection is None:
            self.breaks_at = 0
            raise StorageError("The connection to the database broke.")


@pytest.mark.parametrize("parallel", [1, 2])
def test_a_claim_that_was_durable_but_not_answered_is_planned_again(database, parallel):
    ledger, send = frozen_send(database, 60, batch_size=10)
    broken, clock = BrokenOff(database.engine), MovingClock()

    def accept_and_break(attempt):
        broken.breaks_at = parallel
        return accept(attempt)

    provider = ScriptedProvider(accept, accept, accept_and_break)
    more = {"attempts": Attempts(broken), "clock": clock, "leads": False, "parallel": parallel}
    for owner in ("first", "second"):  # as a worker begins anew after its database was away
        with suppress(StorageError):
            make_sender(ledger, send, provider, owner=owner, **more).run()
    assert broken.breaks_at == 0
    assert ledger.view(send.id).tally(BatchState.SUBMITTED).recipients == 60
    assert sorted(provider.addresses()) == sorted(set(provider.addresses()))
    assert clock.now() - MORNING < timedelta(minutes=1)  # no lease had to end for it
