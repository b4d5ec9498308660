"""The composition root: the only module that names concrete classes.

`build(settings)` gives an `App`; the command line, the scheduler, the desk and the tests all use
it, and only the keyword arguments differ. What is heavy to import is imported when it is needed.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.core import calendar
from newsletter.core.calendar import Timetable
from newsletter.core.clock import Clock, SystemClock
from newsletter.core.model import SendKind
from newsletter.editions import EditionFiles
from newsletter.storage.stores import Stores

if TYPE_CHECKING:
    from newsletter.content.source import Web
    from newsletter.core.config.settings import Settings
    from newsletter.delivery.alerts import Alerts
    from newsletter.delivery.audit.rules import Audit
    from newsletter.delivery.control import SendControl
    from newsletter.delivery.corrections import Corrections
    from newsletter.delivery.events.intake import EventIntake
    from newsletter.delivery.events.suppression_lists import Pull
    from newsletter.delivery.proof_mails import ProofMails
    from newsletter.delivery.provider import Provider
    from newsletter.delivery.restored import RestoredGuard
    from newsletter.delivery.sends import Sends
    from newsletter.delivery.single_mails import SingleMailDelivery
    from newsletter.delivery.testsend import TestSends
    from newsletter.delivery.welcomes import Welcomes
    from newsletter.editions.approvals import Approvals
    from newsletter.editions.assembler import Assembler
    from newsletter.editions.choices import Choices
    from newsletter.editions.editor import Editor
    from newsletter.editions.offers import Offers
    from newsletter.editions.proofs import Proofs
    from newsletter.editions.status import EditionCalendar
    from newsletter.editions.weekly import Weekly

_PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """Find a folder or file that comes with the program: in a wheel, or in a checkout."""
    inside = _PACKAGE / "_bundled" / name
    return inside if inside.exists() else _PACKAGE.parent / name


class App(Stores):
    """One publication, opened. Each part is made when it is first asked for."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, provider: Provider | None = None
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.files = EditionFiles(settings.root / "editions")
        self._provider = provider

    def close(self) -> None:
        """Give back connections."""
        if self._provider is not None:
            self._provider.close()
        if "web" in self.__dict__:
            self.web.close()
        if "web_anew" in self.__dict__:
            self.web_anew.close()
        if "database" in self.__dict__:
            self.database.close()

    # --- the world outside ---------------------------------------------------------------------

    @cached_property
    def web(self) -> Web:
        """The network as sources meet it; nothing is asked yet."""
        return self._open_web()

    @cached_property
    def web_anew(self) -> Web:
        """The network, asked anew whatever is stored of it: somebody waits for the newest."""
        return self._open_web(asks_anew=True)

    def _open_web(self, *, asks_anew: bool = False) -> Web:
        from newsletter.content.web.opening import open_web
        from newsletter.storage.fetched import FetchedAnswers

        return open_web(
            self.settings,
            FetchedAnswers(self.database),
            clock=self.clock,
            jitter=random.random,
            asks_anew=asks_anew,
        )

    def provider(self) -> Provider:
        """Open the configured provider; raises what `open_provider` raises."""
        if self._provider is None:
            from newsletter.delivery.opening import open_provider

            self._provider = open_provider(self.settings, self.clock)
        return self._provider

    @cached_property
    def alerts(self) -> Alerts:
        """What tells the operator that something waits for a person."""
        from newsletter.delivery.alerts import Alerts

        return Alerts(self.settings, self.database, self.clock)

    # --- the calendar --------------------------------------------------------------------------

    def today(self) -> date:
        """Return the publication date of this moment, in the publication's zone."""
        return calendar.today(self.settings.publication.zone, self.clock.now())

    @property
    def timetable(self) -> Timetable:
        """The schedule, with the zones of the readers where their mornings count."""
        by_readers = self.settings.schedule.zone == "reader"
        return self.sends.timetable if by_readers else self.settings.timetable

    # --- the edition ---------------------------------------------------------------------------

    @cached_property
    def assembler(self) -> Assembler:
        """Makes editions from their sources."""
        from newsletter.editions.assembler import Assembler

        return Assembler(
            settings=self.settings,
            files=self.files,
            clock=self.clock,
            content=self.used_content,
            approvals=self.approval_records,
            web=lambda: self.web,
        )

    @cached_property
    def proofs(self) -> Proofs:
        """Renders and checks editions before they go."""
        from newsletter.editions.proofs import Proofs

        return Proofs(
            settings=self.settings,
            assembler=self.assembler,
            ledger=self.ledger,
            clock=self.clock,
            folders=(self.settings.root / "templates", bundled("templates")),
        )

    @cached_property
    def editor(self) -> Editor:
        """Changes an edition's words."""
        from newsletter.editions.editor import Editor

        def is_stopped(day: date) -> bool:
            send = self.ledger.find(self.settings.publication.id, day)
            return send is not None and send.status == "paused"

        return Editor(
            settings=self.settings,
            assembler=self.assembler,
            clock=self.clock,
            is_stopped=is_stopped,
        )

    @cached_property
    def choices(self) -> Choices:
        """What could stand in a feature's place."""
        from newsletter.editions.choices import Choices

        return Choices(assembler=self.assembler, editor=self.editor, clock=self.clock)

    @cached_property
    def offers(self) -> Offers:
        """What may be taken for a day without a story."""
        from newsletter.editions.offers import Offers

        return Offers(
            settings=self.settings,
            assembler=self.assembler,
            clock=self.clock,
            past=self.used_content.past,
            web=lambda: self.web_anew,
        )

    @cached_property
    def approvals(self) -> Approvals:
        """A person's word that a message may go out."""
        from newsletter.editions.approvals import Approvals

        return Approvals(
            publication=self.settings.publication.id,
            records=self.approval_records,
            ledger=self.ledger,
            proofs=self.proofs,
            clock=self.clock,
        )

    @cached_property
    def proof_mails(self) -> ProofMails:
        """The proofs that the editor gets by mail, and what approves them."""
        from newsletter.delivery.proof_mails import ProofMails

        return ProofMails(
            settings=self.settings,
            database=self.database,
            clock=self.clock,
            proofs=self.proofs,
            approvals=self.approvals,
            readers=self.edition_calendar.readers,
        )

    @cached_property
    def edition_calendar(self) -> EditionCalendar:
        """The editions of any stretch of days, with the status of each."""
        from newsletter.editions.status import EditionCalendar

        return EditionCalendar(
            settings=self.settings,
            files=self.files,
            clock=self.clock,
            approvals=self.approval_records,
            ledger=self.ledger,
        )

    # --- the send ------------------------------------------------------------------------------

    @cached_property
    def sends(self) -> Sends:
        """The sends: frozen once, handed over, gone on with."""
        from newsletter.delivery.sends import Sends
        from newsletter.message.render import inline_process

        return Sends(
            settings=self.settings,
            ledger=self.ledger,
            attempts=self.attempts,
            records=self.recall_records,
            clock=self.clock,
            proofs=replace(self.proofs, inline=inline_process.inline),
            approvals=self.approval_records,
            provider=self.provider,
            alerts=self.alerts,
            restored=self.restored,
        )

    @cached_property
    def restored(self) -> RestoredGuard:
        """What keeps a restored database from mailing anybody twice."""
        from newsletter.delivery.restored import RestoredGuard

        place = (self.database, self.files.folder)
        return RestoredGuard.of(self.settings, *place, clock=self.clock)

    @cached_property
    def weekly(self) -> Weekly:
        """Makes the digests of weeks."""
        from newsletter.editions.weekly import Weekly, WeeklyFiles
        from newsletter.message.render import inline_process

        return Weekly(
            settings=self.settings,
            content=self.used_content,
            ledger=self.ledger,
            clock=self.clock,
            files=WeeklyFiles(self.files.folder),
            folders=self.proofs.folders,
            inline=inline_process.inline,
            votes=lambda days: {
                day: rating.average for day, rating in self.answers.ratings(days).items()
            },
        )

    @cached_property
    def weekly_sends(self) -> Sends:
        """The sends of digests."""
        from newsletter.editions.marks import SendMarks

        # An operator's word about a date after a restore holds for both of its kinds.
        marks = SendMarks(self.files.folder, ending=f"-{SendKind.WEEKLY}")
        restored = replace(self.restored, marks=marks)
        return replace(self.sends, kind=SendKind.WEEKLY, proofs=self.weekly, restored=restored)

    def sends_of(self, kind: SendKind) -> Sends:
        """Return the sends of editions, or those of digests."""
        return self.weekly_sends if kind is SendKind.WEEKLY else self.sends

    @cached_property
    def test_sends(self) -> TestSends:
        """Marked copies for addresses that are named."""
        from newsletter.delivery.testsend import TestSends

        return TestSends(
            settings=self.settings,
            ledger=self.ledger,
            attempts=self.attempts,
            clock=self.clock,
            proofs=self.proofs,
            subscribers=self.subscribers,
            provider=self.provider,
        )

    @cached_property
    def single_delivery(self) -> SingleMailDelivery:
        """What hands over the single mails that are due."""
        from newsletter.delivery.single_mails import SingleMailDelivery

        return SingleMailDelivery(
            publication=self.settings.publication,
            mails=self.single_mails,
            ledger=self.ledger,
            provider=self.provider,
            clock=self.clock,
        )

    @cached_property
    def welcomes(self) -> Welcomes:
        """What a reader gets who joins after an edition was frozen."""
        from newsletter.delivery.welcomes import Welcomes

        return Welcomes(settings=self.settings, mails=self.single_mails)

    @cached_property
    def corrections(self) -> Corrections:
        """What puts right an edition that is under way."""
        from newsletter.delivery.corrections import Corrections

        return Corrections(sends=self.sends, proofs=replace(self.proofs, inline=self.weekly.inline))

    @cached_property
    def control(self) -> SendControl:
        """An operator's hand on the sends of editions."""
        return self.control_of(SendKind.EDITION)

    def control_of(self, kind: SendKind) -> SendControl:
        """Return an operator's hand on the sends of a kind."""
        from newsletter.delivery.control import SendControl

        return SendControl(
            kind=kind,
            publication=self.settings.publication.id,
            ledger=self.ledger,
            records=self.recall_records,
            clock=self.clock,
            scheduled=self.sends_of(kind).scheduled,
            restored=self.restored,
        )

    # --- evidence ------------------------------------------------------------------------------

    def events(self) -> EventIntake:
        """Open the intake of the provider's events; raises `ConfigError` where it has none."""
        from newsletter.delivery.events import intake

        return intake.open_intake(self.settings, self.database, self.clock)

    def events_set_aside(self) -> int:
        """Count what the provider reported and could not be taken."""
        from newsletter.storage.events import EventStore

        return EventStore(self.database).count_aside(self.settings.delivery.provider)

    def pull(self) -> Pull | None:
        """Open the provider's suppression lists; None for one that keeps none."""
        from newsletter.delivery.events import suppression_lists

        return suppression_lists.open_pull(self.settings, self.database, self.clock)

    def audit(self, day: date, kind: SendKind = SendKind.EDITION) -> Audit:
        """Prove what went to whom. Raises `NothingToDo` when the edition has no send."""
        from newsletter.delivery.audit import evidence

        name = self.settings.publication.id
        proved = evidence.audit(self.ledger, self.database, publication=name, day=day, kind=kind)
        if kind is not SendKind.EDITION:
            return proved
        return replace(proved, accepted=self.assembler.accepted(day))


def build(
    settings: Settings, *, clock: Clock | None = None, provider: Provider | None = None
) -> App:
    """Open a publication."""
    return App(settings, clock=clock, provider=provider)
