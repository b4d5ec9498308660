"""How long two simulated years take, and the whole table of zones and times.

python benchmarks/simulate.py                 730 days, 50 readers
python benchmarks/simulate.py --table         the same for 4 zones at 4 times, 2 readers
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from datetime import date
from itertools import product
from pathlib import Path

from newsletter.core.config import settings
from newsletter.core.config.settings import Settings
from newsletter.editions.proofs import Proof
from newsletter.operations.simulation.running import Plan, dates_from, simulate

ZONES = ("America/New_York", "Europe/Helsinki", "Africa/Cairo", "Australia/Lord_Howe")
TIMES = ("00:00", "01:30", "02:30", "07:00")
FIRST = date(2026, 1, 1)
CONFIG = """\
[publication]
name = "The Brief"
zone = "{zone}"
url = "https://brief.example.org"
sender = {{ name = "The Brief", email = "editor@brief.example.org" }}
postal_address = "1 Example Street, Exampletown"

[schedule]
at = "{at}"
"""


def told(folder: Path, *, zone: str, at: str) -> Settings:
    """Write a publication's configuration and read it."""
    (folder / "config.toml").write_text(CONFIG.format(zone=zone, at=at), encoding="utf-8")
    return settings.load(folder, {})


def measure(zone: str, at: str, *, days: int, readers: int, looks: dict[str, Proof]) -> bool:
    """Simulate; print what it cost and whether every date was sent once, on time."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(
            settings=told(Path(folder), zone=zone, at=at),
            dates=dates_from(FIRST, days),
            readers=readers,
        )
        begun, cpu = time.monotonic(), time.process_time()
        found = simulate(plan, looks=looks)
    cpu, took = time.process_time() - cpu, time.monotonic() - begun
    verdicts = Counter(str(day.verdict) for day in found)
    punctual = sum(day.arrived == day.due for day in found)
    print(
        f"{zone:<20} {at}  {days} days x {readers} readers  {dict(verdicts)}  "
        f"on the minute: {punctual}  processor {cpu:.0f} s, clock {took:.0f} s",
        flush=True,
    )
    return verdicts == {"once": days} and punctual == days


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--zone", choices=ZONES, help="one zone of the table")
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--readers", type=int)
    chosen = parser.parse_args()
    cases = [*product(ZONES, TIMES)] if chosen.table else [("Europe/London", "07:00")]
    cases = [case for case in cases if chosen.zone in {None, case[0]}]
    readers = chosen.readers or (2 if chosen.table else 50)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    looks: dict[str, Proof] = {}
    results = [measure(*case, days=chosen.days, readers=readers, looks=looks) for case in cases]
    raise SystemExit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
