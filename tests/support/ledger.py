"""A clock that moves itself, a provider that follows a script, and people in a database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from newsletter.core.model import Attempt, Envelope, Message, Send, SendKind, Submission
from newsletter.core.model.records import SendView
from newsletter.delivery.attempts import Content
from newsletter.delivery.handover import deliver
from newsletter.delivery.lease import Lease
from newsletter.delivery.restored import RestoredGuard
from newsletter.delivery.run import Pace
from newsletter.delivery.sender import Sender
from newsletter.editions.marks import SendMarks
from newsletter.message import merge
from newsletter.storage.database import Database
from newsletter.storage.restored import Restorations
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.freezing import Freeze
from newsletter.storage.sends.handed_over import HandedOver
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.tables import subscriber

MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)


class MovingClock:
    """A clock that stands still until somebody sleeps."""

    def __init__(self, moment: datetime = MORNING) -> None:
        self.moment = moment
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


class HastyClock(MovingClock):
    """A clock that oversleeps, so that a long wait takes few looks and not thousands."""

    def __init__(self, moment: datetime = MORNING, *, least: float, begins_at: float = 1.0) -> None:
        super().__init__(moment)
        self.least, self.begins_at = least, begins_at

    def sleep(self, seconds: float) -> None:
        super().sleep(max(seconds, self.least) if seconds >= self.begins_at else seconds)


Answer = Submission | Exception | Callable[[Attempt], Submission]


class ScriptedProvider:
    """Answers as told, then accepts; remembers every attempt it was handed."""

    name = "scripted"
    max_recipients = 1000

    def __init__(self, *answers: Answer, bad: Iterable[str] = (), limit: int = 10_000) -> None:
        self.answers = list(answers)
        self.bad = set(bad)
        self.limit = limit
        self.attempts: list[Attempt] = []
        self.closed = 0
        self._lock = threading.Lock()

    def problems(self, attempt: Attempt) -> dict[int, str]:
        people = enumerate(attempt.recipients.addresses)
        return {index: "cannot be mailed" for index, address in people if address in self.bad}

    def fits(self, attempt: Attempt) -> bool:
        return len(attempt.recipients) <= self.limit

    def submit(self, attempt: Attempt) -> Submission:
        with self._lock:
            self.attempts.append(attempt)
            answer = self.answers.pop(0) if self.answers else accept
            number = len(self.attempts)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Submission):
            return answer
        return answer(attempt) if answer is not accept else Submission(provider_id=f"id-{number}")

    def close(self) -> None:
        self.closed += 1

    def addresses(self) -> list[str]:
        """List everyone of every attempt, in order."""
        return [one.address for attempt in self.attempts for one in attempt.recipients]


def accept(attempt: Attempt) -> Submission:
    return Submission(provider_id=f"taken-{attempt.id}")


def make_ledger_message(text: str = "Good morning") -> Message:
    return merge.with_digest(
        Message(subject="Tides", preheader="How they are told", html=f"<p>{text}</p>", text=text)
    )


def make_envelope() -> Envelope:
    return Envelope(
        sender_name="The Brief",
        sender_email="editor@brief.example.org",
        reply_to=None,
        list_id="The Brief <main.brief.example.org>",
        edition=DAY,
        publication="main",
    )


def add_people(database: Database, count: int, **columns: object) -> list[str]:
    """Add active subscribers; return their addresses."""
    rows = [
        {
            "publication": "main",
            "address": f"reader{number:04}@example.org",
            "canonical": f"reader{number:04}@example.org",
            "name": f"Reader {number}",
            "state": "active",
            "token": f"token-{number:016}",
            "attributes": {},
            "created_at": MORNING,
            "changed_at": MORNING,
        }
        | columns
        for number in range(1, count + 1)
    ]
    with database.write() as connection:
        connection.execute(sa.insert(subscriber), rows)
    return [str(row["address"]) for row in rows]


def change_state(database: Database, address: str, state: str) -> None:
    with database.write() as connection:
        connection.execute(
            sa.update(subscriber).where(subscriber.c.address == address).values(state=state)
        )


def make_freeze(**overrides: object) -> Freeze:
    whom = {"publication": "main", "edition": DAY}
    whom |= {name: overrides.pop(name) for name in {*whom, "segment"} & overrides.keys()}
    values: dict[str, object] = {
        "audience": Audience(**whom),  # type: ignore[arg-type]
        "kind": SendKind.EDITION,
        "message": make_ledger_message(),
        "provider": "scripted",
        "batch_size": 10,
        "due_at": MORNING,
    }
    return Freeze(**(values | overrides))  # type: ignore[arg-type]


def frozen_send(database: Database, count: int, **overrides: object) -> tuple[Ledger, Send]:
    """Add people and freeze a send to them."""
    add_people(database, count)
    ledger = Ledger(database)
    return ledger, ledger.freeze(make_freeze(**overrides), now=MORNING)


def make_sender(
    ledger,
    send,
    provider,
    *,
    owner="me",
    clock=None,
    attempts=None,
    leads=True,
    is_gone=lambda _owner: False,
    parallel=1,
    give_up_after=timedelta(minutes=5),
    **more,
) -> Sender:
    """Make the loop of one process."""
    clock = clock or MovingClock()
    lease = Lease(
        attempts=attempts or Attempts(ledger._database),
        clock=clock,
        send_id=send.id,
        owner=owner,
        leads=leads,
        is_gone=is_gone,
    )
    content = Content(
        envelope=make_envelope(),
        message=make_ledger_message(),
        unsubscribe_base="https://brief.example.org",
    )
    pace = Pace(parallel=parallel, give_up_after=give_up_after, jitter=lambda: 0.0)
    return Sender(
        ledger=ledger,
        lease=lease,
        provider=provider,
        clock=clock,
        **({"content": content, "pace": pace} | more),
    )


def make_guard(ledger, folder=Path("nowhere")) -> RestoredGuard:
    """Make what stands before the sends of a restored database, without a provider to ask."""
    database = ledger._database
    return RestoredGuard(
        publication="main",
        records=Restorations(database, "main"),
        handed_over=HandedOver(database, "main"),
        marks=SendMarks(folder),
        clock=MovingClock(),
        ledger=ledger,
        statistics=lambda: None,
    )


def hand_over(ledger, send, provider, **more) -> SendView:
    """Lead a send and hand it over, as `newsletter send` does."""
    patience = {"give_up_after": timedelta(minutes=15)}
    return deliver(make_sender(ledger, send, provider, **(patience | more)), send.edition)
