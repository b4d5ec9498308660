"""One send over four workers, through the death of a worker and of the database's primary.

    python benchmarks/scale.py --recipients 1000000 [--workers 4] [--folder FOLDER]

Two real PostgreSQL servers, the second a synchronous standby. Everybody on the list is frozen, and
`newsletter worker` processes hand them over to a provider that keeps its own record. At a quarter
of the mails a worker is killed and another one started; at a half all processes of the primary are
killed, and a few seconds later the standby is promoted. What is in doubt at the end is looked up in
the provider's record, as an operator would, and settled with `newsletter send resolve`. Then that
record is read: who has two mails, and who has none.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import publication
from apart import apart
from replicas import Server, either, end_at_once, primary, standby
from tally import Tally, tally

_COMMAND = [sys.executable, "-m", "newsletter"]
_NOTICED_AFTER = 5.0  # seconds from the end of the primary to its standby's promotion
_LOOK_EVERY = 0.5
_NOTE_EVERY = 0.1  # share of the mails after which the workers' memory is noted again


@dataclass(kw_only=True)
class Workers:
    """The workers of one send, each started again when it has ended."""

    root: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    memory: dict[int, dict[int, int]] = field(default_factory=dict)  # process → tenth → MB
    peak: dict[int, int] = field(default_factory=dict)

    def start(self) -> None:
        """Start one more."""
        log = (self.root / "workers.log").open("ab")
        words = [*_COMMAND, "worker", "--config", str(self.root)]
        self.running.append(
            subprocess.Popen(
                words, env=environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        )

    def kill_one(self) -> None:
        """Kill the first, as when its machine breaks down, and start another one."""
        end_at_once(self.running[0].pid)
        self.running.pop(0).wait()
        self.start()

    def note(self, tenth: int) -> None:
        """Note how much memory each has."""
        for one in self.running:
            assert one.poll() is None, f"a worker ended: {one.returncode}"
            self.memory.setdefault(one.pid, {}).setdefault(tenth, _megabytes(one.pid, "VmRSS"))
            self.peak[one.pid] = _megabytes(one.pid, "VmHWM")

    def end(self) -> None:
        """Let all of them end."""
        for one in self.running:
            one.terminate()
        for one in self.running:
            one.wait()


@dataclass(kw_only=True)
class Run:
    """One send, as it goes by."""

    root: Path
    kept: Tally
    servers: list[Server]  # the first is asked; the second takes over
    workers: Workers
    begun: float = field(default_factory=time.monotonic)
    resolved: dict[str, int] = field(default_factory=lambda: {"accepted": 0, "not-accepted": 0})

    def until_it_ends(self) -> None:
        """Disturb it twice, and settle doubts, until nothing is left."""
        worker_lives = True
        while True:
            share = self.kept.mails / self.kept.people
            self.workers.note(int(share / _NOTE_EVERY))
            if worker_lives and share >= 0.25:
                worker_lives = False
                self.workers.kill_one()
                self._say(f"a worker is killed at {self.kept.mails:,} mails")
            elif len(self.servers) == 2 and share >= 0.5:
                self._fail_over()
            elif share > 0.9 and self._is_over():
                return
            time.sleep(_LOOK_EVERY)

    def _fail_over(self) -> None:
        dead, heir = self.servers
        dead.kill()
        at = self.kept.mails
        self._say(f"the primary is killed at {at:,} mails")
        time.sleep(_NOTICED_AFTER)
        before = self.kept.mails
        heir.promote()
        promoted = time.monotonic()
        self.servers = [heir]
        self._say(f"the standby is promoted; {before - at:,} mails without a primary")
        while self.kept.mails == before:
            time.sleep(0.05)
        self._say(f"mails again {time.monotonic() - promoted:.1f} s after the promotion")

    def _is_over(self) -> bool:
        """Say whether nothing is left; where only doubts are, look them up and settle them."""
        question = "SELECT state, number, attempt_id FROM batch WHERE state <> 'submitted'"
        left = self.servers[0].ask(question)
        if any(state != "uncertain" for state, _, _ in left):
            return False
        for _, number, attempt in left:
            word = "accepted" if attempt in self.kept.attempts() else "not-accepted"
            self.resolved[word] += 1
            command(self.root, "send", "resolve", str(number), f"--{word}")
        return not left

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self.begun:8.1f} s  {what}", flush=True)


def environment() -> dict[str, str]:
    return os.environ | {"SENDGRID_API_KEY": "SG.benchmark", "NEWSLETTER_LOGS": "text"}


def command(root: Path, *words: str) -> str:
    """Run a command of the newsletter; return what it prints."""
    done = subprocess.run(
        [*_COMMAND, *words, "--config", str(root)],
        check=False,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{words}: {done.returncode} {done.stdout} {done.stderr}"
    return done.stdout


def fill(server: Server, people: int) -> None:
    """Put so many readers on the list, in the server itself; its indexes are made at the end."""
    unique = server.ask(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = 'subscriber'::regclass AND contype = 'u'"
    )
    for name, _ in unique:
        server.ask(f'ALTER TABLE subscriber DROP CONSTRAINT "{name}"')
    server.ask(
        "INSERT INTO subscriber (publication, address, canonical, name, state, token, attributes, "
        "created_at, changed_at) "
        "SELECT 'main', address, address, 'Reader ' || n, 'active', lpad(n::text, 22, '0'), '{}', "
        f"now(), now() FROM generate_series(0, {people - 1}) AS n, "
        "LATERAL (SELECT 'reader' || lpad(n::text, 9, '0') || '@example.org') AS made (address)"
    )
    for name, definition in unique:
        server.ask(f'ALTER TABLE subscriber ADD CONSTRAINT "{name}" {definition}')
    server.ask("VACUUM ANALYZE subscriber")


def size(server: Server, what: str) -> str:
    """Return how large something is."""
    ((found,),) = server.ask(f"SELECT {what}")
    return f"{int(str(found)) / 1e9:.2f} GB"


def _megabytes(process: int, name: str) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) // 1024
    return 0


@contextmanager
def frozen(people: int, root: Path, kept: Tally) -> Iterator[list[Server]]:
    """Make a list, its standby and the frozen send; say how long each took."""
    with primary(root) as first:
        begun = time.monotonic()
        apart(publication.make, root, 0, kept.port, 4, first.url)
        fill(first, people)
        print(f"list made in {time.monotonic() - begun:.0f} s", flush=True)
        begun = time.monotonic()
        with standby(first) as second:
            print(f"standby made in {time.monotonic() - begun:.0f} s", flush=True)
            _lead_to(root, first.url, either(first, second))
            seconds = _freeze(root, first)
            print(
                f"frozen in {seconds:.0f} s ({people / seconds:,.0f}/s); "
                f"list {size(first, _TABLE.format('subscriber'))}, "
                f"recipients {size(first, _PARTITIONS.format('recipient'))}",
                flush=True,
            )
            yield [first, second]


_TABLE = "pg_total_relation_size('{}')"
_PARTITIONS = "(SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_partition_tree('{}'))"


def _freeze(root: Path, server: Server) -> float:
    """Freeze; return the seconds."""
    before = size(server, "pg_current_wal_lsn() - '0/0'")
    frozen_in = apart(publication.freeze, root)
    after = size(server, "pg_current_wal_lsn() - '0/0'")
    print(f"log of the database: {before} before the freeze, {after} after it", flush=True)
    print(f"memory of the freeze: {frozen_in.memory:.0f} MB at the most", flush=True)
    return frozen_in.seconds


def _lead_to(root: Path, before: str, after: str) -> None:
    file = root / "config.toml"
    file.write_text(file.read_text().replace(before, after))


def measure(people: int, workers: int, folder: Path) -> bool:
    """Do it all; print what was seen, and say whether everybody has one mail."""
    with (
        tempfile.TemporaryDirectory(prefix="newsletter-scale-", dir=folder) as name,
        tally(people, Path(name)) as kept,
    ):
        root = Path(name)
        root.chmod(0o755)  # the servers run as another user
        with frozen(people, root, kept) as servers:
            team = Workers(root=root)
            try:
                return _handed_over(
                    Run(root=root, kept=kept, servers=servers, workers=team), workers
                )
            finally:
                team.end()
                _tell_logs(root)


def _handed_over(run: Run, workers: int) -> bool:
    for _ in range(workers):
        run.workers.start()
    run.until_it_ends()
    seconds = time.monotonic() - run.begun
    kept, team = run.kept, run.workers
    print(f"handed over in {seconds:.0f} s ({kept.people / seconds:,.0f}/s), with both deaths")
    for process, noted in team.memory.items():
        tenths = " ".join(f"{megabytes}" for _, megabytes in sorted(noted.items()))
        print(f"worker {process}: {tenths} MB by tenths of the mails, {team.peak[process]} at most")
    print(f"doubts settled by the provider's record: {run.resolved}")
    print(f"provider: {kept.mails:,} mails, {kept.twice():,} twice, {kept.without():,} missed")
    begun = time.monotonic()
    audit = json.loads(command(run.root, "audit", "--json"))
    print(
        f"audit in {time.monotonic() - begun:.0f} s: complete {audit['complete']}, "
        f"{audit['states']}, {len(audit['attempts']):,} attempts",
        flush=True,
    )
    return bool(audit["complete"]) and not (kept.twice() or kept.without())


def _tell_logs(root: Path) -> None:
    lines = (root / "workers.log").read_text(errors="replace").splitlines()
    told = [line[:220] for line in lines if " WARNING " in line or " ERROR " in line]
    print(f"warnings of the workers: {len(told)}", *told[:20], sep="\n", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipients", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--folder", type=Path, help="where there is room: 3 GB a million")
    chosen: Any = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
    holds = measure(chosen.recipients, chosen.workers, chosen.folder or Path(tempfile.gettempdir()))
    print(f"processors' load at the end {os.getloadavg()[0]:.1f}")
    raise SystemExit(0 if holds else 1)


if __name__ == "__main__":
    main()
