"""Publications whose archive has editions, as sends froze them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from newsletter.app import App
from newsletter.core.model import Edition, SendStatus, Story
from newsletter.editions.record import frozen
from newsletter.storage.used_content import FrozenContent
from tests.support.edition import make_full_edition, make_note, make_other, make_story
from tests.support.ledger import add_people, make_freeze, make_ledger_message

SENT = date(2026, 3, 2)
HEADLINES = (
    "How the Tides Are Counted",
    "The Ferry Nobody Wanted",
    "Noon Was a Local Affair",
    "What Goes On Inside a Rising Loaf",
)


def send_edition(app: App, edition: Edition, *, at: datetime | None = None) -> None:
    """Freeze a send of an edition, as its archive has it from then on."""
    publication = app.settings.publication.id
    if not app.archive.days():
        add_people(app.database, 1, publication=publication)
    content = FrozenContent(frozen(edition), ())
    freeze = make_freeze(edition=edition.date, publication=publication, content=content)
    message = make_ledger_message(edition.date.isoformat())
    app.ledger.freeze(replace(freeze, message=message), now=at or app.clock.now())


def correct_edition(app: App, edition: Edition, *, text: str, at: datetime) -> None:
    """Correct an edition that was sent."""
    send = app.ledger.find(app.settings.publication.id, edition.date)
    assert send is not None
    app.ledger.steer(send.id, SendStatus.PAUSED)
    note = make_note(date=at.date(), text=text)
    noted = replace(edition, corrections=(*edition.corrections, note))
    message = make_ledger_message(f"{edition.date} {text}")
    assert app.ledger.correct(send.id, message, frozen(noted), note=text, now=at)


def fill(app: App, *, count: int = 5, lead: Edition | None = None) -> Edition:
    """Send so many editions up to `SENT`; return the newest."""
    for number in range(count - 1, 0, -1):
        day = SENT - timedelta(days=number)
        headline = HEADLINES[number % len(HEADLINES)]
        at = datetime(day.year, day.month, day.day, 7, tzinfo=app.clock.now().tzinfo)
        send_edition(app, earlier(day, headline), at=at)
    newest = lead or make_full_edition(date=SENT, others=(make_other(),))
    send_edition(app, newest)
    return newest


def earlier(day: date, headline: str) -> Edition:
    """Build an edition of another day; every second has no picture."""
    story: Story = make_story(headline=headline)
    if day.toordinal() % 2:
        story = replace(story, image=None)
    return make_full_edition(date=day, stories=(story,), intro=())
