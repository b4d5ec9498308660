"""A publication as a simulation opens it: everything is real but clock, sources and provider."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from newsletter.app import App, bundled
from newsletter.content.source import NO_WEB, Web
from newsletter.core import calendar, private
from newsletter.core.clock import Clock
from newsletter.core.config.alerts import Alerts
from newsletter.core.config.secrets import Secrets
from newsletter.core.config.settings import Settings, SourceEntry, Sources
from newsletter.core.model import Part
from newsletter.delivery.events.suppression_lists import Pull
from newsletter.delivery.providers.sendgrid.provider import over
from newsletter.editions.proofs import Proof
from newsletter.operations.simulation.course import Course
from newsletter.operations.simulation.looks import ProofsByLook
from newsletter.operations.simulation.mortal import Life, MortalDatabase
from newsletter.operations.simulation.stand_in import NAME
from newsletter.sandbox.direct import DirectSandbox
from newsletter.storage.database import Database
from newsletter.storage.opening import open_current, open_list
from newsletter.subscribers import register

_FILE = "simulation.db"
_ZONES = ("Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", None)


def settings_for(settings: Settings, folder: Path, *, key: str, course: Course) -> Settings:
    """Return a publication's settings, led to a folder of the simulation's own.

    Its calendar, delivery, checks and template stay; nothing else of it can be reached.
    """
    own = settings.delivery.model_copy(update={"provider": "sendgrid", "segment": ""})
    sendgrid = settings.sendgrid.model_copy(update={"base_url": "http://127.0.0.1"})
    changes: dict[str, Any] = {
        "root": folder,
        "sources": Sources(**{part.value: (_entry(settings, course, part),) for part in Part}),
        "delivery": own,
        "sendgrid": sendgrid,
        "alerts": Alerts(),
        "database": settings.database.model_copy(update={"url": f"sqlite:///{_FILE}"}),
        "secrets": Secrets({"SENDGRID_API_KEY": "simulated", "SENDGRID_WEBHOOK_PUBLIC_KEY": key}),
        "media": settings.media.model_copy(update={"url": None}),
    }
    return settings.model_copy(update=changes)


def _entry(settings: Settings, course: Course, part: Part) -> SourceEntry:
    """Return the stand-in for a part's sources; what is late comes so long after `prepare_at`."""
    moments = {
        day.isoformat(): _moment(settings, day, one.delay)
        for day, one in course.sources(part).items()
    }
    return SourceEntry.model_validate({"type": NAME, "empty": moments})


def _moment(settings: Settings, day: date, delay: timedelta | None) -> str:
    if delay is None:
        return ""
    return (calendar.due(settings.timetable, day).prepare_at + delay).isoformat()


def copy_templates(settings: Settings, folder: Path) -> None:
    """Take the publication's own templates along."""
    own = settings.root / "templates"
    if own.is_dir():
        shutil.copytree(own, folder / "templates")


class LivedApp(App):
    """The publication in one life of its process."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        sandbox: DirectSandbox,
        life: Life,
        looks: dict[str, Proof],
    ) -> None:
        super().__init__(settings, clock=clock, provider=over(sandbox, settings, clock))
        self._life = life
        self._looks = looks

    @cached_property
    def database(self) -> Database:
        """The simulation's own database, as this life uses it."""
        settings = self.settings
        file = settings.root / _FILE
        if not file.exists():
            private.write_bytes(file, _empty_list())
        opened = open_list(
            settings.database_url,
            settings.database,
            publication=settings.publication.id,
            now=self.clock.now(),
        )
        return MortalDatabase(opened, self._life)

    @cached_property
    def web(self) -> Web:
        """No network."""
        return NO_WEB

    @cached_property
    def proofs(self) -> ProofsByLook:
        """Renders each look of content once."""
        return ProofsByLook(
            settings=self.settings,
            assembler=self.assembler,
            ledger=self.ledger,
            clock=self.clock,
            folders=(self.settings.root / "templates", bundled("templates")),
            looks=self._looks,
        )

    def pull(self) -> Pull | None:
        """Open no lists: nobody leaves in a simulation."""
        return None


def add_readers(app: App, count: int, *, now: datetime) -> None:
    """Put so many readers on the list, who live in several zones where that matters."""
    zones: Sequence[str | None] = _ZONES if app.settings.schedule.zone == "reader" else (None,)
    with app.database.together():
        for number in range(1, count + 1):
            zone = zones[number % len(zones)]
            person = register.person_of(f"reader{number:04}@example.com", zone=zone, attributes={})
            register.add(app.subscribers, person, consent="in a simulation", now=now)


@cache
def _empty_list() -> bytes:
    """Return the file of a database with this version's tables, made once for all simulations."""
    with tempfile.TemporaryDirectory(prefix="newsletter-simulation-") as folder:
        file = Path(folder) / _FILE
        open_current(f"sqlite:///{file}").close()
        return file.read_bytes()
