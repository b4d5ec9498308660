"""The composition root: the only module that names concrete classes.

`build(settings)` gives an `App`; the command line, the scheduler, the desk and the tests all use
it, and only the keyword arguments differ. What is heavy to import is imported when it is needed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.core import calendar, plugins
from newsletter.core.calendar import Due, Timetable
from newsletter.core.clock import Clock, SystemClock
from newsletter.core.config.settings import Settings
from newsletter.core.model import Send
from newsletter.core.model.records import Dossier, SendView
from newsletter.delivery import owner
from newsletter.delivery.handover import Outcome
from newsletter.delivery.preconditions import Wish
from newsletter.delivery.provider import Provider
from newsletter.delivery.testsend import MarkedCopies
from newsletter.editions import Assembled, Editions
from newsletter.editions.approvals import Approving
from newsletter.editions.assembler import Newsroom
from newsletter.editions.editor import Editing
from newsletter.editions.proofs import Proof
from newsletter.editions.status import Almanac
from newsletter.storage.approvals import Approvals
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger

if TYPE_CHECKING:
    from newsletter.content.source import Web
    from newsletter.core.config.settings import Settings
    from newsletter.delivery.audit.rules import Audit
    from newsletter.delivery.control import Steering
    from newsletter.delivery.corrections import Correcting
    from newsletter.delivery.events.intake import EventIntake
    from newsletter.delivery.events.suppression_lists import Pull
    from newsletter.delivery.sends import Dispatch, Rehearsal
    from newsletter.delivery.worker import Worker
    from newsletter.editions.assembler import Newsroom
    from newsletter.editions.proofs import Ask, Proof, Proofroom
    from newsletter.storage.approvals import Approvals
    from newsletter.storage.database import Database
    from newsletter.storage.imports.undo import Imports
    from newsletter.storage.quiet import QuietReaders
    from newsletter.storage.sends.attempts import Attempts
    from newsletter.storage.subscribers.store import Subscribers

_PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """Find a folder or file that comes with the program: in a wheel, or in a checkout."""
    inside = _PACKAGE / "_bundled" / name
    return inside if inside.exists() else _PACKAGE.parent / name


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
        from newsletter.storage.opening import open_current

        return open_current(self.settings.database_url)

    @cached_property
    def subscribers(self) -> Subscribers:
        """Give the list."""
        from newsletter.storage.subscribers.store import Subscribers
        from newsletter.subscribers.erasure import Marks

        key = self.settings.secret("NEWSLETTER_SECRET_KEY")
        return Subscribers(self.database, marker=Marks(key) if key else None)

    @property
    def quiet(self) -> QuietReaders:
        """Give the readers who show no sign of life."""
        from newsletter.storage.quiet import QuietReaders

        return QuietReaders(self.database, self.settings.publication.id)

    @cached_property
    def imports(self) -> Imports:
        """Give the record of imports."""
        from newsletter.storage.imports.undo import Imports

        return Imports(self.database)

    @cached_property
    def ledger(self) -> Ledger:
        """Give the ledger of sends."""
        from newsletter.storage.sends.ledger import Ledger

        return Ledger(self.database)

    @cached_property
    def attempts(self) -> Attempts:
        """Give the record of attempts, which senders share."""
        from newsletter.storage.sends.attempts import Attempts

        return Attempts(self.database)

    @cached_property
    def web(self) -> Web:
        """Give the network as sources meet it; nothing is asked yet."""
        from newsletter.content.web.opening import open_web
        from newsletter.storage.fetched import FetchedAnswers

        store = FetchedAnswers(self.database)
        return open_web(self.settings, store, clock=self.clock, jitter=random.random)

    def provider(self) -> Provider:
        """Make the configured provider; raises `ConfigError` when a key or option is missing."""
        if self._provider is None:
            module = plugins.load("newsletter.delivery.providers", self.settings.delivery.provider)
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

    @property
    def timetable(self) -> Timetable:
        """Give the schedule, with the zones of the readers where their mornings count."""
        by_readers = self.settings.schedule.zone == "reader"
        return self.dispatch.timetable if by_readers else self.settings.timetable

    def due(self, day: date) -> Due | None:
        """Give the moments of a publication date; None when there is no edition that day."""
        return calendar.edition_due(self.timetable, day)

    # --- the edition ---------------------------------------------------------------------------

    @cached_property
    def newsroom(self) -> Newsroom:
        """Give the place where editions are made."""
        from newsletter.editions.assembler import Newsroom
        from newsletter.storage.used_content import UsedContent

        return Newsroom(
            self.settings,
            self.editions,
            clock=self.clock,
            content=lambda: UsedContent(self.database, self.settings.publication.id),
            web=lambda: self.web,
            is_approved=lambda day: self.approvals.find(day) is not None,
        )

    @cached_property
    def approvals(self) -> Approvals:
        """Give the book of approvals."""
        from newsletter.storage.approvals import Approvals

        return Approvals(self.database, self.settings.publication.id)

    @property
    def editorial(self) -> Editorial:
        """Give an editor's rooms: write, look ahead, approve, send a test copy."""
        from newsletter.storage.sends import statements

        name = self.settings.publication.id
        return Editorial(
            settings=self.settings,
            clock=self.clock,
            newsroom=self.newsroom,
            ledger=self.ledger,
            attempts=self.attempts,
            provider=self.provider,
            approvals=self.approvals,
            sends=lambda first, last: statements.between(self.database, name, first, last),
            is_suppressed=lambda canonical: self.subscribers.standing(canonical).suppressed,
            prove=self.proofroom.prove_best,
            keep=self.proofroom.keep,
        )

    def assemble(self, day: date, *, fresh: bool = False) -> Assembled:
        """Assemble an edition from its sources and write `editions/DATE/edition.toml`.

        What an editor changed is kept, unless `fresh`.
        """
        return self.newsroom.assemble(day, fresh=fresh)

    @property
    def proofroom(self) -> Proofroom:
        """Give the place where editions are looked at before they go."""
        from newsletter.editions.proofs import Proofroom

        return Proofroom(
            settings=self.settings,
            editions=self.editions,
            clock=self.clock,
            sendable=self.newsroom.sendable,
            is_frozen=lambda day: self.find_send(day) is not None,
            folders=(self.settings.root / "templates", bundled("templates")),
        )

    def prove(self, day: date, *, keep_best: bool = False, ask: Ask | None = None) -> Proof:
        """Render and check the edition of a date; see `Proofroom.prove`."""
        return self.proofroom.prove(day, keep_best=keep_best, ask=ask)

    # --- the send ------------------------------------------------------------------------------

    @cached_property
    def dispatch(self) -> Dispatch:
        """Give the room in which sends are frozen and handed over."""
        from newsletter.delivery.sends import Dispatch
        from newsletter.message.render import inline_process
        from newsletter.storage.sends.recalls import RecallRecords

        return Dispatch(
            settings=self.settings,
            ledger=self.ledger,
            attempts=self.attempts,
            records=RecallRecords(self.database),
            clock=self.clock,
            newsroom=self.newsroom,
            provider=self.provider,
            prove=replace(self.proofroom, inline=inline_process.inline).prove_best,
            keep=self.proofroom.keep,
            approval=self.approvals.find,
            jitter=random.random,
            alert=self.alert,
        )

    def alert(self, what: str) -> None:
        """Tell the operator what waits for a person; see `alerting.tell`."""
        from newsletter.delivery import alerts

        alerts.tell(what, self.settings, self.database, self.clock)

    @property
    def correcting(self) -> Correcting:
        """Give the room in which an edition that is under way is put right."""
        from newsletter.delivery.corrections import Correcting

        return Correcting(
            ledger=self.ledger,
            records=self.dispatch.records,
            clock=self.clock,
            newsroom=self.newsroom,
            find=self.find_send,
            prove=self.dispatch.prove,
            keep=self.proofroom.keep,
            ahead=self.dispatch.ahead,
        )

    def find_send(self, day: date) -> Send | None:
        """Look up the send of an edition."""
        return self.dispatch.find(day)

    def rehearse(self, wish: Wish) -> Rehearsal:
        """Do everything of a send but freeze and deliver; see `Dispatch.rehearse`."""
        return self.dispatch.rehearse(wish)

    def send(
        self,
        wish: Wish,
        *,
        progress: Callable[[SendView], None] = lambda _view: None,
        wants_to_stop: Callable[[], bool] = _never,
    ) -> Outcome:
        """Freeze and deliver an edition, or go on with it; see `Dispatch.send`."""
        return self.dispatch.send(wish, progress=progress, wants_to_stop=wants_to_stop)

    def worker(self, *, wants_to_stop: Callable[[], bool] = _never) -> Worker:
        """Make a worker for the open sends; see `Dispatch.worker`."""
        return self.dispatch.worker(wants_to_stop=wants_to_stop)

    # --- evidence ------------------------------------------------------------------------------

    def events(self) -> EventIntake:
        """Give the intake of the provider's events; raises `ConfigError` where it has none."""
        from newsletter.delivery.events import intake

        return intake.open_intake(self.settings, self.database, self.clock)

    def pull(self) -> Pull | None:
        """Give the provider's suppression lists; None for one that keeps none."""
        from newsletter.delivery.events import suppression_lists

        return suppression_lists.open_pull(self.settings, self.database, self.clock)

    def who(self, canonical: str) -> Dossier:
        """Tell what one person was mailed, with which message, and what became of it."""
        from newsletter.storage.sends import dossier

        return dossier.read(self.database, canonical)

    def audit(self, day: date) -> Audit:
        """Prove what went to whom. Raises `NothingToDo` when the edition has no send."""
        from newsletter.delivery.audit import evidence

        name = self.settings.publication.id
        proved = evidence.audit(self.ledger, self.database, publication=name, day=day)
        return replace(proved, accepted=self.newsroom.accepted(day))

    @property
    def steering(self) -> Steering:
        """Give the operator's hand on the sends."""
        from newsletter.delivery.control import Steering

        return Steering(
            publication=self.settings.publication.id,
            ledger=self.ledger,
            clock=self.clock,
            records=self.dispatch.records,
            ahead=self.dispatch.ahead,
        )


def build(
    settings: Settings, *, clock: Clock | None = None, provider: Provider | None = None
) -> App:
    """Open a publication."""
    return App(settings, clock=clock, provider=provider)


@dataclass(frozen=True, kw_only=True)
class Editorial:
    """An editor's rooms, over one publication."""

    settings: Settings
    clock: Clock
    newsroom: Newsroom
    ledger: Ledger
    attempts: Attempts
    provider: Callable[[], Provider]
    approvals: Approvals
    sends: Callable[[date, date], Mapping[date, Send]]  # of editions, by date
    is_suppressed: Callable[[str], bool]  # of a canonical address
    prove: Callable[[date], Proof]
    keep: Callable[[Proof], Path]

    @property
    def editing(self) -> Editing:
        """Give the hand on an edition's words."""
        return Editing(settings=self.settings, newsroom=self.newsroom, clock=self.clock)

    @property
    def almanac(self) -> Almanac:
        """Give the editions of any stretch of days, with where each stands."""
        return Almanac(
            settings=self.settings,
            editions=self.newsroom.editions,
            clock=self.clock,
            approvals=self.approvals.between,
            sends=self.sends,
        )

    @property
    def approving(self) -> Approving:
        """Give the word that a message may go out."""
        return Approving(
            book=self.approvals,
            clock=self.clock,
            prove=self.prove,
            keep=self.keep,
            find_send=lambda day: self.ledger.find(self.settings.publication.id, day),
        )

    @property
    def test_copies(self) -> MarkedCopies:
        """Give the marked copies for addresses that are named."""
        return MarkedCopies(
            settings=self.settings,
            ledger=self.ledger,
            attempts=self.attempts,
            clock=self.clock,
            provider=self.provider,
            prove=self.prove,
            is_suppressed=self.is_suppressed,
            owner=owner.this_process,
        )
