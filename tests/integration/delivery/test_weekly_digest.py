"""The digest of a week: a send of its own kind, for weekly readers, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from newsletter.app import App, build
from newsletter.core.config import settings
from newsletter.core.errors import NothingToDo
from newsletter.core.model import SendKind
from newsletter.delivery.preconditions import SendRequest
from newsletter.operations import tick
from newsletter.storage.tables import recipient, send, subscriber
from tests.support.joining import copies
from tests.support.ledger import MovingClock, ScriptedProvider, add_people
from tests.support.publication import make_publication

SATURDAY = date(2026, 3, 7)
MONDAY = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
WEEKLY = "reader0003@example.org"


def opened(folder, *, people: int = 3, **environment: str) -> tuple[App, MovingClock]:
    """Open a publication of which the last reader reads weekly."""
    publication = make_publication(folder, **environment)
    read = settings.load(publication.root, publication.environment)
    clock = MovingClock(MONDAY)
    app = build(read, clock=clock, provider=ScriptedProvider())
    if people:
        add_people(app.database, people)
        with app.database.write() as connection:
            weekly = subscriber.c.address == WEEKLY
            connection.execute(sa.update(subscriber).where(weekly).values(frequency="weekly"))
    return app, clock


def a_week(app: App, clock: MovingClock, *, days: int = 6) -> list[str]:
    """Let each morning's tick run; return what was done."""
    did: list[str] = []
    for number in range(days):
        clock.moment = MONDAY + timedelta(days=number)
        did += tick.run(app).did
    return did


@pytest.fixture
def week(tmp_path):
    app, clock = opened(tmp_path / "brief")
    yield app, clock
    app.close()


def test_weekly_readers_have_the_digest_on_saturday_and_nothing_else(week):
    app, clock = week
    did = a_week(app, clock)
    got = copies(app.provider().attempts)
    assert {day: count for (who, day), count in got.items() if who == WEEKLY} == {SATURDAY: 1}
    daily = {day for (who, day), _ in got.items() if who != WEEKLY}
    assert len(daily) == 6
    assert "Handed over the digest of 2026-03-07 to 1 recipients." in did
    (attempt,) = [one for one in app.provider().attempts if one.envelope.kind == "weekly"]
    assert "How the tide tables are made" in attempt.message.html
    assert (app.files.folder / "2026-03-07-weekly" / "email.html").exists()
    assert app.audit(SATURDAY, SendKind.WEEKLY).complete


def test_the_best_of_a_week_is_of_the_edition_its_readers_liked_best(week):
    app, clock = week
    a_week(app, clock, days=5)
    liked = MONDAY.date() + timedelta(days=2)
    for number, stars in enumerate((5, 4)):
        app.answers.vote(f"r{number}@example.org", liked, stars, now=clock.moment)
    app.answers.vote("r9@example.org", liked + timedelta(days=1), 2, now=clock.moment)
    clock.moment = MONDAY + timedelta(days=5)
    tick.run(app)
    html = (app.files.folder / "2026-03-07-weekly" / "email.html").read_text()
    assert app.files.load(liked).word.word in html
    assert app.files.load(MONDAY.date() + timedelta(days=4)).word.word not in html


def test_ticks_and_commands_at_any_time_are_one_digest(week):
    app, clock = week
    a_week(app, clock)
    for minutes in (1, 5, 60):
        clock.moment += timedelta(minutes=minutes)
        tick.run(app)
    with pytest.raises(NothingToDo):
        app.weekly_sends.start(SendRequest(day=SATURDAY, kind=SendKind.WEEKLY))
    kinds = sa.select(send.c.kind).where(send.c.edition == SATURDAY).order_by(send.c.kind)
    with app.database.read() as connection:
        assert connection.scalars(kinds).all() == ["edition", "weekly"]


def test_a_digest_that_was_missed_goes_within_its_window_and_is_held_after_it(week):
    app, clock = week
    a_week(app, clock, days=5)
    clock.moment = MONDAY + timedelta(days=5, hours=3)
    assert "Handed over the digest of 2026-03-07 to 1 recipients." in tick.run(app).did


def test_nobody_reads_weekly_or_nothing_was_sent_and_there_is_no_digest(tmp_path):
    app, clock = opened(tmp_path / "none", people=2)
    a_week(app, clock)
    assert app.weekly_sends.find(SATURDAY) is None
    app.close()
    app, clock = opened(tmp_path / "empty")
    clock.moment = MONDAY + timedelta(days=5)
    report = tick.run(app)  # the edition of the day itself belongs to the next week
    assert app.weekly_sends.find(SATURDAY) is None
    assert report.held is None
    app.close()


def test_without_a_digest_weekly_readers_have_the_first_edition_of_the_week(tmp_path):
    app, clock = opened(tmp_path / "brief", NEWSLETTER_SCHEDULE__WEEKLY="off")
    a_week(app, clock)
    got = copies(app.provider().attempts)
    assert [day for (who, day), _ in got.items() if who == WEEKLY] == [MONDAY.date()]
    app.close()


def test_a_digest_that_was_interrupted_is_gone_on_with_from_the_ledger(week):
    app, clock = week
    a_week(app, clock, days=5)
    clock.moment = MONDAY + timedelta(days=5)
    app.weekly_sends.freeze(SendRequest(day=SATURDAY, kind=SendKind.WEEKLY))
    with app.database.read() as connection:
        frozen = connection.scalar(
            sa.select(sa.func.count())
            .select_from(recipient)
            .join(send, (send.c.id == recipient.c.send_id) & (send.c.kind == "weekly"))
        )
    assert frozen == 1
    clock.moment += timedelta(minutes=2)
    assert "Handed over the digest of 2026-03-07 to 1 recipients." in tick.run(app).did
    assert copies(app.provider().attempts)[WEEKLY, SATURDAY] == 1
