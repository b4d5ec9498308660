"""The recorder of all that tests make the program say hears secrets and addresses."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from newsletter.core.config.secrets import Secrets
from tests.support.outputs import OUTPUTS

KEY = "SG.a-key-that-only-this-test-knows"


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """Return what was heard, and forget it before anybody minds."""
    yield OUTPUTS.leaks
    OUTPUTS.leaks.clear()
    OUTPUTS.secrets.discard(KEY)


def test_a_secret_is_heard_in_a_log_and_in_what_is_printed(
    heard: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert Secrets({"SENDGRID_API_KEY": KEY}).read("SENDGRID_API_KEY") == KEY
    logging.getLogger("newsletter.delivery").warning("refused %s", KEY)
    print(f"Bearer {KEY}")
    capsys.readouterr()
    assert [one.partition(":")[0] for one in heard] == ["log newsletter.delivery", "captured"]


def test_an_address_is_heard_in_a_log_and_not_in_what_a_person_asked_for(
    heard: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("newsletter.web").warning("joined %s", "ada@finch.example")  # written as …@…
    print("ada@finch.example  active")
    print("2026-06-03T07:00:00.000+00:00 INFO web.joined ada@finch.example")
    capsys.readouterr()
    assert [one.partition(":")[0] for one in heard] == ["captured"]
