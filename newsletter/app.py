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

from newsletter import calendar, plugins, sending, workers
from newsletter import tick as ticking
from newsletter.clock import SystemClock
from newsletter.editions import Editions
from newsletter.errors import Held, NothingToDo
from newsletter.model import Envelope, Send, SendKind
from newsletter.ports import Clock, Freeze, Ledger, Provider
from newsletter.records import Dossier, SendView
from newsletter.tick import TickReport
from newsletter.timetable import Due

if TYPE_CHECKING:
    from newsletter.assembling import Assembled
    from newsletter.config import Settings
    from newsletter.delivery.audit import Audit
    from newsletter.intake import EventIntake
    from newsletter.newsroom import Newsroom
    from newsletter.preview import Preview
    from newsletter.proofing import Proof
    from newsletter.sourcing import Web
    from newsletter.steering import Steering
    from newsletter.storage.database import Database
    from newsletter.storage.subscribers import Subscribers
    from newsletter.storage.undoing import Imports

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
        from newsletter.subscribers.erasure import Marks

        key = self.settings.secret("NEWSLETTER_SECRET_KEY")
        return Subscribers(self.database, marker=Marks(key) if key else None)

    @cached_property
    def imports(self) -> Imports:
        """Give the record of imports."""
        from newsletter.storage.undoing import Imports

        return Imports(self.database)

    @cached_property
    def ledger(self) -> Ledger:
        """Give the ledger of sends."""
        from newsletter.storage.ledger import SqlLedger

        return SqlLedger(self.database)

    @cached_property
    def web(self) -> Web:
        """Give the network as sources meet it; nothing is asked yet."""
        from newsletter.fetching.opening import open_web
        from newsletter.storage.fetched import FetchedAnswers

        store = FetchedAnswers(self.database)
        return open_web(self.settings, store, clock=self.clock, jitter=random.random)

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
        if "web" in self.__dict__:
            self.web.close()
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

    @cached_property
    def newsroom(self) -> Newsroom:
        """Give the place where editions are made."""
        from newsletter.newsroom import Newsroom
        from newsletter.storage.content import UsedContent

        return Newsroom(
            self.settings,
            self.editions,
            clock=self.clock,
            content=lambda: UsedContent(self.database, self.settings.publication.id),
            web=lambda: self.web,
        )

    def assemble(self, day: date, *, fresh: bool = False) -> Assembled:
        """Assemble an edition from its sources and write `editions/DATE/edition.toml`.

        What an editor changed is kept, unless `fresh`.
        """
        return self.newsroom.assemble(day, fresh=fresh)

    def prove(self, day: date, *, keep_best: bool = False) -> Proof:
        """Render the edition of a date and check it as its reader with the longest values.

        Raises `Held` when it has no lead story, `NothingToDo` where such a date is skipped. With
        `keep_best` an earlier look stays in the parts in which it was better.
        """
        from newsletter import proofing

        edition = self.newsroom.sendable(day, keep_best=keep_best)
        return proofing.prove(edition, self.settings, folders=self.template_folders)

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
        from newsletter import proofing

        return proofing.envelope(self.settings.publication, day)

    # --- the send ------------------------------------------------------------------------------

    def find_send(self, day: date) -> Send | None:
        """Look up the send of an edition."""
        return self.ledger.find(self.settings.publication.id, day)

    def rehearse(self, wish: sending.Wish) -> tuple[Proof, int]:
        """Do everything of a send but freeze and deliver: the proof, and how many would get it."""
        proof = self._ready_to_freeze(wish)
        return proof, self.ledger.audience(self.settings.publication.id, wish.day)

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
        self.newsroom.heal(wish.day)
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
        send = self.ledger.freeze(
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
        if send.digest == proof.message.digest:  # else another process froze another message
            self.newsroom.remember(proof.edition)
        return send

    def _ready_to_freeze(self, wish: sending.Wish) -> Proof:
        sending.refuse_if_not_yet(
            wish, due=self.due(wish.day), today=self.today(), now=self.clock.now()
        )
        proof = self.prove(wish.day, keep_best=True)
        proof.refuse_errors()
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
        skipped = None
        try:
            for step in decision.steps:
                did += self._do(step, wants_to_stop)
        except Held as error:
            held.append(f"{error.what} {error.hint}".rstrip())
        except NothingToDo as error:
            skipped = error.what
        return TickReport(
            did=tuple(did),
            next_due=decision.next_due,
            held=" ".join(held) or None,
            skipped=skipped,
        )

    def _situation(self, now: datetime) -> ticking.Today:
        day = calendar.open_day(self.settings.timetable, now)
        send = self.find_send(day)
        return ticking.Today(
            assembled=self.newsroom.is_ready(day),
            look_after=self.newsroom.look_after(day),
            send="none" if send is None else send.status.value,
            unfinished=self.ledger.unfinished(self.settings.publication.id, before=day),
        )

    def _do(self, step: ticking.Step, wants_to_stop: Callable[[], bool]) -> list[str]:
        if step.action in {ticking.Action.PREPARE, ticking.Action.LOOK}:
            return self._prepare(step)
        # A gap at midnight may leave yesterday open (`calendar.open_day`).
        late = step.action is ticking.Action.RESUME or step.day < self.today()
        wish = sending.Wish(day=step.day, late=late)
        view = self.send(wish, wants_to_stop=wants_to_stop).view
        return [ticking.handed_over(view)]

    def _prepare(self, step: ticking.Step) -> list[str]:
        """Assemble and render; a look that found nothing new has nothing to tell."""
        before = self.editions.load(step.day)
        proof = self.prove(step.day, keep_best=True)
        self.keep(proof)
        if step.action is ticking.Action.LOOK:
            return self.newsroom.changes(before, proof.edition)
        return [f"Prepared the edition of {step.day}.", *self.newsroom.warnings(proof.edition)]

    # --- evidence ------------------------------------------------------------------------------

    def events(self) -> EventIntake:
        """Give the intake of the provider's events; raises `ConfigError` where it has none."""
        from newsletter import intake

        return intake.open_intake(self.settings, self.database, self.clock)

    def who(self, canonical: str) -> Dossier:
        """Tell what one person was mailed, with which message, and what became of it."""
        from newsletter.storage import dossier

        return dossier.read(self.database, canonical)

    def audit(self, day: date) -> Audit:
        """Prove what went to whom. Raises `NothingToDo` when the edition has no send."""
        from newsletter import auditing

        name = self.settings.publication.id
        return auditing.audit(self.ledger, self.database, publication=name, day=day)

    @property
    def steering(self) -> Steering:
        """Give the operator's hand on the sends."""
        from newsletter.steering import Steering

        return Steering(
            publication=self.settings.publication.id, ledger=self.ledger, clock=self.clock
        )


def build(
    settings: Settings, *, clock: Clock | None = None, provider: Provider | None = None
) -> App:
    """Open a publication."""
    return App(settings, clock=clock, provider=provider)
