"""Kill a thousand senders, and show what became of everybody: `make chaos`.

    python tests/chaos/run.py                     1,000 kills, a sixteenth for each setup
    python tests/chaos/run.py --kills 80 --seed 7 --jobs 1

Setups run beside each other, each with a database server of its own, since some stop theirs. The
same seed draws the same faults and the same ends; which of them a sender reaches depends on the
machine. Exit 1 when anybody was mailed twice or missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from harness import Score, Setup, prepared, series

from tests.support.database import postgresql_server

SETUPS = [
    Setup(mode=mode, database=database, workers=workers)
    for mode in ("immediate", "scheduled")
    for database, workers in (
        ("sqlite", 1),
        ("postgresql", 1),
        ("postgresql", 2),
        ("postgresql", 4),
    )
]
TROUBLED = [
    Setup(mode=mode, provider=provider, database=database, workers=workers, troubled=True)
    for mode, provider, database, workers in (
        ("immediate", "sendgrid", "sqlite", 1),
        ("immediate", "sendgrid", "postgresql", 2),
        ("immediate", "smtp", "sqlite", 1),
        ("immediate", "smtp", "postgresql", 1),
        ("immediate", "smtp", "postgresql", 2),
        ("immediate", "smtp", "postgresql", 4),
        ("scheduled", "sendgrid", "sqlite", 1),
        ("scheduled", "sendgrid", "postgresql", 2),
    )
]
HEAD = (
    "mode       provider  database    senders  sends  kills  faults  troubles  recipients"
    "  twice  missed  uncertain  deferred"
)


def main() -> int:
    """Disturb every setup in turn; print a row for each, and the sums."""
    options = _options()
    for name in [name for name in os.environ if name.startswith(("NEWSLETTER_", "SENDGRID_"))]:
        del os.environ[name]
    setups = TROUBLED if options.troubled else [*SETUPS, *TROUBLED]
    kills = -(-options.kills // len(setups))
    begun, total = time.monotonic(), Score()
    print(HEAD, flush=True)
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        disturb = partial(disturbed_setup, seed=options.seed, kills=kills)
        for setup, score in zip(setups, pool.map(disturb, setups), strict=True):
            print(row(score, title(setup)), flush=True)
            total += score
    print(row(total, f"{'together':40}"))
    minutes = (time.monotonic() - begun) / 60
    print(f"\nSeed {options.seed}, {minutes:.1f} minutes on {os.cpu_count()} cores.")
    for problem in total.problems:
        print(f"The audit says: {problem}")
    return 0 if total.holds else 1


def disturbed_setup(setup: Setup, *, seed: int, kills: int) -> Score:
    """Disturb sends of one setup until so many senders were killed."""
    server = postgresql_server() if setup.database == "postgresql" else nullcontext()
    with server as url, tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / str(setup)
        with prepared(setup, place / "ground", url) as ground:
            return series(ground, place, seed=seed, kills=kills)


def title(setup: Setup) -> str:
    """Name a setup in the table."""
    return f"{setup.mode:9}  {setup.provider:8}  {setup.database:10}  {setup.workers:7}"


def row(score: Score, title: str) -> str:
    """Write a line of the table."""
    return (
        f"{title}  {score.sends:5}  {score.kills:5}  {score.faults:6}  {score.troubles:8}"
        f"  {score.recipients:10}  {score.twice:5}  {score.missed:6}  {score.uncertain:9}"
        f"  {score.deferred:8}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill senders and see who is mailed twice.")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="setups at a time")
    parser.add_argument("--troubled", action="store_true", help="only with the database in trouble")
    parser.add_argument("--seed", type=int, default=20260302)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
