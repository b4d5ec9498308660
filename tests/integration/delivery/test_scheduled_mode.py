"""Acceptance case 29 (sendgrid.md section 7): what is in doubt is recalled, and goes again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.core.errors import Held, StorageBusy, TryLater
from newsletter.core.model import BatchState, Booking, SendStatus, Submission
from newsletter.core.model.events import EventKind
from newsletter.delivery.recall import LAST_CALL, MOST_OPEN, NOTICE, RETRY
from newsletter.sandbox.faults import Rule
from tests.support.events import make_event
from tests.support.ledger import MORNING, make_freeze
from tests.support.scheduled import DUE, HELD, LEAD, SETTLE, everyone, scene

MINUTE = timedelta(minutes=1)
UNANSWERED = Rule(fault="reset-after-body", accept=True, requests=(2,))


def test_mail_is_handed_over_ahead_and_arrives_when_it_is_due(database, tmp_path):
    with scene(database, tmp_path) as it:
        view = it.deliver()
        bodies = it.bodies()
        assert view.send.status is SendStatus.COMPLETE
        assert {body["send_at"] for body in bodies} == {DUE.timestamp()}
        assert len({body["batch_id"] for body in bodies}) == len(bodies) == 2
        assert not it.arrived(DUE - timedelta(seconds=1))
        assert it.arrived(DUE) == everyone()


def test_nothing_is_handed_over_before_the_lead(database, tmp_path):
    with scene(database, tmp_path, due_at=DUE + MINUTE) as it:
        it.deliver()
        assert it.clock.moment >= DUE + MINUTE - LEAD
        assert it.arrived() == everyone()


def test_what_is_late_gets_twenty_minutes_notice(database, tmp_path):
    with scene(database, tmp_path, due_at=MORNING - MINUTE) as it:
        it.deliver()
        assert {body["send_at"] for body in it.bodies()} == {(MORNING + NOTICE).timestamp()}


def test_a_booking_that_cannot_be_written_hands_nothing_over_and_leaves_no_doubt(
    database, tmp_path, monkeypatch
):
    with scene(database, tmp_path) as it:
        really, told = it.records.book, StorageBusy("Another process keeps the database.")

        def busy_at_second(claim, booking):
            if claim.batch == 2:
                raise told
            return really(claim, booking)

        monkeypatch.setattr(it.records, "book", busy_at_second)
        with pytest.raises(StorageBusy) as raised:
            it.deliver()
        assert raised.value is told
        view = it.ledger.view(it.send.id)
        assert view.tally(BatchState.PLANNED).batches == 1
        assert not view.tally(BatchState.UNCERTAIN).batches
        monkeypatch.setattr(it.records, "book", really)
        it.deliver()
        assert it.arrived() == everyone()


@pytest.mark.parametrize(
    ("fault", "accepted"), [("reset-after-body", True), ("close", False), ("garbage", True)]
)
def test_case_29_a_doubt_is_recalled_read_back_and_sent_again(database, tmp_path, fault, accepted):
    rule = Rule(fault=fault, accept=accepted, requests=(2,))
    with scene(database, tmp_path, rule) as it:
        view = it.deliver()
        assert view.send.status is SendStatus.COMPLETE
        _, doubted, again = it.bodies()
        assert doubted["personalizations"] == again["personalizations"]
        assert doubted["batch_id"] != again["batch_id"]
        assert doubted["custom_args"]["nl_attempt"] != again["custom_args"]["nl_attempt"]
        (recall,) = it.recalls()
        assert recall.body["batch_id"] == doubted["batch_id"]
        assert recall.at >= MORNING + SETTLE  # the server was waited out
        assert [one.path for one in it.recalls("GET")] == [f"{HELD}/{doubted['batch_id']}"]
        assert it.audit().complete
        assert it.arrived() == everyone()
        assert not it.recalls("DELETE")


def test_a_resend_near_its_moment_gets_a_fresh_one(database, tmp_path):
    rule = Rule(fault="status", status=503, accept=True, requests=(2,))
    with scene(database, tmp_path, rule, due_at=MORNING + NOTICE) as it:
        it.deliver()
        *_, again = it.bodies()
        assert again["send_at"] >= (MORNING + NOTICE + SETTLE).timestamp()
        assert it.arrived() == everyone()


@pytest.mark.parametrize("accepted", [True, False])
def test_a_recall_without_an_answer_is_repeated_until_it_shows(database, tmp_path, accepted):
    lost = Rule(fault="status", status=503, path=HELD, accept=accepted, requests=(1,))
    with scene(database, tmp_path, UNANSWERED, lost) as it:
        assert it.deliver().send.status is SendStatus.COMPLETE
        assert it.arrived() == everyone()


def test_case_29_what_cannot_be_recalled_in_time_stays_in_doubt_and_is_told(database, tmp_path):
    never = Rule(fault="status", status=503, path=HELD)
    with scene(database, tmp_path, UNANSWERED, never) as it:
        with pytest.raises(Held, match=r"10 recipients .* not recalled in time") as told:
            it.deliver()
        assert "resolve" in told.value.hint
        assert it.clock.moment >= DUE - LAST_CALL - RETRY
        assert len(it.bodies()) == 2
        audit = it.audit()
        assert any("not recalled in time" in problem for problem in audit.problems)
        assert it.arrived() == everyone()  # it was taken; nobody has two


def test_a_recall_in_force_too_late_is_none(database, tmp_path):
    with scene(database, tmp_path, UNANSWERED) as it:

        def slow(recall_id: str, *, really=it.provider.is_recalled) -> bool:
            it.clock.moment = DUE - LAST_CALL + timedelta(seconds=1)
            return really(recall_id)

        it.provider.is_recalled = slow
        with pytest.raises(Held):
            it.deliver()
        assert len(it.bodies()) == 2


def test_case_29_with_the_accounts_places_taken_nothing_is_sent_again(database, tmp_path):
    with scene(database, tmp_path, UNANSWERED) as it:
        for _ in range(MOST_OPEN):
            it.provider.recall(it.provider.reserve())
        with pytest.raises(Held, match="10 recipients"):
            it.deliver()
        assert len(it.bodies()) == 2
        assert it.arrived() == everyone()


def test_case_29_with_ten_recalls_of_ours_open_the_doubt_is_told_with_numbers(database, tmp_path):
    with scene(database, tmp_path, UNANSWERED, people=40) as it:
        it.clock.moment = MORNING
        _open_recalls(it, MOST_OPEN - 1, send_at=DUE)  # one place is left, for one doubt
        view = it.deliver(parallel=1)
        assert view.send.status is SendStatus.COMPLETE
        assert it.arrived() == everyone(40)


def test_no_more_goes_than_could_be_recalled_and_nobody_is_missed(database, tmp_path):
    broken = Rule(fault="status", status=503, accept=True, times=14)
    with scene(database, tmp_path, broken, people=200) as it:
        view = it.deliver()
        assert view.send.status is SendStatus.COMPLETE
        assert it.arrived() == everyone(200)
        assert it.audit().complete


def test_case_29_recalls_whose_mail_is_long_gone_give_their_places_back(database, tmp_path):
    with scene(database, tmp_path, UNANSWERED) as it:
        it.deliver()
        it.clock.moment = DUE + timedelta(minutes=59)
        it.scheduled.tidy()
        assert not it.recalls("DELETE")
        it.clock.moment = DUE + timedelta(minutes=61)
        it.scheduled.tidy()
        it.scheduled.tidy()
        assert len(it.recalls("DELETE")) == 1


def test_what_a_killed_sender_had_handed_over_is_recalled(database, tmp_path):
    with scene(database, tmp_path) as it:
        claim = _claim(it)
        booking = it.scheduled.book(claim)
        assert isinstance(booking, Booking)
        view = it.deliver(owner="successor")
        assert view.send.status is SendStatus.COMPLETE
        assert [one.body["batch_id"] for one in it.recalls()] == [booking.recall_id]
        assert it.arrived() == everyone()


def test_what_a_killed_sender_had_not_handed_over_goes_at_once(database, tmp_path):
    with scene(database, tmp_path) as it:
        _claim(it)
        it.deliver(owner="successor")
        assert not it.recalls()
        assert it.clock.moment < MORNING + SETTLE
        assert it.arrived() == everyone()


def test_a_claim_that_others_doubt_is_not_handed_over(database, tmp_path):
    with scene(database, tmp_path) as it:
        claim = _claim(it)
        it.attempts.orphan(it.send.id, gone=["gone"], now=MORNING)
        with pytest.raises(Exception, match="doubt"):
            it.scheduled.book(claim)


def test_a_late_answer_settles_nothing_once_a_recall_was_asked_for(database, tmp_path):
    with scene(database, tmp_path) as it:
        claim = _claim(it)
        it.scheduled.book(claim)
        it.attempts.orphan(it.send.id, gone=["gone"], now=MORNING)
        (doubt,) = it.records.doubts(it.send.id)
        assert doubt.recipients == 10
        it.records.ask(doubt, now=MORNING)
        it.attempts.submitted(claim, Submission(provider_id="late"), now=MORNING)
        assert it.ledger.view(it.send.id).tally(BatchState.UNCERTAIN).batches == 1
        assert it.records.recalled(doubt, now=MORNING)
        assert not it.records.recalled(doubt, now=MORNING)
        it.attempts.submitted(claim, Submission(provider_id="late"), now=MORNING)
        assert it.ledger.view(it.send.id).tally(BatchState.PLANNED).batches == 2


def test_taken_mail_that_is_being_recalled_is_settled_only_when_it_goes_out(database, tmp_path):
    with scene(database, tmp_path) as it:
        claim = _claim(it)
        it.scheduled.book(claim)
        it.attempts.uncertain(claim, reason="503", status=503, now=MORNING)
        (doubt,) = it.records.doubts(it.send.id)
        it.records.ask(doubt, now=MORNING)
        it.report(make_event(kind=EventKind.PROCESSED, attempt_id="left"))
        assert it.records.doubts(it.send.id)
        it.report(make_event(kind=EventKind.DELIVERED, attempt_id="left", position=1))
        assert not it.records.doubts(it.send.id)
        assert not it.records.recalled(doubt, now=MORNING)
        assert it.ledger.view(it.send.id).tally(BatchState.SUBMITTED).batches == 1


def test_recalled_mail_that_went_out_all_the_same_is_a_problem_of_the_audit(database, tmp_path):
    with scene(database, tmp_path, UNANSWERED) as it:
        it.deliver()
        (recalled,) = [one for one in it.audit().record.attempts if one.state == "recalled"]
        it.report(make_event(kind=EventKind.PROCESSED, attempt_id=recalled.id))
        assert it.audit().complete
        it.report(make_event(kind=EventKind.DELIVERED, attempt_id=recalled.id))
        (problem,) = it.audit().problems
        assert "recalled" in problem
        assert "two copies" in problem


def test_a_wrong_key_stops_the_send_before_anything_is_handed_over(database, tmp_path):
    wrong = Rule(fault="status", status=401, path="/v3/mail/batch")
    with scene(database, tmp_path, wrong) as it:
        with pytest.raises(Held, match="API key"):
            it.deliver()
        assert it.bodies() == []
        assert it.ledger.view(it.send.id).tally(BatchState.PLANNED).recipients == 20


def test_without_a_batch_id_the_send_is_tried_again_later(database, tmp_path):
    away = Rule(fault="status", status=500, path="/v3/mail/batch")
    with scene(database, tmp_path, away) as it, pytest.raises(TryLater):
        it.deliver()


def _claim(it):
    claim = it.attempts.claim(
        it.send.id, owner="gone", attempt_id="left", now=MORNING, lease=MINUTE, ahead=LEAD
    )
    assert claim is not None
    return claim


def _open_recalls(it, count, *, send_at):
    """Leave recalls of another send open."""
    other = it.ledger.freeze(make_freeze(edition=send_at.date() - timedelta(days=9)), now=MORNING)
    for number in range(count):
        claim = it.attempts.claim(
            other.id, owner="x", attempt_id=f"other{number}", now=MORNING, lease=MINUTE, ahead=LEAD
        )
        it.records.book(claim, Booking(recall_id=f"r{number}", send_at=send_at))
        it.attempts.uncertain(claim, reason="503", status=503, now=MORNING)
        (doubt,) = it.records.doubts(other.id)
        it.records.ask(doubt, now=MORNING)
        it.attempts.release(claim, reason="not taken", status=None, now=MORNING)
