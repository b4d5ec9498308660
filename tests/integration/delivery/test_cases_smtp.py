"""Cases 31 to 37: what mail servers do in the field, and that nobody is missed or mailed twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.core.errors import AccountRefused, Throttled, Unreachable
from newsletter.core.model import BatchState, SendStatus
from newsletter.delivery.attempts import Content
from newsletter.delivery.audit import rules
from newsletter.delivery.provider import Provider
from newsletter.delivery.providers import smtp
from newsletter.delivery.run import Pace
from newsletter.storage.sends import audit_record
from tests.support.delivery import FixedClock, make_attempt
from tests.support.edition import make_settings
from tests.support.ledger import (
    MORNING,
    MovingClock,
    frozen_send,
    make_envelope,
    make_ledger_message,
    make_sender,
)
from tests.support.time import PATIENCE
from tests.support.unruly_smtp import UnrulyServer, greylisting, unruly

HOURS = timedelta(hours=4)


def make(server: UnrulyServer, *, clock: Any = None, **options: Any) -> Provider:
    values = {"host": "127.0.0.1", "port": server.port, "security": "none"} | options
    settings = make_settings(Path("/nowhere"), smtp=values, delivery={"timeout": PATIENCE})
    return smtp.make(settings, clock or FixedClock())


def hand_over(ledger, send, server, clock, *, parallel=1, window=HOURS):
    """Do what one command does."""
    provider = make(server, clock=clock)
    content = Content(
        envelope=make_envelope(),
        message=make_ledger_message(),
        unsubscribe_base="https://brief.example.org",
    )
    pace = Pace(
        parallel=parallel,
        give_up_after=timedelta(minutes=15),
        window=window,
        jitter=lambda: 0.0,
    )
    sender = make_sender(ledger, send, provider, clock=clock, content=content, pace=pace)
    try:
        return sender.run()
    finally:
        sender.lease.give_up()
        provider.close()


def proof(database, send) -> rules.Audit:
    return rules.audit(audit_record.record(database, send.id, message_digest=send.digest))


def reader(number: int) -> str:
    return f"reader{number:04}@example.org"


def no_to(answer: str, *numbers: int):
    found = {reader(number) for number in numbers}
    return lambda address: answer if address in found else None


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    "script",
    [
        {"on_rcpt": no_to("450 4.1.2 no such domain just now", 3)},
        {"on_rcpt": no_to("452 4.2.2 over quota", 3)},
        {"on_content": no_to("451 4.7.1 try again later", 3)},
        {"on_rcpt": no_to("421 4.3.2 not for this one", 3)},
        {"on_content": no_to("421 4.7.0 not this one now", 3)},
    ],
)
def test_case_31_a_temporary_no_to_one_defers_that_one(database, script, pipelining):
    extensions = ("PIPELINING", "8BITMIME") if pipelining else ()
    ledger, send = frozen_send(database, 8, batch_size=4, provider="smtp")
    clock = MovingClock()
    with unruly(UnrulyServer(**script, extensions=extensions)) as server:
        view = hand_over(ledger, send, server, clock)
    assert view.send.status is SendStatus.COMPLETE
    assert view.tally(BatchState.SUBMITTED).recipients == 7
    assert view.tally(BatchState.DEFERRED).recipients == 1
    assert view.next_retry == clock.now() + timedelta(minutes=5)
    assert sorted(server.addresses) == [reader(n) for n in (1, 2, 4, 5, 6, 7, 8)]
    assert clock.now() == MORNING  # nobody waited
    found = proof(database, send)
    assert found.complete, found.problems
    assert found.states == {"submitted": 7, "deferred": 1}


def test_case_31_in_the_same_session(database):
    ledger, send = frozen_send(database, 6, batch_size=6, provider="smtp")
    with unruly(UnrulyServer(on_rcpt=no_to("450 later", 1, 4))) as server:
        view = hand_over(ledger, send, server, MovingClock())
    assert server.connections == 1
    assert view.tally(BatchState.DEFERRED).recipients == 2


def test_case_32_greylisting_lets_a_later_command_through(database):
    ledger, send = frozen_send(database, 6, batch_size=3, provider="smtp")
    clock = MovingClock()
    grey = greylisting(clock, timedelta(minutes=10), whom=lambda a: a in {reader(2), reader(3)})
    with unruly(UnrulyServer(on_rcpt=grey)) as server:
        assert hand_over(ledger, send, server, clock).tally(BatchState.DEFERRED).recipients == 2
        clock.moment += timedelta(minutes=4)
        hand_over(ledger, send, server, clock)  # too early: nobody is asked
        assert server.asked[reader(2)] == 1
        clock.moment += timedelta(minutes=1)
        view = hand_over(ledger, send, server, clock)  # 5 minutes: not yet
        assert view.next_retry == clock.now() + timedelta(minutes=15)
        clock.moment += timedelta(minutes=15)
        view = hand_over(ledger, send, server, clock)
    assert view.send.status is SendStatus.COMPLETE
    assert sorted(server.addresses) == [reader(n) for n in range(1, 7)]
    found = proof(database, send)
    assert found.complete, found.problems
    assert found.states == {"submitted": 6}


def test_case_33_who_is_deferred_until_it_is_too_late_is_listed(database):
    ledger, send = frozen_send(database, 3, batch_size=3, provider="smtp")
    clock = MovingClock()
    with unruly(UnrulyServer(on_rcpt=no_to(f"450 4.2.1 <{reader(2)}> busy", 2))) as server:
        view = hand_over(ledger, send, server, clock)
        for _ in range(20):
            if view.next_retry is None:
                break
            clock.moment = view.next_retry
            view = hand_over(ledger, send, server, clock)
    assert clock.now() <= MORNING + HOURS
    assert 4 <= server.asked[reader(2)] <= 8
    assert (view.send.status, view.given_up) == (SendStatus.COMPLETE, 1)
    found = proof(database, send)
    assert found.complete, found.problems
    assert found.states == {"submitted": 2, "deferred": 1}
    (left_out,) = found.record.left_out
    assert left_out[0] == "deferred"
    assert "450 4.2.1 (address) busy" in left_out[1].replace("<(address)>", "(address)")


def test_case_33_nobody_is_mailed_when_a_retry_comes_too_late(database):
    ledger, send = frozen_send(database, 3, batch_size=3, provider="smtp")
    clock = MovingClock()
    answers = {reader(2): ["450 4.2.1 busy"]}
    once = lambda address: answers.get(address, []) and answers[address].pop()  # noqa: E731
    with unruly(UnrulyServer(on_rcpt=lambda a: once(a) or None)) as server:
        hand_over(ledger, send, server, clock)
        clock.moment = MORNING + timedelta(days=1)  # the machine slept
        view = hand_over(ledger, send, server, clock)
    assert (view.given_up, len(server.taken)) == (1, 2)
    assert proof(database, send).states == {"submitted": 2, "deferred": 1}


@pytest.mark.parametrize("says_goodbye", [True, False])
@pytest.mark.parametrize("pipelining", [True, False])
def test_case_34_after_so_many_on_a_connection_a_new_one_at_once(
    database, says_goodbye, pipelining
):
    ledger, send = frozen_send(database, 12, batch_size=12, provider="smtp")
    clock = MovingClock()
    extensions = ("PIPELINING", "8BITMIME") if pipelining else ("8BITMIME",)
    server = UnrulyServer(most_per_connection=5, says_goodbye=says_goodbye, extensions=extensions)
    with unruly(server):
        view = hand_over(ledger, send, server, clock)
    assert (server.connections, clock.now()) == (3, MORNING)
    assert server.addresses == [reader(n) for n in range(1, 13)]
    assert view.tally(BatchState.SUBMITTED).recipients == 12
    assert proof(database, send).complete


def test_case_34_a_server_that_ends_every_connection_is_not_asked_for_ever():
    closing = UnrulyServer(on_mail=lambda _: "421 4.3.2 shutting down")
    with unruly(closing) as server, pytest.raises(Throttled):
        make(server).submit(make_attempt(count=50))
    assert server.connections == 1
    with unruly(UnrulyServer(on_rcpt=lambda _: "hang up")) as server:
        submission = make(server).submit(make_attempt(count=50))
    assert server.connections == 3
    assert (submission.taken, submission.rest, len(submission.deferred)) == (False, 3, 2)


def test_case_35_a_server_that_puts_everybody_off_is_left_alone_for_a_while():
    with unruly(UnrulyServer(on_rcpt=lambda _: "450 4.7.1 slow down")) as server:
        submission = make(server).submit(make_attempt(count=50))
    assert sum(server.asked.values()) <= 21
    assert (submission.taken, submission.rest) == (False, 21)
    assert submission.pause_until is not None


def test_case_35_all_are_deferred_and_all_get_it_later(database):
    ledger, send = frozen_send(database, 50, batch_size=25, provider="smtp")
    clock = MovingClock()
    grey = greylisting(clock, timedelta(minutes=2), whom=lambda _: True)
    with unruly(UnrulyServer(on_rcpt=grey)) as server:
        view = hand_over(ledger, send, server, clock, parallel=3)
        while view.next_retry:
            clock.moment = max(clock.moment, view.next_retry)
            view = hand_over(ledger, send, server, clock, parallel=3)
    assert sorted(server.addresses) == [reader(n) for n in range(1, 51)]
    found = proof(database, send)
    assert found.complete, found.problems


def test_case_36_a_doubt_among_the_deferred_stays_a_doubt(database):
    ledger, send = frozen_send(database, 6, batch_size=6, provider="smtp")
    script = {"on_rcpt": no_to("450 later", 1, 2, 5), "on_content": no_to("hang up", 3)}
    with unruly(UnrulyServer(**script)) as server:
        view = hand_over(ledger, send, server, MovingClock())
    tallies = {state: tally.recipients for state, tally in view.batches.items()}
    assert tallies == {
        BatchState.DEFERRED: 3,
        BatchState.UNCERTAIN: 1,
        BatchState.SUBMITTED: 2,
    }
    assert sorted(server.addresses) == [reader(n) for n in (3, 4, 6)]
    states = proof(database, send).states
    assert states == {"deferred": 3, "uncertain": 1, "submitted": 2}


def test_case_36_a_connection_lost_behind_the_content_is_a_doubt_of_one(database):
    ledger, send = frozen_send(database, 6, batch_size=6, provider="smtp")
    lost = UnrulyServer(hang_up_in_content=lambda address: address == reader(3))
    with unruly(lost) as server:
        view = hand_over(ledger, send, server, MovingClock())
    assert view.tally(BatchState.UNCERTAIN).recipients == 1
    assert sorted(server.addresses) == [reader(n) for n in (1, 2, 4, 5, 6)]


def test_case_36_refused_and_deferred_people_stand_side_by_side(database):
    ledger, send = frozen_send(database, 6, batch_size=6, provider="smtp")
    script = no_to("450 4.2.2 full", 2, 4)
    gone = no_to("550 5.1.1 unknown", 3)
    with unruly(UnrulyServer(on_rcpt=lambda a: script(a) or gone(a))) as server:
        view = hand_over(ledger, send, server, MovingClock())
    assert (view.refused, view.tally(BatchState.DEFERRED).recipients) == (1, 2)
    found = proof(database, send)
    assert found.complete, found.problems
    assert found.states == {"submitted": 3, "deferred": 2, "refused": 1}


@pytest.mark.parametrize(
    ("server", "options", "error", "words"),
    [
        (UnrulyServer(extensions=("SIZE 200",)), {}, AccountRefused, "at most 200 bytes"),
        (
            UnrulyServer(extensions=("STARTTLS",)),
            {"security": "starttls"},
            Unreachable,
            "STARTTLS.*454",
        ),
        (
            UnrulyServer(extensions=("STARTTLS",), on_starttls="502 5.5.1 not implemented"),
            {"security": "starttls"},
            AccountRefused,
            "STARTTLS.*502",
        ),
        (UnrulyServer(greeting="421 4.3.2 too busy"), {}, Unreachable, "421 4.3.2 too busy"),
    ],
)
def test_case_37_what_a_server_lacks_is_told_and_nothing_is_sent(server, options, error, words):
    with unruly(server), pytest.raises(error, match=words):
        make(server, **options).submit(make_attempt(count=3))
    assert server.taken == []


def test_case_37_a_server_without_any_extension_gets_seven_bits(database):
    ledger, send = frozen_send(database, 3, batch_size=3, provider="smtp")
    with unruly(UnrulyServer(extensions=())) as server:
        view = hand_over(ledger, send, server, MovingClock())
    assert view.tally(BatchState.SUBMITTED).recipients == 3
    assert all(content.isascii() for _, content in server.taken)


def test_case_37_a_copy_too_large_for_one_mailbox_costs_one_person(database):
    ledger, send = frozen_send(database, 4, batch_size=4, provider="smtp")
    with unruly(UnrulyServer(on_content=no_to("552 5.2.3 too long for this box", 2))) as server:
        view = hand_over(ledger, send, server, MovingClock())
    assert (view.refused, view.tally(BatchState.SUBMITTED).recipients) == (1, 3)
    assert server.connections == 1
