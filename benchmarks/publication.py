"""A publication with so many readers, and its send."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

BASE = "https://brief.example.org"
STORY = '+++\ntitle = "How tide tables are made"\n+++\n\n' + "A promise about the sea. " * 120
_CONFIG = """
[publication]
name = "The Brief"
url = "{base}"
sender = {{ name = "The Brief", email = "editor@brief.example.org" }}
postal_address = "1 Example Street, Exampletown"
[sources]
story = [{{ type = "markdown", rotate = true }}]
fact = []
quote = []
word = []
[sendgrid]
base_url = "http://127.0.0.1:{port}"
[delivery]
parallel = {connections}
[database]
url = "{database}"
"""
_CHUNK = 10_000
_SECRETS = {"SENDGRID_API_KEY": "SG.benchmark"}


def make(root: Path, count: int, port: int, connections: int, database: str) -> float:
    """Write a publication whose list has so many readers; give the seconds it took."""
    import sqlalchemy as sa

    from newsletter.storage.tables import subscriber, suppression

    start = time.perf_counter()
    config = _CONFIG.format(base=BASE, port=port, connections=connections, database=database)
    (root / "config.toml").write_text(config)
    stories = root / "content" / "stories"
    stories.mkdir(parents=True, exist_ok=True)
    (stories / "tides.md").write_text(STORY)
    app = open_app(root)
    with app.database.write() as connection:
        if database.startswith("sqlite"):
            connection.exec_driver_sql("PRAGMA cache_size = -300000")  # of this process alone
        for chunk in _readers(count):
            connection.execute(sa.insert(subscriber), chunk)
        # Somebody leaves on every morning, and their mark stands when the send begins.
        gone = {
            "canonical": "gone@elsewhere.example.org",
            "reason": "left",
            "at": datetime.now(UTC),
        }
        connection.execute(sa.insert(suppression), gone)
    app.close()
    return time.perf_counter() - start


def send(root: Path) -> float:
    """Do all of `newsletter send --now` but loading and rendering; give the seconds."""
    from newsletter.delivery.preconditions import SendRequest

    app = open_app(root)
    sends = _rendered(app)
    app.provider()
    start = time.perf_counter()
    outcome = sends.start(SendRequest(day=app.today(), at_once=True))
    seconds = time.perf_counter() - start
    app.close()
    assert str(outcome.view.send.status) == "complete", outcome.view
    return seconds


def freeze(root: Path) -> float:
    """Write a send with everybody on the list; give the seconds."""
    from newsletter.delivery.preconditions import SendRequest

    app = open_app(root)
    sends = _rendered(app)
    start = time.perf_counter()
    sends.freeze(SendRequest(day=app.today(), at_once=True))
    seconds = time.perf_counter() - start
    app.close()
    return seconds


def by_workers(root: Path, number: int) -> float:
    """Let so many `newsletter worker` hand over what is frozen; give the seconds it took them."""
    import sqlalchemy as sa

    from newsletter.storage.tables import attempt, batch

    environment = dict(os.environ) | _SECRETS
    command = [sys.executable, "-m", "newsletter", "worker", "--config", str(root)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(command, env=environment, **silent) for _ in range(number)]
    app = open_app(root)
    left = sa.select(sa.func.count()).where(batch.c.state != "submitted")
    span = sa.select(sa.func.min(attempt.c.started_at), sa.func.max(attempt.c.ended_at))
    with app.database.engine.connect() as connection:
        while connection.scalar(left):
            connection.rollback()
            time.sleep(0.2)
        first, last = connection.execute(span).one()
    app.close()
    for one in running:
        one.terminate()
        one.wait()
    return (last - first).total_seconds()


def _rendered(app: Any) -> Any:
    """Return the room of sends with an edition whose message and files are made already."""
    proof = app.sends.proofs.prove_best(app.today())
    folder = app.sends.proofs.keep(proof)
    return replace(app.sends, proofs=_Made(proof=proof, folder=folder))


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A proof that was made before, for whoever asks."""

    proof: Any
    folder: Path

    def prove_best(self, _day: date) -> Any:
        return self.proof

    def keep(self, _proof: Any) -> Path:
        return self.folder


def bare_insert(root: Path) -> float:
    """Write the same rows with one statement and nothing else, durably; give the seconds."""
    app = open_app(root)
    with app.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE bare (send_id INTEGER, position INTEGER, subscriber_id INTEGER, "
            "address TEXT, outcome TEXT, reason TEXT, PRIMARY KEY (send_id, position))"
            + (" WITHOUT ROWID" if connection.dialect.name == "sqlite" else "")
        )
    start = time.perf_counter()
    with app.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO bare (send_id, position, subscriber_id, address) "
            "SELECT 1, id, id, address FROM subscriber"
        )
    seconds = time.perf_counter() - start
    with app.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE bare")
    app.close()
    return seconds


def open_app(root: Path) -> Any:
    from newsletter.app import build
    from newsletter.core.config import settings

    return build(settings.load(root, _SECRETS))


def _readers(count: int) -> Iterator[list[dict[str, Any]]]:
    now, chance = datetime.now(UTC), random.Random(count)
    for first in range(0, count, _CHUNK):
        yield [
            {
                "publication": "main",
                "address": f"reader{n}@d{n % 50}.example.org",
                "canonical": f"reader{n}@d{n % 50}.example.org",
                "name": _name(n),
                "state": "active",
                "token": f"{chance.getrandbits(88):022x}",
                "attributes": {},
                "created_at": now,
                "changed_at": now,
            }
            for n in range(first, min(first + _CHUNK, count))
        ]


def _name(number: int) -> str:
    """Return a name as lists have them: some outside ASCII, some with marks, some without any."""
    if number % 20 == 0:
        return ""
    if number % 200 == 1:
        return f"Reader, Zoë “Tom” & Sue {number}"
    return f"Zoë Reader {number}" if number % 10 == 0 else f"Reader {number}"
