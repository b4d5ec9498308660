"""Mail servers that answer oddly: nobody is mailed twice, missed, or kept behind a stranger."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.core.config.secrets import Secrets
from newsletter.core.errors import (
    AccountRefused,
    Held,
    MessageRefused,
    Uncertain,
    Unreachable,
)
from newsletter.core.model import SendStatus
from newsletter.delivery.provider import Provider
from newsletter.delivery.providers import smtp
from tests.integration.delivery.test_cases_smtp import hand_over, proof, reader
from tests.support.delivery import FixedClock, make_attempt
from tests.support.edition import make_settings
from tests.support.ledger import MORNING, MovingClock, frozen_send
from tests.support.time import PATIENCE
from tests.support.unruly_smtp import UnrulyServer, unruly

NOT_PIPELINED = ("8BITMIME",)


def make(server: UnrulyServer, **options: str) -> Provider:
    values = {"host": "127.0.0.1", "port": server.port, "security": "none"} | options
    settings = make_settings(Path("/nowhere"), smtp=values, delivery={"timeout": PATIENCE})
    secrets = Secrets({smtp.PASSWORD: "wrong"})
    return smtp.make(settings.model_copy(update={"secrets": secrets}), FixedClock())


def submitted(server: UnrulyServer, *, count: int = 3):
    """Hand over an attempt; return what is said of it, or the error it ends in."""
    with unruly(server):
        provider = make(server)
        try:
            return provider.submit(make_attempt(count=count))
        except (AccountRefused, MessageRefused, Uncertain, Unreachable) as error:
            return error
        finally:
            provider.close()


def second(answer: str):
    return lambda address: answer if address.startswith("reader2@") else None


@pytest.mark.parametrize("extensions", [("PIPELINING", "8BITMIME"), NOT_PIPELINED])
@pytest.mark.parametrize(
    "nonsense", ["Internal proxy error", "25 ok", "-12 ok", "354 go on", "221 bye", "220 hello"]
)
def test_what_is_no_answer_to_a_copy_is_a_doubt_and_no_delivery(nonsense, extensions):
    """A garbled line counted as a copy that was taken; “354” as one to be sent again."""
    server = UnrulyServer(on_content=second(nonsense), extensions=extensions)
    told = submitted(server)
    assert (told.doubt, told.rest) == (2, 3)
    assert server.addresses == ["reader1@example.com"]


@pytest.mark.parametrize("extensions", [("PIPELINING", "8BITMIME"), NOT_PIPELINED])
@pytest.mark.parametrize("said", ["250 late", "Internal proxy error", "220 unruly again"])
def test_no_content_goes_to_a_server_that_does_not_ask_for_it(said, extensions):
    server = UnrulyServer(on_data=second(said), extensions=extensions)
    told = submitted(server)
    assert (told.doubt, told.rest, told.refused, told.deferred) == (None, 2, (), ())
    assert server.addresses == ["reader1@example.com"]


@pytest.mark.parametrize("extensions", [("PIPELINING", "8BITMIME"), NOT_PIPELINED])
def test_a_server_that_answers_a_copy_twice_gets_nobodys_copy_twice(extensions):
    """The answer too many was left for the next batch, which then failed as a whole."""
    server = UnrulyServer(on_content=lambda _: "250 ok\r\n250 queued", extensions=extensions)
    with unruly(server):
        provider = make(server)
        told = [provider.submit(make_attempt(count=3)) for _ in range(2)]
        provider.close()
    assert [(one.is_whole, one.taken) for one in told] == [(True, True)] * 2
    assert sorted(server.addresses) == sorted(
        f"reader{number}@example.com" for number in (1, 2, 3) for _ in range(2)
    )


@pytest.mark.parametrize("extensions", [("PIPELINING", "8BITMIME"), NOT_PIPELINED])
@pytest.mark.parametrize("verb", ["on_rcpt", "on_content"])
def test_blank_lines_between_answers_are_none(verb, extensions):
    server = UnrulyServer(**{verb: second("\r\n\r\n250 ok")}, extensions=extensions)
    told = submitted(server)
    assert told.is_whole
    assert len(server.addresses) == 3
    assert server.connections == 1


@pytest.mark.parametrize("yes", ["251 not local; will forward", "252 cannot verify", "250", "250-"])
def test_every_yes_to_a_recipient_is_one(yes):
    said = f"{yes}\r\n250 ok" if yes.endswith("-") else yes
    told = submitted(UnrulyServer(on_rcpt=second(said)))
    assert told.is_whole
    assert told.taken


def test_an_answer_too_many_shifts_nobodys_answer_to_another():
    """The late “250” was read as that to MAIL, the one to DATA as that to the content."""
    server = UnrulyServer(on_rcpt=second("250 ok\r\n250 late"))
    told = submitted(server)
    assert told.rest == 2
    assert not told.refused
    assert not told.deferred


@pytest.mark.parametrize("extensions", [("PIPELINING", "8BITMIME"), NOT_PIPELINED])
@pytest.mark.parametrize("verb", ["on_mail", "on_rcpt", "on_data", "on_content"])
@pytest.mark.parametrize("answer", ["221 2.0.0 closinghang up", "421 4.3.2 shutting down"])
def test_a_goodbye_unasked_costs_nobody_but_whom_it_was_said_to(verb, answer, extensions):
    said: list[str] = []

    def script(to: str) -> str | None:
        said.append(to)
        return answer if len(said) == 4 else None

    server = UnrulyServer(**{verb: script}, extensions=extensions)
    told = submitted(server, count=8)
    taken = [int(one.removeprefix("reader").partition("@")[0]) for one in server.addresses]
    open_ones = [one.position for one in told.deferred] + ([told.doubt] if told.doubt else [])
    if told.rest:
        open_ones += range(told.rest, 9)
    assert sorted(taken + open_ones) == list(range(1, 9))
    assert len(taken) >= 3


@pytest.mark.parametrize(
    ("answer", "extensions"),
    [
        ("550 5.7.1 <a@example.org>: Relay access denied", NOT_PIPELINED),
        ("550 relaying to that place is prohibited, log in first", ("PIPELINING",)),
        ("530 5.7.0 Authentication required", ("PIPELINING",)),
        ("553 sorry, not in my list of rcpthosts", NOT_PIPELINED),
        ("554 5.7.1 Client host [192.0.2.7] blocked using bl.example.net", ("PIPELINING",)),
        ("550 5.4.5 Daily sending limit exceeded", NOT_PIPELINED),
    ],
)
def test_a_no_that_is_about_us_refuses_nobody(answer, extensions):
    """Eight people were set aside, one a try, before anybody was told."""
    server = UnrulyServer(on_rcpt=lambda _: answer, extensions=extensions)
    error = submitted(server)
    assert isinstance(error, AccountRefused)
    assert answer[:3] in error.what


def test_a_no_to_relay_for_one_of_many_is_that_persons():
    told = submitted(UnrulyServer(on_rcpt=second("554 5.7.1 relay access denied")))
    assert [one.position for one in told.refused] == [2]
    assert told.rest is None


def test_a_permission_that_lapses_midway_refuses_nobody(database):
    """All the rest of the list was set aside as refused."""
    allowed = {reader(number) for number in range(1, 7)}

    def script(to: str) -> str | None:
        return None if to in allowed else "554 5.7.1 Relay access denied"

    ledger, send = frozen_send(database, 30, batch_size=10)
    with unruly(UnrulyServer(on_rcpt=script)) as server, pytest.raises(Held, match="554"):
        hand_over(ledger, send, server, MovingClock(MORNING))
    assert sorted(server.addresses) == sorted(allowed)
    assert proof(database, send).states.get("refused", 0) == 0


@pytest.mark.parametrize("extensions", [("PIPELINING", "8BITMIME"), NOT_PIPELINED])
def test_a_mailbox_refused_only_at_data_is_one_persons_matter(extensions):
    server = UnrulyServer(on_data=second("550 5.1.1 unknown"), extensions=extensions)
    told = submitted(server)
    assert [one.position for one in told.refused] == [2]
    assert server.addresses == ["reader1@example.com", "reader3@example.com"]


def test_nobody_waits_behind_somebody_whose_copy_is_refused_without_a_reason(database):
    def script(to: str) -> str | None:
        return "550 Administrative prohibition" if to == reader(3) else None

    ledger, send = frozen_send(database, 8)
    with unruly(UnrulyServer(on_data=script)) as server:
        view = hand_over(ledger, send, server, MovingClock(MORNING))
    assert sorted(server.addresses) == [reader(number) for number in range(1, 9) if number != 3]
    assert (view.send.status, view.refused) == (SendStatus.COMPLETE, 1)


def test_a_server_that_knows_no_ehlo_is_greeted_the_old_way():
    server = UnrulyServer(on_ehlo="502 5.5.1 what?")
    told = submitted(server)
    assert told.taken
    assert len(server.addresses) == 3


@pytest.mark.parametrize("after", ["535 5.7.8 nohang up", "535 5.7.8 no"])
def test_a_wrong_password_is_told_also_where_the_server_then_hangs_up(after):
    server = UnrulyServer(on_auth=after, extensions=("AUTH PLAIN LOGIN",))
    with unruly(server):
        provider = make(server, user="brief")
        with pytest.raises(AccountRefused, match="refuses user and password"):
            provider.submit(make_attempt(count=1))


def test_a_login_that_only_a_browser_could_make_is_no_outage():
    with unruly(UnrulyServer(extensions=("AUTH XOAUTH2 OAUTHBEARER",))) as server:
        provider = make(server, user="brief")
        with pytest.raises(AccountRefused, match="XOAUTH2"):
            provider.submit(make_attempt(count=1))


def test_a_temporary_no_to_the_second_way_to_log_in_is_temporary():
    said = ["535 5.7.8 not that way", "454 4.7.0 the directory is away"]
    server = UnrulyServer(extensions=("AUTH PLAIN LOGIN",), on_auth=said)
    with unruly(server):
        provider = make(server, user="brief")
        with pytest.raises(Unreachable, match="454"):
            provider.submit(make_attempt(count=1))


def test_odd_answers_of_many_lines_in_other_alphabets_are_read_and_quoted():
    said = "550-5.1.1 Postfach\xe4hnliches\r\n550-5.1.1 \x07 gibt es nicht\r\n550 5.1.1 (#4-9)"
    told = submitted(UnrulyServer(on_rcpt=second(said)))
    (gone,) = told.refused
    assert gone.position == 2
    assert gone.reason.isprintable()
