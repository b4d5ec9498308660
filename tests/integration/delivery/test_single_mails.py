"""Mails to one person each: with what causes them or not at all, at most once, doubts named."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.app import build
from newsletter.core.config import settings
from newsletter.core.config.settings import Publication
from newsletter.core.errors import (
    AccountRefused,
    InputError,
    MessageRefused,
    StorageError,
    Throttled,
    Uncertain,
    Unreachable,
)
from newsletter.core.model import Deferral, Submission
from newsletter.core.model.single_mails import MailKind, MailState, SingleMail
from newsletter.delivery.single_mails import SingleMailDelivery
from newsletter.operations.tick import run
from newsletter.storage.database import Database, connect
from newsletter.storage.retention import Retention
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.single_mails import SingleMails
from newsletter.storage.subscribers import erasure
from newsletter.storage.tables import suppression
from newsletter.subscribers.erasure import marks_of
from tests.support.ledger import MORNING, MovingClock, ScriptedProvider, add_people, change_state
from tests.support.publication import make_publication

HOUSE = Publication.model_validate(
    {
        "name": "The Brief",
        "zone": "UTC",
        "language": "en",
        "url": "https://brief.example.org",
        "sender": {"name": "The Brief", "email": "editor@brief.example.org"},
        "postal_address": "1 Quay, Harbour",
    }
)


def make_mail(number: int = 1, **overrides: object) -> SingleMail:
    values: dict[str, object] = {
        "kind": MailKind.CONFIRMATION,
        "key": f"form-{number}",
        "to": f"stranger{number}@example.org",
        "subject": "Is it you?",
        "html": "<p>Press here</p>",
        "text": "Press here",
        "headers": {"Auto-Submitted": "auto-generated"},
        "expires_at": MORNING + timedelta(days=1),
    }
    return SingleMail(**(values | overrides))  # type: ignore[arg-type]


def put(mails: SingleMails, *wanted: SingleMail) -> list[bool]:
    with mails._database.write() as connection:
        return [mails.put(connection, one, now=MORNING) for one in wanted]


def make_delivery(mails, provider, **more) -> SingleMailDelivery:
    values = {"clock": MovingClock(), "is_gone": lambda _owner: False} | more
    return SingleMailDelivery(
        publication=HOUSE,
        mails=mails,
        ledger=Ledger(mails._database),
        provider=lambda: provider,
        **values,
    )


def states(mails: SingleMails) -> list[str]:
    return [str(one.state) for one in reversed(mails.listed())]


@pytest.fixture
def mails(database: Database) -> SingleMails:
    return SingleMails(database, "main")


def test_a_mail_goes_once_with_its_own_headers_and_none_of_a_list(mails):
    put(mails, make_mail())
    provider = ScriptedProvider()
    delivery = make_delivery(mails, provider)
    assert delivery.is_due()
    assert delivery.send_due().submitted == 1
    assert delivery.send_due().submitted == 0
    (attempt,) = provider.attempts
    assert attempt.recipients.addresses == ("stranger1@example.org",)
    assert attempt.envelope.kind == "confirmation"
    assert dict(attempt.envelope.single.headers) == {"Auto-Submitted": "auto-generated"}
    assert attempt.recipients.unsubscribe_urls == ("",)
    assert not delivery.is_due()


def test_its_words_are_gone_when_it_went(mails, database):
    put(mails, make_mail())
    make_delivery(mails, ScriptedProvider()).send_due()
    with database.read() as connection:
        row = connection.exec_driver_sql("SELECT subject, html, text FROM single_mail").one()
    assert tuple(row) == ("", "", "")


def test_the_same_key_of_a_kind_is_there_once(mails):
    assert put(mails, make_mail(), make_mail(), make_mail(kind=MailKind.UNDO)) == [
        True,
        False,
        True,
    ]


def test_another_publication_has_its_own_keys_and_hands_over_only_its_own(mails, database):
    other = SingleMails(database, "evening")
    assert put(mails, make_mail()) == put(other, make_mail()) == [True]
    provider = ScriptedProvider()
    make_delivery(other, provider).send_due()
    assert len(provider.attempts) == 1
    assert states(mails) == ["planned"]


def test_a_mail_is_not_there_when_its_cause_is_not(mails, database):
    with suppress(ZeroDivisionError), database.write() as connection:
        mails.put(connection, make_mail(), now=MORNING)
        raise ZeroDivisionError
    assert mails.listed() == ()


def test_what_is_no_address_and_what_is_no_header_is_refused(mails):
    with pytest.raises(InputError):
        put(mails, make_mail(to="nobody"))
    with pytest.raises(ValueError, match="header"):
        put(mails, make_mail(headers={"X-Odd": "two\r\nlines"}))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Uncertain("no answer", status=None), "uncertain"),
        (RuntimeError("a fault of the provider's code"), "uncertain"),
        (Submission(provider_id="x", taken=False, doubt=1), "uncertain"),
        (MessageRefused("not this one", status=400), "refused"),
        (Unreachable("nobody there"), "planned"),
        (Throttled("later", until=None, status=429), "planned"),
        (AccountRefused("no such key", status=401), "planned"),
        (
            Submission(
                provider_id="x", taken=False, deferred=(Deferral(position=1, reason="greylisted"),)
            ),
            "planned",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_each_answer_means_one_state(mails, answer, state):
    put(mails, make_mail())
    provider = ScriptedProvider(answer)
    make_delivery(mails, provider).send_due()
    assert states(mails) == [state]
    assert len(provider.attempts) == 1


def test_what_was_put_off_is_tried_again_later_until_it_expires(mails):
    put(mails, make_mail(expires_at=MORNING + timedelta(minutes=20)))
    clock, provider = MovingClock(), ScriptedProvider(*[Unreachable("away")] * 9)
    delivery = make_delivery(mails, provider, clock=clock)
    for _ in range(40):
        delivery.send_due()
        clock.moment += timedelta(minutes=1)
    assert states(mails) == ["expired"]
    assert len(provider.attempts) == 3  # at once, after 1 minute, after 5 more
    assert mails.listed()[0].reason == "away"


def test_a_doubt_never_goes_again_until_a_person_says_so(mails):
    put(mails, make_mail())
    clock = MovingClock()
    provider = ScriptedProvider(Uncertain("no answer"))
    delivery = make_delivery(mails, provider, clock=clock)
    for _ in range(3):
        delivery.send_due()
        clock.moment += timedelta(hours=5)
    assert len(provider.attempts) == 1
    (doubt,) = mails.listed(state=MailState.UNCERTAIN)
    assert mails.resolve(doubt.id, accepted=False, now=clock.now())
    delivery.send_due()
    assert [one.id for one in provider.attempts] != []
    assert len({one.id for one in provider.attempts}) == 2
    assert states(mails) == ["submitted"]


def test_evidence_settles_a_doubt(mails):
    put(mails, make_mail())
    provider = ScriptedProvider(Uncertain("no answer"))
    make_delivery(mails, provider).send_due()
    attempt_id = provider.attempts[0].id
    assert mails.prove(attempt_id, provider_id="sg-1", now=MORNING)
    assert not mails.prove(attempt_id, provider_id="sg-1", now=MORNING)
    assert (states(mails), mails.listed()[0].provider_id) == (["submitted"], "sg-1")


def test_what_a_dead_sender_had_claimed_is_in_doubt_and_a_late_answer_counts(mails):
    put(mails, make_mail(1), make_mail(2))
    first = mails.claim(owner="a", attempt_id="t1", now=MORNING, lease=timedelta(minutes=1))
    mails.claim(owner="b", attempt_id="t2", now=MORNING, lease=timedelta(minutes=1))
    provider = ScriptedProvider()
    make_delivery(mails, provider, is_gone=lambda owner: owner == "a").send_due()
    assert states(mails) == ["uncertain", "claimed"]
    late = MovingClock(MORNING + timedelta(minutes=2))
    make_delivery(mails, provider, clock=late).send_due()
    assert states(mails) == ["uncertain", "uncertain"]
    assert mails.settle(first, MailState.SUBMITTED, now=MORNING)
    assert states(mails) == ["submitted", "uncertain"]
    assert provider.attempts == []


def test_who_opted_out_meanwhile_is_skipped_where_the_mail_is_for_readers(mails, database):
    here, gone, _ = add_people(database, 3)
    kinds = {"kind": MailKind.WELCOME}
    put(
        mails,
        make_mail(1, to=here, **kinds),
        make_mail(2, to=gone, **kinds),
        make_mail(3, to=gone, kind=MailKind.UNDO),
        make_mail(4, to="shut@example.org"),
        make_mail(5, to="shut@example.org", kind=MailKind.NOTICE),
        make_mail(6, to="never@example.org", **kinds),
    )
    change_state(database, gone, "unsubscribed")
    with database.write() as connection:
        values = {"canonical": "shut@example.org", "reason": "bounced", "at": MORNING}
        connection.execute(sa.insert(suppression).values(publication="", **values))
    make_delivery(mails, ScriptedProvider()).send_due()
    assert states(mails) == [
        *("submitted", "skipped", "submitted", "skipped", "submitted", "skipped"),
    ]


def test_a_mail_waits_for_its_moment_and_one_that_fails_stops_nobody_behind_it(mails):
    put(mails, make_mail(1, not_before=MORNING + timedelta(hours=1)), make_mail(2), make_mail(3))
    clock, provider = MovingClock(), ScriptedProvider(Unreachable("away"))
    delivery = make_delivery(mails, provider, clock=clock)
    assert delivery.send_due().submitted == 1
    assert provider.addresses() == ["stranger2@example.org", "stranger3@example.org"]
    clock.moment += timedelta(hours=1)
    assert delivery.send_due().submitted == 2


def test_trouble_in_a_row_leaves_the_rest_to_the_next_call(mails):
    put(mails, *[make_mail(number) for number in range(1, 9)])
    provider = ScriptedProvider(*[Uncertain("slow")] * 8)
    assert make_delivery(mails, provider).send_due().uncertain == 3
    provider = ScriptedProvider(AccountRefused("no such key"))
    handed = make_delivery(mails, provider).send_due()
    assert handed.stop is not None
    assert len(provider.attempts) == 1


def test_an_answer_is_kept_while_the_database_refuses(mails, monkeypatch):
    put(mails, make_mail())
    whole, refused = SingleMails.settle, []

    def settle(self, *given, **named):
        if len(refused) < 3:
            refused.append(1)
            raise StorageError("away")
        return whole(self, *given, **named)

    monkeypatch.setattr(SingleMails, "settle", settle)
    assert make_delivery(mails, ScriptedProvider()).send_due().submitted == 1
    assert states(mails) == ["submitted"]


def test_several_senders_at_once_hand_each_mail_over_once(database_url):
    shared = connect(database_url)
    mails = SingleMails(shared, "main")
    put(mails, *[make_mail(number) for number in range(1, 41)])
    provider = ScriptedProvider()

    def work() -> None:
        own = connect(database_url)
        try:
            make_delivery(SingleMails(own, "main"), provider).send_due()
        finally:
            own.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(provider.addresses()) == sorted(f"stranger{n}@example.org" for n in range(1, 41))
    assert set(states(mails)) == {"submitted"}
    shared.close()


def test_a_forgotten_person_is_in_no_mail_and_nothing_goes_to_them(mails, database):
    address = "stranger1@example.org"
    put(mails, make_mail(), make_mail(2))
    put(mails, make_mail(3, to=address, key="form-3"))
    make_delivery(mails, ScriptedProvider(Uncertain(f"lost, {address}"))).send_due()
    put(mails, make_mail(4, to=address))
    with database.write() as connection:
        erasure.erase(connection, address, marker=marks_of("k" * 32), reason="asked", now=MORNING)
    with database.read() as connection:
        held = connection.exec_driver_sql("SELECT * FROM single_mail").all()
    assert address not in str(held)
    assert states(mails) == ["uncertain", "submitted", "submitted", "skipped"]
    assert not mails.resolve(mails.listed()[-1].id, accepted=False, now=MORNING)


def test_the_tick_hands_single_mails_over(tmp_path):
    publication = make_publication(tmp_path / "brief", people=1)
    clock = MovingClock(MORNING - timedelta(hours=4))
    read = settings.load(publication.root, publication.environment)
    app = build(read, clock=clock, provider=ScriptedProvider())
    with app.database.write() as connection:
        app.single_mails.put(connection, make_mail(), now=app.clock.now())
    report = run(app)
    assert report.did == ("Handed over single mails: 1.",)
    assert app.single_mails.open() == {}
    assert run(app).did == ()
    app.close()


def test_old_mails_are_taken_off_and_doubts_are_not(mails, database):
    put(mails, make_mail(), make_mail(2), make_mail(3, not_before=MORNING + timedelta(days=1)))
    make_delivery(mails, ScriptedProvider(Uncertain("lost"))).send_due()
    retention = Retention(database, "main")
    later = MORNING + timedelta(days=1)
    assert retention.take_off_recipients(before=MORNING, now=later) == 0
    assert retention.take_off_recipients(before=later, now=later) == 1
    assert retention.take_off_recipients(before=later, now=later) == 0
    assert states(mails) == ["uncertain", "planned"]
