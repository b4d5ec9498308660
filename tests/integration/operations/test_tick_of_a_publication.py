"""Days of a real publication, tick by tick: prepared, sent once, finished, held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.operations.tick import TickReport, run
from newsletter.subscribers import register
from tests.support.ledger import MovingClock
from tests.support.publication import STORY, Publication, readers


def make_day(publish: Callable[..., Publication], root: Path, **environment: str) -> Publication:
    """Write a publication of three readers with a whole timetable."""
    schedule = {
        "NEWSLETTER_DELIVERY__PROVIDER": "outbox",
        "NEWSLETTER_DELIVERY__BATCH_SIZE": "1",
        "NEWSLETTER_SCHEDULE__PREPARE_AT": "05:00",
        "NEWSLETTER_SCHEDULE__CATCH_UP": "11:00",
    }
    publication = publish(root, **(schedule | environment))
    app = publication.open()
    for address, name in readers(3):
        person = register.person_of(address, name=name, zone=None, attributes={})
        register.add(app.subscribers, person, consent="at the fair", now=app.clock.now())
    app.close()
    return publication


def tick(publication: Publication, now: str, **wishes: Any) -> TickReport:
    """Do one tick at a moment in UTC, as a process of its own would."""
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    app = publication.open(MovingClock(moment))
    try:
        return run(app, **wishes)
    finally:
        app.close()


def mails(publication: Publication) -> int:
    """Count the mails that were handed over."""
    return len(list((publication.root / "outbox").rglob("*.eml")))


@pytest.fixture
def publication(publish: Callable[..., Publication], tmp_path: Path) -> Publication:
    """Return the publication of a test."""
    return make_day(publish, tmp_path / "brief")


def test_a_day_is_prepared_then_sent_once(publication: Publication) -> None:
    assert tick(publication, "2026-06-03 04:59").did == ()
    prepared = tick(publication, "2026-06-03 05:00")
    assert prepared.did == ("Prepared the edition of 2026-06-03.",)
    assert prepared.next_due == datetime(2026, 6, 3, 7, tzinfo=UTC)
    assert mails(publication) == 0
    sent = tick(publication, "2026-06-03 07:00")
    assert sent.did == ("Handed over the edition of 2026-06-03 to 3 recipients.",)
    assert sent.next_due == datetime(2026, 6, 4, 7, tzinfo=UTC)
    assert tick(publication, "2026-06-03 07:01").did == ()
    assert mails(publication) == 3


def test_machine_that_slept_catches_up_inside_the_window(publication: Publication) -> None:
    assert len(tick(publication, "2026-06-03 10:59").did) == 2
    assert mails(publication) == 3


def test_edition_after_its_window_is_held(publication: Publication) -> None:
    report = tick(publication, "2026-06-03 11:01")
    assert report.did == ()
    assert report.held is not None
    assert "--late" in report.held
    assert mails(publication) == 0


def interrupt(publication: Publication, now: str) -> None:
    """Begin the send of a day and stop after the first batch."""
    answers = iter([False, False, False])
    report = tick(publication, now, wants_to_stop=lambda: next(answers, True))
    assert report.later is not None
    assert "Stopped as asked" in report.later


def test_interrupted_send_is_finished_even_after_the_window(publication: Publication) -> None:
    interrupt(publication, "2026-06-03 07:00")
    assert 0 < mails(publication) < 3
    report = tick(publication, "2026-06-03 20:00")
    assert report.held is None
    assert len(report.did) == 1
    assert mails(publication) == 3


def test_interrupted_send_of_yesterday_is_only_reported(publication: Publication) -> None:
    interrupt(publication, "2026-06-03 07:00")
    before = mails(publication)
    report = tick(publication, "2026-06-04 04:00")
    assert report.did == ()
    assert report.held is not None
    assert "newsletter send --date 2026-06-03 --late" in report.held
    assert mails(publication) == before


def test_day_without_a_story_is_held_until_there_is_one(publication: Publication) -> None:
    story = publication.root / "content" / "stories" / "tides.md"
    story.unlink()
    report = tick(publication, "2026-06-03 07:00")
    assert report.held is not None
    assert "no lead story" in report.held
    story.write_text(STORY, encoding="utf-8")
    assert len(tick(publication, "2026-06-03 07:01").did) == 2
    assert mails(publication) == 3


def test_due_moment_that_a_gap_moved_into_the_next_date_is_met(
    publish: Callable[..., Publication], tmp_path: Path
) -> None:
    publication = make_day(
        publish,
        tmp_path / "brief",
        NEWSLETTER_PUBLICATION__ZONE="America/Nuuk",
        NEWSLETTER_SCHEDULE__AT="23:15",
        NEWSLETTER_SCHEDULE__PREPARE_AT="23:15",
        NEWSLETTER_SCHEDULE__CATCH_UP="23:59",
    )
    moment = datetime(2025, 3, 30, 0, 50, tzinfo=UTC)
    did = []
    for _ in range(12):
        did += tick(publication, f"{moment:%Y-%m-%d %H:%M}").did
        moment += timedelta(minutes=5)
    assert did == [
        "Prepared the edition of 2025-03-29.",
        "Handed over the edition of 2025-03-29 to 3 recipients.",
    ]
