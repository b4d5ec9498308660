"""The provider `smtp` against a real mail server: every person's answer, nobody's copy twice."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

import pytest

from newsletter.core.config.secrets import Secrets
from newsletter.core.errors import (
    AccountRefused,
    ConfigError,
    MessageRefused,
    RecipientRefused,
    TryLater,
    Uncertain,
    Unreachable,
)
from newsletter.core.model import BatchState
from newsletter.delivery.attempts import Content
from newsletter.delivery.audit import rules
from newsletter.delivery.provider import Provider
from newsletter.delivery.providers import smtp
from newsletter.storage.sends import audit_record
from newsletter.storage.sends.attempts import Attempts
from tests.support.delivery import NOW, FixedClock, make_attempt, make_message, make_recipient
from tests.support.edition import make_settings
from tests.support.ledger import MORNING, MovingClock, frozen_send, make_ledger_message, make_sender
from tests.support.ledger import make_envelope as make_ledger_envelope
from tests.support.smtp import MailServer, only, running
from tests.support.time import PATIENCE
from tests.support.tls import server_side, write_certificate


@pytest.fixture
def certificate(tmp_path, monkeypatch) -> Path:
    """Write a certificate that this process trusts, as an administrator's own authority is."""
    file = write_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))  # read by OpenSSL
    return file


def make(server: MailServer, *, clock: Any = None, password: str = "", **options: Any) -> Provider:
    values = {"host": "127.0.0.1", "port": server.port, "security": "none"} | options
    settings = make_settings(Path("/nowhere"), smtp=values, delivery={"timeout": PATIENCE})
    secrets = Secrets({smtp.PASSWORD: password}) if password else Secrets()
    return smtp.make(settings.model_copy(update={"secrets": secrets}), clock or FixedClock())


def refuse(answer: str, *numbers: int):
    """Script an answer for these readers of `tests.support.delivery`."""
    addresses = {f"reader{number}@example.com" for number in numbers}
    return lambda address: answer if address in addresses else None


@pytest.mark.parametrize("pipelining", [True, False])
def test_every_person_gets_a_mail_of_their_own_on_one_connection(pipelining):
    with running(MailServer(pipelining=pipelining)) as server:
        provider = make(server)
        provider.submit(make_attempt(count=3))
        provider.submit(make_attempt(make_recipient(4)))
        provider.close()
    assert server.addresses == [f"reader{number}@example.com" for number in (1, 2, 3, 4)]
    assert server.connections == 1


def test_a_copy_arrives_with_its_headers_and_every_byte():
    lines = "Dear reader,\n\n.\n..two dots\n.hidden\n\nGrüße, 株式会社\n"
    with running(MailServer()) as server:
        provider = make(server)
        provider.submit(make_attempt(count=1, message=make_message(text=lines)))
        provider.submit(make_attempt(count=1, message=make_message(text=lines)))
        provider.close()
    mails = [message_from_bytes(raw, policy=POLICY) for _, raw in server.taken]
    assert mails[0]["List-Unsubscribe"] == f"<https://brief.example.org/u/{1:022d}>"
    assert mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mails[0]["Message-ID"] == mails[1]["Message-ID"]
    text = next(mails[0].iter_parts())
    assert text.get_content().replace("\r\n", "\n") == lines


def test_a_server_for_seven_bits_gets_seven_bits():
    with running(MailServer(eight_bit=False)) as server:
        provider = make(server)
        provider.submit(make_attempt(count=1, message=make_message(text="Grüße\n")))
        provider.close()
    (_, raw) = server.taken[0]
    assert raw.isascii()
    text = next(message_from_bytes(raw, policy=POLICY).iter_parts())
    assert text.get_content().strip() == "Grüße"


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_refused_person_is_named_and_the_others_get_theirs(pipelining):
    script = refuse("550 5.1.1 <reader2@example.com> unknown", 2)
    with running(MailServer(on_rcpt=script, pipelining=pipelining)) as server:
        provider = make(server)
        submission = provider.submit(make_attempt(count=3))
        provider.close()
    assert [one.position for one in submission.refused] == [2]
    assert "reader2@" not in submission.refused[0].reason
    assert "5.1.1" in submission.refused[0].reason
    assert server.addresses == ["reader1@example.com", "reader3@example.com"]
    assert (submission.doubt, submission.rest) == (None, None)


def test_when_all_are_refused_the_first_is_named_and_nothing_is_submitted():
    with running(MailServer(on_rcpt=lambda _: "554 unknown user")) as server:
        provider = make(server)
        with pytest.raises(RecipientRefused) as caught:
            provider.submit(make_attempt(count=3))
        provider.close()
    assert (caught.value.index, caught.value.status, server.taken) == (0, 554, [])


def test_a_request_to_wait_defers_one_person_and_the_others_go_on():
    with running(MailServer(on_rcpt=refuse("451 later", 3))) as server:
        provider = make(server)
        submission = provider.submit(make_attempt(count=5))
        provider.close()
    assert (submission.rest, submission.doubt, submission.pause_until) == (None, None, None)
    assert [(one.position, one.status) for one in submission.deferred] == [(3, 451)]
    assert len(server.taken) == 4


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"on_data": lambda _: "554 looks like spam"}, MessageRefused),
    ],
)
def test_an_answer_to_the_first_that_is_no_persons_fault_means_nothing_was_taken(script, error):
    with running(MailServer(**script)) as server:
        provider = make(server)
        with pytest.raises(error):
            provider.submit(make_attempt(count=2))
        provider.close()
    assert server.taken == []


def test_silence_after_a_copy_makes_that_one_copy_a_doubt():
    with running(MailServer(on_data=refuse("hang up", 2))) as server:
        submission = make(server).submit(make_attempt(count=4))
    assert (submission.doubt, submission.rest) == (2, 3)
    assert server.addresses == ["reader1@example.com", "reader2@example.com"]


def test_silence_after_the_only_copy_is_uncertain():
    with running(MailServer(on_data=lambda _: "hang up")) as server, pytest.raises(Uncertain):
        make(server).submit(make_attempt(count=1))


def test_a_kept_connection_that_died_is_replaced():
    with running(MailServer()) as server:
        provider = make(server)
        provider.submit(make_attempt(make_recipient(1)))
        port = server.port
    with running(MailServer(), port=port) as again:
        provider.submit(make_attempt(make_recipient(2)))
        provider.close()
    assert again.addresses == ["reader2@example.com"]


def test_a_server_that_offers_no_protection_gets_nothing():
    with running(MailServer()) as server, pytest.raises(AccountRefused, match="STARTTLS"):
        make(server, security="starttls").submit(make_attempt())
    assert server.taken == []


def test_tls_with_a_server_that_speaks_none_is_definite():
    with running(MailServer()) as server, pytest.raises(Unreachable):
        make(server, security="tls").submit(make_attempt())


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_travels_protected_to_a_server_that_proves_who_it_is(security, certificate):
    spoken = server_side(certificate)
    options = {"tls_context": spoken, "require_starttls": True} if security == "starttls" else {}
    implicit = spoken if security == "tls" else None
    with running(MailServer(options=options, tls=implicit)) as server:
        provider = make(server, security=security)
        provider.submit(make_attempt(count=3))
        provider.close()
    assert len(server.taken) == 3


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(certificate, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with (
        running(MailServer(tls=server_side(certificate))) as server,
        pytest.raises(AccountRefused, match="prove who it is"),
    ):
        make(server, security="tls").submit(make_attempt())
    assert server.taken == []


def test_user_and_password_are_told_and_a_wrong_one_holds_the_send():
    options = {"authenticator": only(b"brief", b"secret"), "auth_require_tls": False}
    with running(MailServer(options=options)) as server:
        provider = make(server, user="brief", password="secret")
        provider.submit(make_attempt(count=1))
        provider.close()
        with pytest.raises(AccountRefused) as caught:
            make(server, user="brief", password="wrong-one").submit(make_attempt(count=1))
    assert len(server.taken) == 1
    assert "wrong-one" not in f"{caught.value.what} {caught.value.hint} {caught.value.__cause__!r}"


def test_a_user_without_a_password_is_an_error_of_the_configuration():
    with pytest.raises(ConfigError, match="NEWSLETTER_SMTP_PASSWORD"):
        make(MailServer(port=25), user="brief")


def test_the_rate_is_kept():
    clock = MovingClock(NOW)
    with running(MailServer()) as server:
        provider = make(server, clock=clock, rate=2)
        provider.submit(make_attempt(count=5))
        provider.close()
    assert clock.now() - NOW == timedelta(seconds=2)


# --- with the ledger -----------------------------------------------------------------------------


def deliver(ledger, send, server, clock, *, accepted=None):
    """Run a send until nothing is planned any more."""
    provider = make(server, clock=clock)
    Attempts(ledger._database).lead(send.id, owner="me", now=clock.now(), lease=timedelta(hours=1))
    content = Content(
        envelope=make_ledger_envelope(),
        message=make_ledger_message(),
        unsubscribe_base="https://brief.example.org",
    )
    sender = make_sender(ledger, send, provider, clock=clock, parallel=2, content=content)
    try:
        return sender.run()
    finally:
        provider.close()


def once(answer: str, number: int):
    """Script an answer that is given when so many copies were asked about, and never again."""
    asked = []

    def script(address: str) -> str | None:
        asked.append(address)
        return answer if len(asked) == number else None

    return script


def test_after_a_request_to_wait_the_rest_goes_and_nobody_gets_two(database):
    ledger, send = frozen_send(database, 10, batch_size=5, provider="smtp")
    clock = MovingClock()
    with running(MailServer(on_rcpt=once("451 later", 3))) as server:
        assert deliver(ledger, send, server, clock).tally(BatchState.SUBMITTED).recipients == 9
        clock.moment += timedelta(minutes=5)
        view = deliver(ledger, send, server, clock)
    assert view.tally(BatchState.SUBMITTED).recipients == 10
    assert sorted(server.addresses) == sorted(set(server.addresses))
    assert len(server.taken) == 10
    found = rules.audit(audit_record.record(database, send.id, message_digest=send.digest))
    assert found.complete, found.problems


def test_a_doubt_is_of_one_person_and_all_the_others_have_theirs(database):
    ledger, send = frozen_send(database, 10, batch_size=5, provider="smtp")
    with running(MailServer(on_data=once("hang up", 3))) as server:
        view = deliver(ledger, send, server, MovingClock())
    assert view.tally(BatchState.UNCERTAIN).recipients == 1
    assert view.tally(BatchState.SUBMITTED).recipients == 9
    assert len(server.taken) == len(set(server.addresses)) == 10
    record = audit_record.record(database, send.id, message_digest=send.digest)
    doubtful = next(one for one in record.batches if one.state is BatchState.UNCERTAIN)
    assert ledger.resolve(send.id, doubtful.number, accepted=True, now=MORNING)
    ledger.complete(send.id, now=MORNING)
    found = rules.audit(audit_record.record(database, send.id, message_digest=send.digest))
    assert found.complete, found.problems


def test_a_doubt_about_the_first_leaves_the_others_to_be_handed_over(database):
    ledger, send = frozen_send(database, 4, batch_size=4, provider="smtp")
    with running(MailServer(on_data=once("hang up", 1))) as server:
        view = deliver(ledger, send, server, MovingClock())
    assert view.tally(BatchState.UNCERTAIN).recipients == 1
    assert len(server.taken) == len(set(server.addresses)) == 4


def test_refused_people_are_recorded_and_the_send_completes(database):
    ledger, send = frozen_send(database, 6, batch_size=3, provider="smtp")
    gone = "reader0002@example.org"
    with running(MailServer(on_rcpt=lambda a: "550 gone" if a == gone else None)) as server:
        view = deliver(ledger, send, server, MovingClock())
    assert (view.refused, view.tally(BatchState.SUBMITTED).recipients) == (1, 5)
    found = rules.audit(audit_record.record(database, send.id, message_digest=send.digest))
    assert found.complete, found.problems
    assert len(server.taken) == 5


def test_a_server_that_cannot_be_reached_ends_in_try_later(database):
    ledger, send = frozen_send(database, 3, batch_size=3, provider="smtp")
    nobody = MailServer(port=1)  # where nobody listens
    with pytest.raises(TryLater):
        deliver(ledger, send, nobody, MovingClock())
    assert ledger.view(send.id).tally(BatchState.PLANNED).recipients == 3
