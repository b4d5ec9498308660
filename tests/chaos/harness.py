"""Sends under chaos: killed, restarted until they end, and compared with who got a mail."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from providers import NOT_YET, provider
from troubles import LOCK_TIMEOUT, Troubles, lay

from newsletter.app import App
from newsletter.core.errors import ExitCode, StorageError
from newsletter.core.model import BatchState
from newsletter.delivery.preconditions import SendRequest
from newsletter.storage.sends import dossier
from newsletter.storage.tables import batch, recipient
from tests.support.chaos import NO_DATABASE, Mistake, Role, SharedClock, Task, draw, opened, work
from tests.support.database import bring_up, postgresql_database, sqlite_url
from tests.support.processes import fork
from tests.support.publication import Publication, make_publication, readers

PEOPLE, BATCH = 120, 5
TIMEOUT = 0.25  # seconds the provider has for an answer
PATIENCE = 300  # seconds a send may take in all
NEW_EVERY = 20  # one send in so many begins with its freeze
FAR = 0.25  # share of sends whose senders are as on machines of their own
KILLED = -9
_LATER = (0, 0, 4 * 3600)  # seconds after its moment that a deferred copy is tried again
_SETTLED = (BatchState.SUBMITTED, BatchState.CANCELLED)
ENDS = {KILLED, *(ExitCode.DONE, ExitCode.NOTHING_TO_DO, ExitCode.HELD, ExitCode.TRY_LATER)}


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What kind of send is disturbed."""

    mode: Literal["immediate", "scheduled"]
    database: Literal["sqlite", "postgresql"]
    workers: int
    provider: Literal["sendgrid", "smtp"] = "sendgrid"
    troubled: bool = False  # the database is in trouble, too

    @property
    def is_ahead(self) -> bool:
        return self.mode == "scheduled"

    @property
    def kills(self) -> int:
        """Say how often one send is killed; ahead of time ten doubts are all there may be."""
        return 6 if self.is_ahead else 25

    def __str__(self) -> str:
        trouble = "-troubled" if self.troubled else ""
        return f"{self.mode}-{self.provider}-{self.database}-{self.workers}{trouble}"


@dataclass(kw_only=True)
class Score:
    """What became of everybody, summed over sends."""

    sends: int = 0
    kills: int = 0
    faults: int = 0
    recipients: int = 0
    twice: int = 0  # mails that were one too many
    missed: int = 0  # people without a mail whom no doubt names
    uncertain: int = 0  # people whom a doubt names, with or without a mail
    deferred: int = 0  # people who were asked to be tried later until it was too late
    troubles: int = 0  # of the database
    problems: tuple[str, ...] = ()  # what the audits say besides doubts

    def __add__(self, other: Score) -> Score:
        return Score(**{name: mine + getattr(other, name) for name, mine in vars(self).items()})

    @property
    def holds(self) -> bool:
        """Say whether everybody was mailed once, or is named."""
        return not (self.twice or self.missed or self.problems)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all sends of a setup have in common: a publication, and two databases to copy."""

    setup: Setup
    publication: Publication
    day: date
    server: str | None  # None: SQLite
    listed: str  # the address of a database with the list, and no send
    frozen: str  # of one with a send that was frozen and not begun


@contextmanager
def prepared(setup: Setup, folder: Path, server: str | None) -> Iterator[Ground]:
    """Make a publication, its list, and a frozen send."""
    folder.mkdir(parents=True)
    server = server if setup.database == "postgresql" else None
    with database(server, folder / "listed") as listed:
        bring_up(listed)
        more = {"NEWSLETTER_DATABASE__LOCK_TIMEOUT": LOCK_TIMEOUT} if setup.troubled else {}
        more |= NOT_YET if setup.provider == "smtp" else {}
        if setup.troubled:
            lay(server, listed)
        publication = make_publication(
            folder / "brief",
            people=PEOPLE,
            batch_size=BATCH,
            parallel=1 if setup.is_ahead else 2,
            timeout=TIMEOUT,
            NEWSLETTER_DATABASE__URL=listed,
            NEWSLETTER_DELIVERY__MODE=setup.mode,
            **more,
        )
        with database(server, folder / "frozen", like=listed) as frozen:
            publication.environment["NEWSLETTER_DATABASE__URL"] = frozen
            app = publication.open()
            day = app.today()
            app.sends.freeze(SendRequest(day=day, at_once=True))
            app.close()
            yield Ground(
                setup=setup,
                publication=publication,
                day=day,
                server=server,
                listed=listed,
                frozen=frozen,
            )


@contextmanager
def database(server: str | None, folder: Path, *, like: str | None = None) -> Iterator[str]:
    """Make a database, empty or like another one; give its address."""
    template = sa.make_url(like).database if like else None
    if server is not None:
        with postgresql_database(server, template=template or "template1") as url:
            yield url
        return
    folder.mkdir()
    if template:
        shutil.copy(template, folder)
    yield sqlite_url(folder)


def series(ground: Ground, folder: Path, *, seed: int, kills: int) -> Score:
    """Disturb one send after the other until so many senders were killed."""
    total = Score()
    while total.kills < kills:
        name = f"{ground.setup}-{seed}-{total.sends}"
        total += disturbed(
            ground,
            folder / name,
            chance=random.Random(name),
            kills=min(ground.setup.kills, kills - total.kills),
            is_new=total.sends % NEW_EVERY == NEW_EVERY - 1,
        )
    return total


def disturbed(
    ground: Ground,
    folder: Path,
    *,
    chance: random.Random,
    kills: int,
    is_new: bool = False,
    mistake: Mistake | None = None,
) -> Score:
    """Bring one send to its end, whatever happens to its senders; say who got what."""
    folder.mkdir(parents=True)
    clock = SharedClock(folder / "clock")
    like = ground.listed if is_new else ground.frozen
    setup = ground.setup
    with (
        database(ground.server, folder / "database", like=like) as url,
        provider(
            setup.provider, folder, chance=chance, clock=clock, is_ahead=setup.is_ahead
        ) as provided,
    ):
        environment = ground.publication.environment | provided.environment
        environment |= {"NEWSLETTER_DATABASE__URL": url}
        task = Task(
            root=ground.publication.root,
            environment=environment,
            clock=folder / "clock",
            day=ground.day,
            said=folder / "said",
            is_far=chance.random() < FAR,
            mistake=mistake,
        )
        with opened(task) as app:
            run = Run(app=app, clock=clock, setup=setup, task=task, chance=chance, kills=kills)
            troubles = run.troubles(url)
            with troubles.at_work() if setup.troubled else nullcontext():
                run.until_it_ends()
            clock.leap(2 * 24 * 3600)  # what was handed over ahead arrives
            score = run.compared(provided.mails())
            hit = provided.hits()
    clock.close()
    shutil.rmtree(folder)
    return score + Score(kills=run.killed, faults=hit, troubles=len(troubles.met))


@dataclass(kw_only=True)
class Run:
    """The senders of one send, each started again when it has ended."""

    app: App
    clock: SharedClock
    setup: Setup
    task: Task
    chance: random.Random
    kills: int  # how often may still be killed
    killed: int = 0
    _at_work: list[BaseProcess] = field(default_factory=list)

    def troubles(self, url: str) -> Troubles:
        """Return what may befall the database of this send."""
        return Troubles(
            url=url,
            clock=self.clock,
            chance=random.Random(self.chance.random()),
            senders=lambda: [process.pid for process in list(self._at_work)],
        )

    def until_it_ends(self) -> None:
        """Start senders until nothing is left to do, then let the last of them end."""
        end = time.monotonic() + PATIENCE
        while not self._is_over():
            assert time.monotonic() < end, self._stuck()
            while len(self._at_work) < self.setup.workers:
                self._start()
            wait([process.sentinel for process in self._at_work], timeout=1)
            self._look()
        for process in self._at_work:
            process.join(PATIENCE)
        self._look()

    def _stuck(self) -> str:
        """Say where a send stands that does not end."""
        with self.app.database.read() as connection:
            rows = connection.execute(sa.select(batch).where(batch.c.state.not_in(_SETTLED))).all()
        return f"the send does not end at {self.clock.now()}: {rows}\n{self.task.said.read_text()}"

    def _start(self) -> None:
        leads = all(process.name != "send" for process in self._at_work)
        role: Role = "send" if leads else "worker"
        may_end = self.killed + len(self._at_work) < self.kills
        end = draw(self.chance, is_ahead=self.setup.is_ahead, is_frozen=self._is_frozen())
        process = fork(work, replace(self.task, role=role, end=end if may_end else None))
        process.name = role
        self._at_work.append(process)

    def _look(self) -> None:
        """Count who was killed; whoever ended otherwise ended in one of the house's ways."""
        for process in [one for one in self._at_work if not one.is_alive()]:
            self._at_work.remove(process)
            self.killed += process.exitcode == KILLED
            ends = ENDS | {NO_DATABASE} if self.setup.troubled else ENDS
            assert process.exitcode in ends, (process.exitcode, self.task.said.read_text())
            if process.exitcode == ExitCode.TRY_LATER:
                self.clock.leap(20)  # the same command again, later

    def _is_frozen(self) -> bool:
        try:
            return self.app.sends.find(self.task.day) is not None
        except StorageError:  # it is away
            return True

    def _is_over(self) -> bool:
        """Say whether nothing is left to do; who is to be tried later may wait no longer."""
        try:
            send = self.app.sends.find(self.task.day)
            if send is None:
                return False
            view = self.app.ledger.view(send.id)
        except StorageError:  # it is away
            return False
        under_way = [BatchState.PLANNED, BatchState.CLAIMED]
        under_way += [BatchState.UNCERTAIN] if self.setup.is_ahead else []
        if any(view.tally(state).batches for state in under_way):
            return False
        if view.next_retry is not None:
            rest = (view.next_retry - self.clock.now()).total_seconds()
            self.clock.leap(max(0.0, rest) + self.chance.choice(_LATER))
        return not view.tally(BatchState.DEFERRED).batches

    def compared(self, mails: Counter[str]) -> Score:
        """Compare the mailbox with the audience, and both with the audit."""
        audit = self.app.audit(self.task.day)
        without = [address for address, _ in readers(PEOPLE) if not mails[address]]
        deferred = self._deferred()
        wrong = [f"{one} has a mail, and is listed as deferred" for one in deferred if mails[one]]
        return Score(
            sends=1,
            recipients=PEOPLE,
            twice=sum(count - 1 for count in mails.values()),
            missed=sum(not self._is_named(address) for address in without),
            uncertain=audit.states.get(BatchState.UNCERTAIN, 0),
            deferred=len(deferred),
            problems=(*(one for one in audit.problems if "is uncertain" not in one), *wrong),
        )

    def _deferred(self) -> list[str]:
        query = sa.select(recipient.c.address).where(recipient.c.outcome == "deferred")
        with self.app.database.read() as connection:
            return [str(address) for address in connection.scalars(query)]

    def _is_named(self, address: str) -> bool:
        """Say whether the audit tells that this person is in doubt, or was deferred too often."""
        read = dossier.read(self.app.database, address, publication="main")
        state = read.copies[0].state
        return state in {BatchState.UNCERTAIN, "deferred"}
