"""What is known of a date: in the calendar, at the desk, and to commands that need a send."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.app import App, build
from newsletter.core.config import settings as config_settings
from newsletter.core.errors import NothingToDo
from newsletter.delivery.preconditions import SendRequest
from newsletter.editions.status import EditionFacts, EditionStatus
from tests.support.ledger import DAY, MORNING, MovingClock, ScriptedProvider
from tests.support.publication import make_publication


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Open a publication of one reader, with a provider that takes everything."""
    made = make_publication(tmp_path / "brief", people=1)
    settings = config_settings.load(made.root, made.environment)
    opened = build(settings, clock=MovingClock(), provider=ScriptedProvider())
    yield opened
    opened.close()


def of_calendar(app: App) -> EditionStatus:
    """Say where the calendar sees the edition."""
    return next(app.edition_calendar.days(DAY, DAY)).status


SENDLESS: dict[str, tuple[Callable[[App], object], str]] = {
    "audit": (lambda app: app.audit(DAY), f"newsletter send --date {DAY}"),
    "correct": (
        lambda app: app.corrections.correct(DAY, "A name was wrong.", today=DAY),
        "Edit it; it goes out as it is then.",
    ),
    "pause": (lambda app: app.control.pause(DAY), ""),
    "resume": (lambda app: app.control.resume(DAY), ""),
    "cancel": (lambda app: app.control.cancel(DAY), ""),
}


@pytest.mark.parametrize("command", SENDLESS)
def test_who_needs_a_send_says_alike_that_there_is_none_and_what_to_do(
    app: App, command: str
) -> None:
    call, hint = SENDLESS[command]
    with pytest.raises(NothingToDo) as caught:
        call(app)
    assert caught.value.what == f"The edition of {DAY} has no send yet."
    assert caught.value.hint == hint


def test_a_message_that_is_looked_at_tells_more_than_the_files(app: App) -> None:
    assert of_calendar(app) is EditionStatus.NONE
    approved = app.approvals.approve(DAY, by="Ida")
    seen = app.edition_calendar.seen(DAY, digest=approved.digest, holds=False)
    assert seen == EditionFacts(has_edition=True, approval=approved)
    os.utime(app.files.path(DAY), (MORNING.timestamp(), MORNING.timestamp()))
    assert of_calendar(app) is EditionStatus.APPROVED
    other = app.edition_calendar.seen(DAY, digest="another", holds=True)
    assert other == EditionFacts(
        has_edition=True, is_faulty=True, approval=approved, has_changed=True
    )
    assert not app.edition_calendar.seen(DAY, digest="", holds=False).has_edition


def test_desk_and_calendar_see_the_same_send(app: App) -> None:
    send = app.sends.start(SendRequest(day=DAY, at_once=True)).send
    seen = app.edition_calendar.seen(DAY, digest=send.digest, holds=False)
    assert seen.send == app.sends.find(DAY)
    assert of_calendar(app) is EditionStatus.COMPLETE


def test_a_date_that_has_passed_is_over(app: App) -> None:
    yesterday = (MORNING - timedelta(days=1)).date()
    assert app.edition_calendar.seen(yesterday, digest="a", holds=False).is_over
    assert not app.edition_calendar.seen(DAY, digest="a", holds=False).is_over
