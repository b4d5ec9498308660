"""Look at what goes out: the coming editions, the templates, the headers, the library."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from newsletter.app import App
from newsletter.content.runway import warnings
from newsletter.core import calendar
from newsletter.core.errors import Held, NewsletterError, NothingToDo
from newsletter.core.model.checkup import Check
from newsletter.editions.proofs import Preview
from newsletter.operations.doctor import rules
from newsletter.storage.sends.audiences import Audience

_LONGEST_HEADER = 77  # bytes
_SHOWN = 5
_MANY = 3  # findings in one line


def look(app: App) -> Iterator[Check]:
    """Yield what was found, one line a thing."""
    yield _schedule(app)
    yield from _message(app)
    yield _library(app)
    yield _readers(app)


def _schedule(app: App) -> Check:
    timetable, zone = app.settings.timetable, ZoneInfo(app.settings.publication.zone)
    coming = calendar.upcoming(timetable, start=app.today())
    ahead = (due for due in coming if due.at > app.clock.now())
    moments = [f"{due.at.astimezone(zone):%a %d %b %H:%M %Z}" for due in islice(ahead, _SHOWN)]
    if not moments:
        return Check(
            id="schedule",
            level="problem",
            measured="No edition is to come",
            next="Look at [schedule] days and skip in config.toml.",
        )
    return Check(id="schedule", level="ok", measured=f"The next are due {', '.join(moments)}")


def _message(app: App) -> Iterator[Check]:
    """Render today's edition, or say why there is none to render; nothing is written."""
    try:
        proof: Preview = app.proofs.preview(app.today())
    except (Held, NothingToDo) as error:
        yield Check(
            id="edition",
            level="warning",
            measured=error.what,
            next=error.hint or "newsletter new starts the day's story.",
        )
        return
    except NewsletterError as error:
        yield Check(
            id="templates",
            level="problem",
            measured=error.what,
            next=error.hint or "Correct the template; `newsletter render` shows the same.",
        )
        return
    yield Check(id="templates", level="ok", measured="The templates render today's edition")
    yield unsubscribe_header(proof.unsubscribe_url)
    errors = [one for one in proof.findings if one.holds]
    if errors:
        names = ", ".join(dict.fromkeys(one.code for one in errors[:_MANY]))
        yield Check(
            id="edition",
            level="problem",
            measured=f"Checks hold today's edition: {names}",
            next="newsletter check says where and how.",
        )


def unsubscribe_header(url: str) -> Check:
    """Measure the List-Unsubscribe header that readers would get. Pure."""
    size = len(f"<{url}>".encode())
    if size <= _LONGEST_HEADER:
        return Check(
            id="header.unsubscribe",
            level="ok",
            measured=f"List-Unsubscribe has {size} bytes",
            **rules.SHORT_HEADER.on(),
        )
    return Check(
        id="header.unsubscribe",
        level="problem",
        measured=f"List-Unsubscribe has {size} bytes",
        **rules.SHORT_HEADER.on(),
        next=f"Shorten [publication] url by {size - _LONGEST_HEADER} bytes.",
    )


def _library(app: App) -> Check:
    try:
        short = warnings(app.assembler.runways(app.today()))
    except NewsletterError as error:
        return Check(
            id="library",
            level="warning",
            measured=error.what,
            next=error.hint or "Correct the table or library that is named.",
        )
    if short:
        return Check(
            id="library",
            level="warning",
            measured=short[0],
            rule="Two weeks without a repeat",
            next="Add entries; newsletter library shows every chain.",
        )
    return Check(
        id="library",
        level="ok",
        measured="Facts, quotes and words last for two weeks and more",
        rule="Two weeks without a repeat",
    )


def _readers(app: App) -> Check:
    settings = app.settings
    audience = Audience(
        publication=settings.publication.id,
        edition=app.today(),
        segment=settings.delivery.segment,
    )
    try:
        count = app.ledger.audience(audience)
    except NewsletterError as error:
        return Check(
            id="readers", level="warning", measured=error.what, next=error.hint or "See above."
        )
    if count:
        return Check(
            id="readers", level="ok", measured=f"{count:,} readers would get today's edition"
        )
    return Check(
        id="readers",
        level="warning",
        measured="Nobody would get today's edition",
        next="newsletter subscribers import FILE, or add.",
    )
