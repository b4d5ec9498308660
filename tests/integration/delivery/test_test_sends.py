"""Test copies: marked, to named addresses only, a send of their own kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.app import App, build
from newsletter.core.config import settings as config_settings
from newsletter.core.errors import AccountRefused, Held, Uncertain, UsageError
from newsletter.core.model import SendKind, SendStatus, SetAside, Submission
from newsletter.delivery.preconditions import SendRequest
from newsletter.storage.database import Database
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.freezing import Freeze
from newsletter.storage.sends.ledger import Ledger
from tests.support.ledger import (
    DAY,
    MORNING,
    MovingClock,
    ScriptedProvider,
    add_people,
    make_ledger_message,
)
from tests.support.publication import make_publication


@pytest.fixture
def provider() -> ScriptedProvider:
    """Return a provider that takes everything but one address."""
    return ScriptedProvider(bad=["bad@example.org"])


@pytest.fixture
def app(tmp_path: Path, provider: ScriptedProvider) -> Iterator[App]:
    """Open a publication with a reader."""
    publication = make_publication(tmp_path / "brief", people=1)
    settings = config_settings.load(publication.root, publication.environment)
    opened = build(settings, clock=MovingClock(), provider=provider)
    yield opened
    opened.close()


def test_copies_go_marked_to_the_named_alone(app: App, provider: ScriptedProvider) -> None:
    named = ["ida@example.org", "IDA@example.org", "max@Example.org"]
    copies = app.test_sends.send(DAY, named)
    assert (copies.submitted, copies.refused) == (2, ())
    (attempt,) = provider.attempts
    assert provider.addresses() == ["ida@example.org", "max@example.org"]
    assert attempt.envelope.kind == "test"
    assert attempt.message.subject == "[Test] How the tide tables are made"
    assert attempt.message.digest != app.proofs.prove(DAY).message.digest
    assert all(f"/u/{'x' * 22}." in one.unsubscribe_url for one in attempt.recipients)


def test_copies_are_a_send_of_their_own_and_the_edition_still_goes_out(app: App) -> None:
    copies = app.test_sends.send(DAY, ["ida@example.org"])
    send = app.ledger.view(copies.send_id).send
    assert (send.kind, send.status, send.recipients) == (SendKind.TEST, SendStatus.COMPLETE, 1)
    assert app.sends.find(DAY) is None
    assert not app.assembler.is_frozen(DAY)
    app.test_sends.send(DAY, ["ida@example.org"])
    outcome = app.sends.start(SendRequest(day=DAY, at_once=True))
    assert outcome.send.kind is SendKind.EDITION
    assert outcome.view.send.recipients == 1


def test_a_copy_shows_the_values_of_the_reader_who_was_chosen(
    app: App, provider: ScriptedProvider
) -> None:
    app.test_sends.send(DAY, ["ida@example.org"], reader="rtl")
    (recipient,) = provider.attempts[0].recipients
    assert recipient.name == "مريم عبد الرحمن"
    assert "ida@example.org" in recipient.substitutions.values()
    with pytest.raises(UsageError, match="no sample reader"):
        app.test_sends.send(DAY, ["ida@example.org"], reader="nobody")


def test_a_suppressed_address_gets_no_copy(app: App, provider: ScriptedProvider) -> None:
    app.subscribers.suppress("ida@example.org", reason="asked for it", now=MORNING)
    with pytest.raises(Held, match="suppressed"):
        app.test_sends.send(DAY, ["max@example.org", "ida@example.org"])
    assert provider.attempts == []


@pytest.mark.parametrize("named", [[], ["no address"], [f"a{n}@example.org" for n in range(21)]])
def test_what_cannot_be_mailed_is_refused_before_anything_is_written(
    app: App, provider: ScriptedProvider, named: list[str]
) -> None:
    with pytest.raises(UsageError):
        app.test_sends.send(DAY, named)
    assert provider.attempts == []


def test_who_the_provider_refuses_is_told_and_the_others_get_theirs(
    app: App, provider: ScriptedProvider
) -> None:
    late = SetAside(position=3, outcome="refused", reason="mailbox unknown")
    provider.answers.append(Submission(provider_id="id-1", refused=(late,)))
    named = ["ida@example.org", "bad@example.org", "late@example.org"]
    copies = app.test_sends.send(DAY, named)
    assert copies.submitted == 1
    assert copies.refused == ("cannot be mailed", "mailbox unknown")
    alone = app.test_sends.send(DAY, ["bad@example.org"])
    assert (alone.submitted, alone.refused) == (0, ("cannot be mailed",))


def test_a_refusal_is_told_and_leaves_nothing_planned(app: App, provider: ScriptedProvider) -> None:
    provider.answers.append(AccountRefused("The key is not valid.", status=401))
    with pytest.raises(AccountRefused):
        app.test_sends.send(DAY, ["ida@example.org"])
    assert app.ledger.view(1).send.status is SendStatus.CANCELLED


def test_a_doubt_is_told_and_nothing_goes_again_by_itself(
    app: App, provider: ScriptedProvider
) -> None:
    provider.answers.append(Uncertain("No answer came."))
    with pytest.raises(Held, match="not known"):
        app.test_sends.send(DAY, ["ida@example.org"])
    assert len(provider.attempts) == 1
    assert app.ledger.view(1).send.status is SendStatus.OPEN


def test_named_addresses_are_frozen_instead_of_the_audience(database: Database) -> None:
    add_people(database, 3)
    ledger, named = Ledger(database), ("ida@example.org", "max@example.org")
    freeze = Freeze(
        audience=Audience(publication="main", edition=DAY),
        kind=SendKind.TEST,
        message=make_ledger_message(),
        provider="scripted",
        batch_size=20,
        due_at=MORNING,
        named=named,
    )
    first, second = (ledger.freeze(freeze, now=MORNING) for _ in range(2))
    assert first.id != second.id
    assert first.recipients == 2
    lease = timedelta(minutes=1)
    claim = Attempts(database).claim(
        first.id, owner="me", attempt_id="a1", now=MORNING, lease=lease
    )
    assert claim is not None
    assert set(Attempts(database).people(claim).addresses) == set(named)
    assert ledger.find("main", DAY) is None


def test_command_sends_copies(tmp_path: Path) -> None:
    publication = make_publication(tmp_path / "brief", NEWSLETTER_DELIVERY__PROVIDER="outbox")
    told = publication.json("test", "ida@example.org", "max@example.org")
    assert (told["submitted"], told["refused"]) == (2, [])
    mails = list((publication.root / "outbox").rglob("*.eml"))
    assert len(mails) == 2
    assert b"Subject: [Test] How the tide" in mails[0].read_bytes()
    publication.run("test", "nobody", check=2)
