"""What SendGrid accepted for later is called back, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.core.config.secrets import Secrets
from newsletter.core.errors import AccountRefused, DeliveryError, Throttled, Unreachable
from newsletter.core.model import Booking
from newsletter.delivery.provider import Provider, Recalls
from newsletter.delivery.providers import outbox
from newsletter.delivery.providers.sendgrid import provider as sendgrid_provider
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.schedule import MOST_HELD
from newsletter.sandbox.server import Sandbox
from tests.support.delivery import NOW, FixedClock, make_attempt
from tests.support.edition import make_settings
from tests.support.time import PATIENCE

BATCH, HELD = "/v3/mail/batch", "/v3/user/scheduled_sends"
MORNING = NOW + timedelta(minutes=30)


class Hands:
    """The hands of a clock that both sides look at."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now.timestamp()


class Both(Recalls, Provider):
    """What the tests need of the provider."""


@contextmanager
def at_sandbox(root: Path, *faults: Rule) -> Iterator[tuple[Both, Sandbox, Hands]]:
    hands = Hands()
    with Sandbox(root / "mailbox", faults=faults, clock=hands, webhook=None) as sandbox:
        settings = make_settings(
            root, sendgrid={"base_url": sandbox.url}, delivery={"timeout": PATIENCE}
        ).model_copy(update={"secrets": Secrets({"SENDGRID_API_KEY": "SG.key"})})
        provider = sendgrid_provider.make(settings, FixedClock())
        try:
            yield provider, sandbox, hands  # type: ignore[misc]
        finally:
            provider.close()


def test_only_sendgrid_can_recall(tmp_path: Path) -> None:
    with at_sandbox(tmp_path) as (provider, _, _):
        assert isinstance(provider, Recalls)
    assert not isinstance(outbox.make(make_settings(tmp_path), FixedClock()), Recalls)


def test_what_is_recalled_never_arrives_and_the_rest_arrives_at_its_moment(tmp_path: Path) -> None:
    with at_sandbox(tmp_path) as (provider, sandbox, hands):
        bookings = [Booking(recall_id=provider.reserve(), send_at=MORNING) for _ in range(2)]
        assert bookings[0].recall_id != bookings[1].recall_id
        for booking in bookings:
            provider.submit(make_attempt(booking=booking))

        provider.recall(bookings[0].recall_id)

        assert [provider.is_recalled(one.recall_id) for one in bookings] == [True, False]
        hands.now = MORNING - timedelta(seconds=1)
        assert sandbox.mails() == ()
        hands.now = MORNING
        assert {mail.batch_id for mail in sandbox.mails()} == {bookings[1].recall_id}


def test_a_recall_that_is_set_already_is_refused_and_is_in_force(tmp_path: Path) -> None:
    with at_sandbox(tmp_path) as (provider, _, _):
        batch_id = provider.reserve()
        provider.recall(batch_id)
        with pytest.raises(DeliveryError, match="PATCH"):
            provider.recall(batch_id)
        assert provider.is_recalled(batch_id)


def test_a_recall_beyond_the_limit_is_refused_until_one_is_forgotten(tmp_path: Path) -> None:
    with at_sandbox(tmp_path) as (provider, _, _):
        ids = [provider.reserve() for _ in range(MOST_HELD + 1)]
        for one in ids[:-1]:
            provider.recall(one)
        with pytest.raises(DeliveryError, match="10"):
            provider.recall(ids[-1])
        assert not provider.is_recalled(ids[-1])
        provider.forget_recall(ids[0])
        provider.forget_recall(ids[0])  # harmless when repeated
        provider.recall(ids[-1])
        assert provider.is_recalled(ids[-1])


@pytest.mark.parametrize(
    "fault",
    [
        Rule(fault="status", status=503, accept=True, path=HELD, requests=(1,)),
        Rule(fault="reset-after-body", accept=True, path=HELD, requests=(1,)),
        Rule(fault="garbage", accept=True, path=HELD, requests=(1,)),
    ],
    ids=["503", "reset", "garbage"],
)
def test_a_recall_without_a_whole_answer_shows_when_it_is_read_back(
    tmp_path: Path, fault: Rule
) -> None:
    with at_sandbox(tmp_path, fault) as (provider, _, _):
        batch_id = provider.reserve()
        with pytest.raises(DeliveryError):
            provider.recall(batch_id)
        assert provider.is_recalled(batch_id)


def test_a_recall_that_cannot_be_read_back_is_no_recall(tmp_path: Path) -> None:
    fault = Rule(fault="status", status=500, path="*")
    with at_sandbox(tmp_path, fault) as (provider, _, _), pytest.raises(DeliveryError):
        provider.is_recalled("b1")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Rule(fault="status", status=500, path=BATCH), Unreachable),
        (Rule(fault="reset-after-body", accept=True, path=BATCH), Unreachable),
        (Rule(fault="garbage", path=BATCH), Unreachable),
        (Rule(fault="status", status=201, body="empty", path=BATCH), Unreachable),
        (Rule(fault="throttle", path=BATCH), Throttled),
        (Rule(fault="status", status=401, path=BATCH), AccountRefused),
    ],
    ids=["500", "reset", "garbage", "no id", "429", "401"],
)
def test_no_batch_id_means_that_nothing_was_submitted(
    tmp_path: Path, fault: Rule, error: type[Exception]
) -> None:
    with at_sandbox(tmp_path, fault) as (provider, _, _), pytest.raises(error):
        provider.reserve()
