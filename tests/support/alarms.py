"""A publication whose operator hears of it: its servers, and what can go wrong with it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from newsletter.app import App
from newsletter.core.errors import TryLater
from newsletter.core.model import BatchState
from newsletter.delivery.events.intake import EventIntake
from newsletter.delivery.preconditions import SendRequest
from newsletter.delivery.providers.sendgrid import events
from newsletter.operations import alarms, keeping, tick
from newsletter.storage.events import EventStore
from newsletter.storage.tables import event_post
from tests.support.events import make_entry, make_post
from tests.support.http import ScriptedServer
from tests.support.ledger import MovingClock
from tests.support.publication import STORY, Publication
from tests.support.smtp import MailServer

NIGHT = "night@finch.example"
FACTS = json.dumps([{"type": "table", "file": "content/facts.csv"}])
OUT_OF_ORDER = "The machine is out of order."


def told_by(mail: MailServer, hook: ScriptedServer, heart: ScriptedServer) -> dict[str, str]:
    """Return the environment of a publication whose alarms and mails reach these servers."""
    return {
        "NEWSLETTER_DELIVERY__PROVIDER": "smtp",
        "NEWSLETTER_SMTP__HOST": "127.0.0.1",
        "NEWSLETTER_SMTP__PORT": str(mail.port),
        "NEWSLETTER_SMTP__SECURITY": "none",
        "NEWSLETTER_ALERTS__URL": hook.url,
        "NEWSLETTER_ALERTS__EMAIL": NIGHT,
        "NEWSLETTER_ALERTS__HEARTBEAT": f"{heart.url}/ping/key",
        "NEWSLETTER_SCHEDULE__PREPARE_AT": "05:00",
    }


@dataclass
class Life:
    """A publication, all who hear of it, and the day it lives."""

    publication: Publication
    mail: MailServer
    hook: ScriptedServer
    heart: ScriptedServer
    patch: pytest.MonkeyPatch
    clock: MovingClock = field(
        default_factory=lambda: MovingClock(datetime(2026, 6, 1, tzinfo=UTC))
    )
    day: date = date(2026, 6, 1)
    app: App = field(init=False)

    def tick(self, moment: datetime) -> None:
        """Do a tick; one that ends with a fault has told it."""
        self.clock.moment = moment
        with suppress(RuntimeError):
            tick.run(self.app)

    def at(self, time: str) -> datetime:
        """Return a moment of the day; `29:00` is five in the morning of the next."""
        hours, minutes = map(int, time.split(":"))
        midnight = datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)
        return midnight + timedelta(hours=hours, minutes=minutes)

    def hooked(self) -> list[str]:
        """Return the lines the hook took."""
        bodies = [json.loads(request.body) for request in self.hook.requests]
        return [line for body in bodies for line in body["text"].splitlines()]

    def mailed(self) -> list[str]:
        """Return the alarms in the operator's mailbox, subject and text."""
        raw = [content for address, content in self.mail.taken if address == NIGHT]
        found = [message_from_bytes(one) for one in raw]
        assert all(one["Auto-Submitted"] == "auto-generated" for one in found)
        return [f"{one['Subject']}\n{_text(one)}" for one in found]

    def pings(self) -> list[str]:
        """Return what the heartbeat's server heard."""
        paths = [request.target.partition("?")[0] for request in self.heart.requests]
        return [path.removeprefix("/ping/key") for path in paths]

    def forget(self) -> None:
        """Empty the mailbox and what the servers heard."""
        for heard in (self.mail.taken, self.hook.requests, self.heart.requests):
            heard.clear()

    def refuse(self, *names: str, answer: str = "451 later") -> None:
        """Let the mail server give some readers an answer of its own."""
        self.mail.on_rcpt = lambda address: answer if address.partition("@")[0] in names else None

    @property
    def story(self) -> Path:
        return self.publication.root / "content" / "stories" / "tides.md"


def _text(mail: object) -> str:
    part = mail.get_payload()[0]  # type: ignore[attr-defined]
    return str(part.get_payload(decode=True).decode()).replace("\r\n", "\n")


def without_story(life: Life) -> None:
    life.story.unlink()


def with_story(life: Life) -> None:
    life.story.write_text(STORY, encoding="utf-8")


def with_short_story(life: Life) -> None:
    life.story.write_text(STORY.partition("\n\nThe promise")[0], encoding="utf-8")


def mended(life: Life) -> None:
    with_story(life)
    (life.publication.root / "editions" / f"{life.day}" / "edition.toml").unlink()


def in_doubt(life: Life) -> None:
    life.mail.on_data = lambda address: "hang up" if "reader0002" in address else None


def resolved(life: Life) -> None:
    life.mail.on_data = lambda _address: None
    for batch in life.app.audit(life.day).record.batches:
        if batch.state is BatchState.UNCERTAIN:
            life.app.control.resolve(life.day, batch.number, accepted=True)


def intake(life: Life) -> EventIntake:
    """Open an intake of this provider's reports, which reads what SendGrid would post."""
    return EventIntake(
        provider="smtp",
        parser=events.make_parser(life.app.settings),
        store=EventStore(life.app.database),
        clock=life.clock,
    )


def two_bounce(life: Life) -> None:
    """Let the mail of two readers bounce while a third one's waits for a later try."""
    life.refuse("reader0001")
    life.tick(life.at("07:00"))
    (attempt, *_) = life.app.audit(life.day).record.attempts
    told = [
        make_entry("bounce", number, type="bounce", nl_attempt=attempt.id, nl_position=str(number))
        for number in (2, 3)
    ]
    intake(life).ingest(make_post(*told))


def let_go_on(life: Life) -> None:
    life.mail.on_rcpt = lambda _address: None
    life.app.control.resume(life.day)


def unreadable(life: Life) -> None:
    taking = intake(life)
    taking.store.keep("smtp", b"no report at all", now=life.clock.now())
    taking.work_off()


def readable(life: Life) -> None:
    with life.app.database.write() as connection:
        connection.execute(sa.delete(event_post))


def full(life: Life) -> None:
    disk = SimpleNamespace(disk_usage=lambda _folder: SimpleNamespace(free=5_000_000))
    life.patch.setattr(alarms, "shutil", disk)


def broken(life: Life) -> None:
    """Let the handing over and the tidying end with a fault of the program."""

    def fails(_app: App, **_options: object) -> list[str]:
        raise RuntimeError(OUT_OF_ORDER)

    life.patch.setattr(keeping, "tidy", fails)
    life.patch.setattr(tick, "_pull", fails)


def led_by_another(life: Life) -> None:
    """Freeze the edition, and let whoever leads its send do nothing for hours."""
    life.clock.moment = life.at("07:00")
    with suppress(TryLater):
        life.app.sends.start(SendRequest(day=life.day), wants_to_stop=lambda: True)
    assert life.app.sends.find(life.day) is not None

    def waits(*_arguments: object) -> None:
        raise TryLater("Somebody else is at work on it.")

    life.patch.setattr(tick, "_do", waits)


def on_order(life: Life) -> None:
    life.patch.undo()
    life.mail.on_rcpt = lambda _address: None


def few_facts(life: Life) -> None:
    table = life.publication.root / "content" / "facts.csv"
    table.write_text("text,source\nThe harbour is older than its town.,Town archive\n")


def many_facts(life: Life) -> None:
    table = life.publication.root / "content" / "facts.csv"
    rows = (f"The pier has stood for {number} years.,Town archive\n" for number in range(400))
    table.write_text("text,source\n" + "".join(rows))


def noticed(life: Life) -> None:
    life.app.alerts.tell("Machines are filling in the join form.")
