"""A month of a daemon whose process is killed at random, and who got each day's edition.

python benchmarks/killed_month.py [--days 31] [--seed 1] [--readers 6]

The sandbox answers for SendGrid here; each life of the daemon is a process of its own that does
tick after tick on the clock all share, until SIGKILL ends it, wherever it is. Prints a line a day.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from newsletter.app import build
from newsletter.core.config import settings as configuration
from newsletter.core.errors import NewsletterError
from newsletter.operations import tick
from newsletter.sandbox.server import Sandbox
from tests.support.chaos import SharedClock
from tests.support.processes import LOADED
from tests.support.publication import make_publication

FIRST = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)
KILLED_WITHIN = 0.6  # seconds of a life that ends by itself late, if at all
_CONTEXT = multiprocessing.get_context("fork")


def live(root: Path, environment: dict[str, str], clock_file: Path, until: float) -> None:
    """Be the daemon until the day is over: a tick, then a rest; what it raises it goes on from."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    clock = SharedClock(clock_file)
    app = build(configuration.load(root, environment), clock=clock)
    while clock.now().timestamp() < until:
        with suppress(NewsletterError):
            report = tick.run(app)
            if report.rest_until is not None:
                clock.leap(
                    max(60.0, min(1800.0, (report.rest_until - clock.now()).total_seconds()))
                )
                continue
        clock.leap(60.0)
    app.close()


def day_of_life(start: list[object], chance: random.Random) -> int:
    """Let a day go by: kill each life at a random moment; return how many were killed."""
    kills = 0
    while True:
        process: BaseProcess = _CONTEXT.Process(target=live, args=tuple(start))
        process.start()
        if kills < 6 and chance.random() < 0.8:
            process.join(chance.uniform(0.02, KILLED_WITHIN))
            if process.is_alive() and process.pid:
                os.kill(process.pid, signal.SIGKILL)
        process.join()
        if process.exitcode == 0:
            return kills
        kills += 1


def main() -> None:
    """Live through the month, and compare the mailbox with the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readers", type=int, default=6)
    wish = parser.parse_args()
    chance, begun = random.Random(wish.seed), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found, kills = month(Path(folder), wish, chance)
    wrong = [day for day, verdict in found.items() if verdict != "once"]
    print(f"{wish.days} days, {kills} kills, {time.monotonic() - begun:.0f} s; not once: {wrong}")
    sys.exit(bool(wrong))


def month(
    folder: Path, wish: argparse.Namespace, chance: random.Random
) -> tuple[dict[str, str], int]:
    """Return a verdict for each date, and how many lives were killed."""
    clock = SharedClock(folder / "clock")
    clock.leap((FIRST - datetime.now(UTC)).total_seconds())
    for name in LOADED:  # once, and not in each life
        importlib.import_module(name)
    kills = 0
    with Sandbox(
        folder / "mailbox", clock=lambda: clock.now().timestamp(), store="index"
    ) as sandbox:
        publication = make_publication(
            folder / "brief",
            base_url=sandbox.url,
            people=wish.readers,
            batch_size=2,
            NEWSLETTER_DELIVERY__MODE="scheduled",
            NEWSLETTER_DATABASE__URL=f"sqlite:///{folder / 'newsletter.db'}",
        )
        environment = dict(publication.environment)
        for number in range(wish.days):
            end = (FIRST + timedelta(days=number + 1)).timestamp()
            start: list[object] = [publication.root, environment, folder / "clock", end]
            killed = day_of_life(start, chance)
            kills += killed
            print(f"{(FIRST + timedelta(days=number)).date()}: {killed} kills", flush=True)
        return verdicts(sandbox, publication, wish), kills


def verdicts(sandbox: Sandbox, publication: object, wish: argparse.Namespace) -> dict[str, str]:
    """Say of each date whether every reader got its edition once."""
    copies: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mail in sandbox.mails():
        copies[mail.custom_args.get("nl_send", "")][mail.recipient] += 1
    app = publication.open()  # type: ignore[attr-defined]
    found = {}
    for number in range(wish.days):
        day = (FIRST + timedelta(days=number)).date()
        send = app.sends.find(day)
        mails = copies[str(send.id)] if send else Counter()
        twice = sum(count - 1 for count in mails.values())
        missed = wish.readers - len(mails)
        found[f"{day}"] = "once" if not twice and not missed else f"{twice} twice, {missed} missed"
    app.close()
    return found


if __name__ == "__main__":
    main()
