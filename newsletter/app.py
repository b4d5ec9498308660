"""The composition root: the only module that names concrete classes.

`build(settings)` gives an `App`; the command line, the scheduler, the desk and the tests all use
it, and only the keyword arguments differ. What is heavy to import is imported when it is needed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter import calendar, plugins, sending, workers
from newsletter import tick as ticking
from newsletter.clock import SystemClock
from newsletter.edition import is_held, sentences
from newsletter.editions import Editions
from newsletter.errors import Held, NothingToDo
from newsletter.model import BatchState, Due, Edition, Envelope, Message, Send, SendKind
from newsletter.ports import Clock, Freeze, Ledger, Provider
from newsletter.records import SendView
from newsletter.tick import TickReport

if TYPE_CHECKING:
    from newsletter.assembling import Assembled
    from newsletter.config import Settings
    from newsletter.delivery.audit import Audit
    from newsletter.preview import Preview
    from newsletter.proofing import Proof
    from newsletter.storage.database import Database
    from newsletter.storage.subscribers import Subscribers

_PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """Find a folder or file that comes with the program: in a wheel, or in a checkout."""
    inside = _PACKAGE / "_bundled" / name
    return inside if inside.exists() else _PACKAGE.parent / name


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where a send stands after a command."""

    send: Send
    view: SendView


def _no_progress(_view: SendView) -> None:
    return None


def _never() -> bool:
    return False


class App:
    """One publication, opened."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, provider: Provider | None = None
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.editions = Editions(settings.root / "editions")
        self._provider = provider

    # --- what it is made of --------------------------------------------------------------------

    @cached_property
    def database(self) -> Database:
        """Open the database and bring it to this version."""
        from newsletter.storage import database

        opened = database.connect(self.settings.database_url)
        if not opened.is_current():
            from newsletter.storage import migrate

            migrate.upgrade(opened)
        return opened

    @cached_property
    def subscribers(self) -> Subscribers:
        """Give the list."""
        from newsletter.storage.subscribers import Subscribers

        return Subscribers(self.database)

    @cached_property
    def ledger(self) -> Ledger:
        """Give the ledger of sends."""
        from newsletter.storage.ledger import SqlLedger

        return SqlLedger(self.database)

    def provider(self) -> Provider:
        """Make the configured provider; raises `ConfigError` when a key or option is missing."""
        if self._provider is None:
            module = plugins.load("newsletter.providers", self.settings.delivery.provider)
            made: Provider = module.make(self.settings, self.clock)
            self._provider = made
        return self._provider

    def close(self) -> None:
        """Give back connections."""
        if self._provider is not None:
            self._provider.close()
        if "database" in self.__dict__:
            self.database.close()

    # --- the calendar --------------------------------------------------------------------------

    def today(self) -> date:
        """Give the publication date of this moment, in the publication's zone."""
        return calendar.today(self.settings.publication.zone, self.clock.now())

    def due(self, day: date) -> Due | None:
        """Give the moments of a publication date; None when there is no edition that day."""
        timetable = self.settings.timetable
        if not calendar.is_publication_day(timetable, day):
            return None
        return calendar.due(timetable, day)

    # --- the edition ---------------------------------------------------------------------------

    def assemble(self, day: date, *, fresh: bool = False) -> Assembled:
        """Assemble an edition from its sources and write `editions/DATE/edition.toml`.

        What an editor changed is kept, unless `fresh`.
        """
        from newsletter import assembling

        edition = assembling.assemble(day, self.settings, now=self.clock.now())
        return self.editions.save(edition, fresh=fresh)

    def edition(self, day: date) -> Edition:
        """Give the edition of a date as the sources and the editor's file have it now.

        Raises `Held` when it has no lead story.
        """
        edition = self.assemble(day).edition
        if is_held(edition):
            raise Held(
                sentences(edition)[0],
                hint=f"Write one with `newsletter new --date {day}`, or edit "
                f"{self.editions.path(day)}; then run the same command again.",
            )
        return edition

    def prove(self, day: date) -> Proof:
        """Render the edition of a date and check it as its reader with the longest values."""
        from newsletter import proofing

        return proofing.prove(self.edition(day), self.settings, folders=self.template_folders)

    def preview(self, day: date) -> Preview:
        """Show the edition of a date to the desk; nothing is consumed, frozen or sent."""
        from newsletter import proofing

        root = self.settings.root
        watched = (root / "config.toml", root / "content", self.editions.path(day))
        return proofing.preview(
            self.prove(day), self.settings, paths=(*watched, *self.template_folders)
        )

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """Name the folders templates are looked for in: the publication's own first."""
        return (self.settings.root / "templates", bundled("templates"))

    def keep(self, proof: Proof) -> Path:
        """Write the message's files beside the edition; return the folder."""
        return self.editions.write_message(
            proof.edition.date,
            mjml=proof.rendered.mjml,
            message=proof.message,
            findings=proof.findings,
            envelope=self.envelope(proof.edition.date),
            now=self.clock.now(),
        )

    def envelope(self, day: date) -> Envelope:
        """Say who the mail comes from."""
        own = self.settings.publication
        host = urlsplit(own.url).hostname or "localhost"
        return Envelope(
            sender_name=own.sender.name,
            sender_email=own.sender.email,
            reply_to=own.reply_to,
            list_id=f"{own.name} <{own.id}.{host}>",
            edition=day,
            publication=own.id,
        )

    # --- the send ------------------------------------------------------------------------------

    def find_send(self, day: date) -> Send | None:
        """Look up the send of an edition."""
        return self.ledger.find(self.settings.publication.id, day)

    def rehearse(self, wish: sending.Wish) -> tuple[Proof, int]:
        """Do everything of a send but freeze and deliver: the proof, and how many would get it."""
        proof = self._ready_to_freeze(wish)
        return proof, self.ledger.audience()

    def send(
        self,
        wish: sending.Wish,
        *,
        progress: Callable[[SendView], None] = _no_progress,
        wants_to_stop: Callable[[], bool] = _never,
    ) -> Outcome:
        """Freeze and deliver the edition of a date; called again it goes on where it stopped.

        Raises `NothingToDo` when it is complete, `Held` when a person is needed, `TryLater` when
        the same call later goes on.
        """
        send = self.find_send(wish.day)
        sending.refuse_if_done(send, self.ledger.view)
        if send is None:
            send = self._freeze(wish)
        elif wish.day < self.today() and not wish.late:
            sending.refuse_if_not_yet(
                wish, due=self.due(wish.day), today=self.today(), now=self.clock.now()
            )
        sending.refuse_other_provider(send, self.provider())
        view = sending.deliver(
            send, self.provider(), self.envelope(wish.day), self._work(progress, wants_to_stop)
        )
        return Outcome(send=send, view=view)

    def _freeze(self, wish: sending.Wish) -> Send:
        proof = self._ready_to_freeze(wish)
        provider = self.provider()
        self.keep(proof)
        now = self.clock.now()
        return self.ledger.freeze(
            Freeze(
                publication=self.settings.publication.id,
                edition=wish.day,
                kind=SendKind.EDITION,
                message=proof.message,
                provider=provider.name,
                batch_size=min(self.settings.delivery.batch_size, provider.max_recipients),
                due_at=now,
            ),
            now=now,
        )

    def _ready_to_freeze(self, wish: sending.Wish) -> Proof:
        sending.refuse_if_not_yet(
            wish, due=self.due(wish.day), today=self.today(), now=self.clock.now()
        )
        proof = self.prove(wish.day)
        if proof.errors:
            listed = "; ".join(f"{f.code}: {f.message}" for f in proof.errors)
            raise Held(
                f"The checks found {len(proof.errors)} error(s) in the edition of {wish.day}. "
                f"{listed}",
                hint="Mend them, then run the same command again; `newsletter check` shows all.",
            )
        sending.refuse_missing_values(proof.message, self.ledger)
        return proof

    def _work(
        self, progress: Callable[[SendView], None], wants_to_stop: Callable[[], bool]
    ) -> sending.Work:
        plan = self.settings.delivery
        return sending.Work(
            ledger=self.ledger,
            clock=self.clock,
            owner=workers.this_process(),
            is_gone=workers.is_gone,
            parallel=plan.parallel,
            give_up_after=timedelta(seconds=plan.give_up_after),
            unsubscribe_base=self.settings.publication.url,
            jitter=random.random,
            wants_to_stop=wants_to_stop,
            progress=progress,
        )

    # --- the tick ------------------------------------------------------------------------------

    def tick(self, *, wants_to_stop: Callable[[], bool] = _never) -> TickReport:
        """Do what is due now, and nothing else; any number of callers at any moment do no harm.

        Raises `TryLater` when another sender is at work, the provider asks to wait, or the caller
        wants to stop.
        """
        now = self.clock.now()
        decision = ticking.decide(self.settings.timetable, now=now, today=self._situation(now))
        did: list[str] = []
        held = [decision.held] if decision.held else []
        try:
            did.extend(self._do(step, wants_to_stop) for step in decision.steps)
        except Held as error:
            held.append(f"{error.what} {error.hint}".rstrip())
        return TickReport(did=tuple(did), next_due=decision.next_due, held=" ".join(held) or None)

    def _situation(self, now: datetime) -> ticking.Today:
        day = calendar.open_day(self.settings.timetable, now)
        send = self.find_send(day)
        edition = self.editions.load(day)
        return ticking.Today(
            assembled=edition is not None and bool(edition.stories),
            send="none" if send is None else send.status.value,
            unfinished=self.ledger.unfinished(self.settings.publication.id, before=day),
        )

    def _do(self, step: ticking.Step, wants_to_stop: Callable[[], bool]) -> str:
        if step.action is ticking.Action.PREPARE:
            self.keep(self.prove(step.day))
            return f"Prepared the edition of {step.day}."
        # A gap at midnight may leave yesterday open (`calendar.open_day`).
        late = step.action is ticking.Action.RESUME or step.day < self.today()
        wish = sending.Wish(day=step.day, late=late)
        view = self.send(wish, wants_to_stop=wants_to_stop).view
        submitted = view.tally(BatchState.SUBMITTED).recipients
        doubts = view.tally(BatchState.UNCERTAIN).recipients
        if doubts:
            raise Held(
                f"The edition of {step.day}: {submitted} recipients submitted, {doubts} uncertain.",
                hint=f"`newsletter audit --date {step.day}` says how to go on.",
            )
        return f"Handed over the edition of {step.day} to {submitted} recipients."

    # --- evidence ------------------------------------------------------------------------------

    def audit(self, day: date) -> Audit:
        """Prove what went to whom. Raises `NothingToDo` when the edition has no send."""
        from newsletter.delivery import audit
        from newsletter.storage import evidence

        send = self.find_send(day)
        if send is None:
            raise NothingToDo(
                f"The edition of {day} has no send yet.",
                hint=f"newsletter send --date {day}",
            )
        digest = _digest(self.ledger.message(send.id))
        return audit.audit(evidence.record(self.database, send.id, message_digest=digest))

    def resolve(self, day: date, batch: int, *, accepted: bool) -> None:
        """Settle an uncertain batch by the operator's word. Raises `NothingToDo` for any other."""
        send = self.find_send(day)
        settled = send is not None and self.ledger.resolve(
            send.id, batch, accepted=accepted, now=self.clock.now()
        )
        if not settled:
            raise NothingToDo(
                f"Batch {batch} of the edition of {day} is not uncertain.",
                hint=f"newsletter audit --date {day} lists the batches.",
            )


def build(
    settings: Settings, *, clock: Clock | None = None, provider: Provider | None = None
) -> App:
    """Open a publication."""
    return App(settings, clock=clock, provider=provider)


def _digest(message: Message) -> str:
    from newsletter import merge

    return merge.with_digest(message).digest
