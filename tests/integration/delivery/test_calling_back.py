"""A send that is cancelled is called back as far as it can be; each batch says whether it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.core.errors import NothingToDo
from newsletter.core.model import BatchState, SendStatus
from newsletter.delivery.control import SendControl
from newsletter.delivery.recall import LAST_CALL, MOST_OPEN
from newsletter.sandbox.faults import Rule
from tests.support.ledger import DAY, MORNING, make_guard
from tests.support.scheduled import DUE, HELD, everyone, scene


def control(it) -> SendControl:
    return SendControl(
        publication="main",
        ledger=it.ledger,
        clock=it.clock,
        records=it.records,
        scheduled=lambda: it.scheduled,
        restored=make_guard(it.ledger),
    )


def test_what_was_handed_over_ahead_is_called_back_and_nobody_gets_it(database, tmp_path):
    with scene(database, tmp_path) as it:
        it.deliver()
        done = control(it).cancel(DAY)
        assert [one.recalled for one in done.called_back] == [True, True]
        assert done.view.send.status is SendStatus.CANCELLED
        assert done.view.tally(BatchState.CANCELLED).recipients == 20
        assert it.audit().states == {"cancelled": 20}
        assert it.audit().complete
        with pytest.raises(NothingToDo):
            it.deliver()
        assert not it.arrived()


def test_ten_batches_are_called_back_and_the_others_say_why_they_are_not(database, tmp_path):
    with scene(database, tmp_path, people=120) as it:
        it.deliver()
        done = control(it).cancel(DAY)
        assert sum(one.recalled for one in done.called_back) == MOST_OPEN
        (reason,) = {one.reason for one in done.called_back if not one.recalled}
        assert "10 recalls are open" in reason
        assert "goes at 07:30 UTC" in reason
        assert it.audit().states == {"cancelled": 100, "submitted": 20}
        assert sum(it.arrived().values()) == 20


def test_ten_minutes_before_it_goes_it_is_too_late_to_cancel(database, tmp_path):
    with scene(database, tmp_path) as it:
        it.deliver()
        it.clock.moment = DUE - LAST_CALL + timedelta(seconds=1)
        with pytest.raises(NothingToDo, match="everyone has it"):
            control(it).cancel(DAY)
        assert it.ledger.view(it.send.id).send.status is SendStatus.COMPLETE
        assert it.arrived() == everyone()


def test_a_recall_that_is_certainly_refused_leaves_the_batch_submitted(database, tmp_path):
    refused = Rule(fault="status", status=400, path=HELD, requests=(1,))
    with scene(database, tmp_path, refused) as it:
        it.deliver()
        done = control(it).cancel(DAY)
        assert [one.recalled for one in done.called_back] == [False, True]
        assert it.audit().states == {"submitted": 10, "cancelled": 10}
        assert len(it.records.taken(now=MORNING)) == 1  # the refused one holds no place
        assert sum(it.arrived().values()) == 10


def test_a_recall_of_which_nothing_is_known_is_in_doubt_until_asked_again(database, tmp_path):
    away = Rule(fault="status", status=503, path="*", start=1)
    with scene(database, tmp_path) as it:
        it.deliver()
        it.sandbox.set_faults([away])
        done = control(it).cancel(DAY)
        assert not any(one.recalled for one in done.called_back)
        assert done.view.tally(BatchState.UNCERTAIN).recipients == 20
        it.sandbox.set_faults([])
        it.clock.moment += timedelta(minutes=1)
        again = control(it).cancel(DAY)
        assert all(one.recalled for one in again.called_back)
        assert not it.arrived()
